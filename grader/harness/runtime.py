"""Runs the submission's source and its function, and puts into words how that ended."""

from __future__ import annotations

import contextlib
import linecache
import sys
import traceback
import types
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import tensorflow as tf

from grader.harness import calls, compat, layers, pipeline
from grader.harness.compat import devices
from grader.harness.compat.notes import note_spelling
from grader.harness.data import Dataset
from grader.harness.driving import NotAsAskedError
from grader.harness.needed import needed
from grader.harness.remote_fit import EnoughRehearsedError, RemoteFit
from grader.harness.seeding import seed_everything
from grader.harness.undecidable import UndecidableError, Undecidables
from grader.harness.values import described
from grader.protocol import (
    MAX_NUMBER,
    MAX_TEXTS,
    Channel,
    Finished,
    Loaded,
    LoadSubmission,
    Raised,
    Returned,
    RunSubmission,
    ToSandbox,
    clipped,
)

_LONGEST_TEXT = 500

# The trainer computes with one thread as well, so what a student evaluates agrees with the record.
tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)


def tensorflow_version() -> str:
    """Version of the imported TensorFlow."""
    return str(tf.__version__)


def run(submission: RunSubmission, channel: Channel[ToSandbox]) -> None:
    """Execute the source, call the function, say how that ended, and show its layers if asked."""
    dataset = Dataset.mounted()
    undecidables = Undecidables(submission.filename)
    shims = compat.install(dataset, undecidables.stop)
    fit = RemoteFit(channel, dataset, undecidables, shims)
    fit.install()
    pipeline.end_at_once()
    seed_everything(submission.seed)
    returned: Any = None
    outcome: Returned | Raised | None = None
    try:
        function = _function(submission, fit)
        if function is not None:
            fit.counts = True
            devices.forget_questions()
            returned = function()
            outcome = _returned(returned)
    except UndecidableError:
        pass  # It is remembered.
    # Also SystemExit and KeyboardInterrupt: however the submission ends, the report must say it.
    except BaseException as error:  # noqa: BLE001
        called = _is_called(submission) and fit.counts
        if called and not fit.histories and devices.needs_card(error):
            undecidables.note(f"it ends where no graphics card is found ({type(error).__name__})")
        outcome = _raised(error, "call" if called else "import", submission.filename)
    fit.close()
    channel.send(
        Finished(
            outcome=undecidables.first or outcome,
            returned_fit=_returned_fit(returned, fit.histories),
            shims=tuple(map(clipped, shims[:MAX_TEXTS])),
        )
    )
    layers.show(channel, fit.histories)


def _is_called(submission: RunSubmission) -> bool:
    return bool(submission.function or submission.driver)


def _function(submission: RunSubmission, fit: RemoteFit) -> Callable[[], Any] | None:
    """Execute the file like an import, or like a program where it defines nothing to be called."""
    fit.counts = not _is_called(submission)
    # Before the file is run: a driver may put in place what its exercise comes with.
    drive = _driven_by(submission.driver) if submission.driver else None
    names = submission.names if drive else tuple(filter(None, (submission.function,)))
    module = _load(submission, names, fit, name="__main__" if fit.counts else "submission")
    if drive:
        return partial(drive, module)
    return getattr(module, submission.function) if submission.function else None


def _driven_by(driver: str) -> Callable[[types.ModuleType], Any]:
    """Execute the exercise's own program, and return what drives a submission."""
    names: dict[str, Any] = {}
    exec(compile(driver, "driver.py", "exec", dont_inherit=True), names)  # noqa: S102 - ours
    return names["drive"]  # type: ignore[no-any-return] # ours


def _load(
    submission: RunSubmission | LoadSubmission, names: Sequence[str], fit: RemoteFit, name: str
) -> types.ModuleType:
    """Execute the file as a module; it may fail behind what it defines under `names`."""
    # The arguments of a box are nothing to what it runs.
    sys.argv[:] = [submission.filename]
    module = _module(submission, name)
    # Registered like an imported module, because some libraries look their caller's module up.
    sys.modules[name] = module
    _show_source(submission)
    code = compile(submission.source, submission.filename, "exec", dont_inherit=True)
    try:
        exec(code, module.__dict__)  # noqa: S102 - this is what the box is for
    except EnoughRehearsedError:
        note_spelling("The file fits again and again while it is loaded; that was broken off.")
    except (Exception, SystemExit) as error:
        # `exit()` at the end of a file is how some programs end when all is well.
        if isinstance(error, SystemExit) and not error.code:
            return module
        is_defined = _goes_on(submission, names, fit, module)
        again = _without_the_rest(submission, names, fit, error)
        if again is not None:
            return again
        if not is_defined:
            raise
        what = "the function" if len(names) == 1 else "what is asked"
        words = f"Code behind {what} ended with {type(error).__name__}: {error}."
        note_spelling(f"{words[:_LONGEST_TEXT]} It does not count.")
        return module
    return _without_the_rest(submission, names, fit) or module


def _show_source(submission: RunSubmission | LoadSubmission) -> None:
    """Let what asks for the source of the program find it, as TensorFlow's AutoGraph does."""
    text, name = submission.source, submission.filename
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    if not submission.is_notebook:
        # Without it, a program that copies itself would miss its file; nothing else would.
        with contextlib.suppress(OSError, ValueError):
            Path(name).write_text(text, encoding="utf-8")


