"""Runs the submission's source and its function, and puts into words how that ended."""

from __future__ import annotations

import sys
import traceback
import types
from typing import Any, Literal

import numpy as np
import tensorflow as tf

from grader.harness import compat
from grader.harness.data import Dataset
from grader.harness.remote_fit import RemoteFit, UndecidableError
from grader.protocol import Channel, Raised, Returned, RunSubmission, ToSandbox, Undecidable

_LONGEST_TEXT = 500

# The trainer computes with one thread as well, so what a student evaluates agrees with the record.
tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)


def tensorflow_version() -> str:
    """Version of the imported TensorFlow."""
    return str(tf.__version__)


def run(
    submission: RunSubmission, channel: Channel[ToSandbox]
) -> tuple[Returned | Raised | Undecidable | None, tuple[str, ...]]:
    """Execute the source and call the function; return the outcome and the shims used."""
    dataset = Dataset.mounted()
    shims = compat.install(dataset)
    fit = RemoteFit(channel, dataset, submission)
    fit.install()
    outcome: Returned | Raised | Undecidable | None
    try:
        outcome = _execute(submission, fit)
    except UndecidableError as error:
        outcome = Undecidable(reason=error.reason, line=error.line)
    # Also SystemExit and KeyboardInterrupt: however the submission ends, the report must say it.
    except BaseException as error:  # noqa: BLE001
        outcome = _raised(error, fit.phase, submission.filename)
    return outcome, tuple(shims)


def _execute(submission: RunSubmission, fit: RemoteFit) -> Returned | None:
    # Registered like an imported module, because some libraries look their caller's module up.
    module = types.ModuleType("submission" if submission.function else "__main__")
    module.__file__ = submission.filename
    sys.modules[module.__name__] = module
    exec(compile(submission.source, submission.filename, "exec"), module.__dict__)  # noqa: S102
    if not submission.function:
        return None
    fit.phase = "call"
    return _returned(getattr(module, submission.function)())


def _raised(error: BaseException, phase: Literal["import", "call"], filename: str) -> Raised:
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == filename
    ]
    return Raised(
        error=type(error).__name__[:_LONGEST_TEXT],
        message=str(error)[:_LONGEST_TEXT],
        phase=phase,
        line=lines[-1] if lines else None,
    )


def _returned(value: Any) -> Returned:
    description = _describe(value)
    if not isinstance(value, tuple | list) or len(value) != 2:
        return Returned(description=description)
    epochs, accuracy = value
    return Returned(
        description=description, epochs=_whole_numbers(epochs), accuracy=_number(accuracy)
    )


def _whole_numbers(value: Any) -> tuple[int, ...] | None:
    if not isinstance(value, list | tuple | range | np.ndarray) or len(value) > 1000:
        return None
    if not all(isinstance(item, int | np.integer) for item in value):
        return None
    return tuple(int(item) for item in value)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        return None
    return float(value)


def _describe(value: Any) -> str:
    if isinstance(value, tuple | list):
        inside = ", ".join(_describe(item) for item in value[:3])
        more = ", ..." if len(value) > 3 else ""
        return f"{type(value).__name__} of {len(value)} ({inside}{more})"[:_LONGEST_TEXT]
    if value is None or isinstance(value, int | float | str | np.number):
        return repr(value)[:100]
    return type(value).__name__[:100]