def _without_the_rest(
    submission: RunSubmission | LoadSubmission,
    names: Sequence[str],
    fit: RemoteFit,
    error: BaseException | None = None,
) -> types.ModuleType | None:
    """Load a file again with what is needed alone, if what we stood in for may disturb it.

    That is where it fits models while it is loaded, or has ended for want of a graphics card.
    """
    if not names or not (fit.rehearsals or (error is not None and devices.needs_card(error))):
        return None
    found = needed(submission.source, names)
    if found is None or not found.left_out:
        return None
    module = _module(submission, "submission")
    seed_everything(submission.seed)
    devices.forget_questions()
    rehearsals = fit.rehearsals
    try:
        code = compile(found.tree, submission.filename, "exec", dont_inherit=True)
        exec(code, module.__dict__)  # noqa: S102 - as above
    # Whatever it is: the file as a whole says it as well, or is what counts.
    except BaseException:  # noqa: BLE001
        return None
    finally:
        fit.rehearsals = rehearsals
    if any(not callable(getattr(module, name, None)) for name in names):
        return None
    sys.modules["submission"] = module
    if error is not None:
        note_spelling(_left_out_words(found.left_out, names, error))
    return module


def _left_out_words(lines: Sequence[int], names: Sequence[str], error: BaseException) -> str:
    what = names[0] if len(names) == 1 else "what is required"
    numbers = ", ".join(map(str, lines[:5])) + (" and more" if len(lines) > 5 else "")
    words = (
        f"Loading the file ended with {type(error).__name__}: {error}. It was loaded again without"
        f" the statements in lines {numbers}, which {what} does not need. It does not count."
    )
    return words[:_LONGEST_TEXT]


def _module(submission: RunSubmission | LoadSubmission, name: str) -> types.ModuleType:
    module = types.ModuleType(name)
    module.__file__ = submission.filename
    module.__dict__.update(compat.notebook_names())
    return module


def _goes_on(
    submission: RunSubmission | LoadSubmission,
    names: Sequence[str],
    fit: RemoteFit,
    module: types.ModuleType,
) -> bool:
    """Whether a file that raised while it was loaded has defined what is asked all the same.

    A program that was rehearsed has seen accuracies of a rehearsal, and may say so. A notebook
    goes on after a cell that fails. What is called or driven with images of ours needs none of its
    own.
    """
    if not names or any(not callable(getattr(module, name, None)) for name in names):
        return False
    is_served = isinstance(submission, LoadSubmission) or bool(submission.driver)
    return is_served or submission.is_notebook or fit.rehearsals > 0


def serve_calls(submission: LoadSubmission, channel: Channel[ToSandbox]) -> None:
    """Execute the source, and call its functions as the worker asks, until it hangs up."""
    dataset = Dataset.mounted()
    undecidables = Undecidables(submission.filename)
    shims = compat.install(dataset, undecidables.stop)
    fit = RemoteFit(channel, dataset, undecidables, shims)
    fit.install()
    fit.counts = False
    pipeline.end_at_once()
    seed_everything(submission.seed)
    raised, module = None, None
    try:
        module = _load(submission, submission.names, fit, name="submission")
    # Also SystemExit and KeyboardInterrupt: however the file ends, the report must say it.
    except BaseException as error:  # noqa: BLE001
        raised = _raised(error, "import", submission.filename)
    found = {name: getattr(module, name, None) for name in submission.names}
    missing = tuple(name for name, function in found.items() if not callable(function))
    told = tuple(map(clipped, shims[:MAX_TEXTS]))
    channel.send(Loaded(raised=raised, missing=missing, shims=told))
    calls.serve(channel, found, lambda error: _raised(error, "call", submission.filename))


def _raised(error: BaseException, phase: Literal["import", "call"], filename: str) -> Raised:
    if isinstance(error, NotAsAskedError):
        return Raised(error="", message=clipped(str(error)[:_LONGEST_TEXT]), phase=phase)
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == filename
    ]
    message = str(error)
    if isinstance(error, SyntaxError) and error.filename == filename:
        # What only the compiler finds has no frame, and its text repeats the file's name.
        lines, message = [error.lineno], error.msg
    return Raised(
        error=clipped(type(error).__name__[:_LONGEST_TEXT]),
        message=clipped(message[:_LONGEST_TEXT]),
        phase=phase,
        line=lines[-1] if lines else None,
    )


def _returned(value: Any) -> Returned:
    description = clipped(described(value))
    if not isinstance(value, tuple | list) or len(value) != 2:
        return Returned(description=description)
    epochs, accuracy = value
    return Returned(
        description=description, epochs=_whole_numbers(epochs), accuracy=_number(accuracy)
    )


def _returned_fit(value: Any, histories: list[Any]) -> int | None:
    """Tell whose history was returned: by the very list of epochs, or by the accuracy."""
    if not isinstance(value, tuple | list) or len(value) != 2:
        return None
    accuracy = _number(value[1])
    same = [n for n, history in enumerate(histories) if history.epoch is value[0]] or [
        number
        for number, history in enumerate(histories)
        if accuracy in [values[-1] for values in history.history.values() if values]
    ]
    return same[-1] if same else None


def _whole_numbers(value: Any) -> tuple[int, ...] | None:
    if not isinstance(value, list | tuple | range | np.ndarray) or len(value) > 1000:
        return None
    if not all(isinstance(item, int | np.integer) for item in value):
        return None
    numbers = tuple(int(item) for item in value)
    return numbers if all(abs(number) <= MAX_NUMBER for number in numbers) else None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        return None
    try:
        return float(value)
    except OverflowError:
        return None
