"""Makes programs of the TensorFlow 1 years run, and says which old names they used.

The lesson dates from TensorFlow 1.14. A shim exists for what its solutions say and today's
TensorFlow does not answer; each one that is used is named in the report.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from grader.harness.data import Dataset

_OLD_NAMES = (
    "ConfigProto",
    "GPUOptions",
    "InteractiveSession",
    "Session",
    "get_default_graph",
    "global_variables_initializer",
    "logging",
    "reset_default_graph",
    "set_random_seed",
    "enable_eager_execution",
)
_ALIASES = {"acc": "accuracy", "val_acc": "val_accuracy"}
_used: list[str] = []


class AliasedLogs(dict[str, Any]):
    """Logs in which `acc` and `accuracy` are the same entry under two names."""

    @classmethod
    def of(cls, logs: Mapping[str, float | None]) -> AliasedLogs:
        """Copy logs, adding whichever of two names is missing; `None` becomes NaN."""
        aliased = cls({name: np.nan if value is None else value for name, value in logs.items()})
        for old, new in _ALIASES.items():
            if old in aliased:
                aliased.setdefault(new, aliased[old])
            elif new in aliased:
                aliased[old] = aliased[new]
        return aliased


def install(dataset: Dataset) -> list[str]:
    """Install every shim; return the list that will name those the submission uses."""
    warnings.filterwarnings("ignore")
    _answer_old_names()
    _answer_load_data(dataset)
    _answer_old_optimizer_arguments()
    return _used


def _note(text: str) -> None:
    if text not in _used:
        _used.append(text)


def _answer_old_names() -> None:
    # Keras describes an activation by its name, and knows this one by its public name only.
    tf.nn.softmax.__name__ = "softmax"

    def missing(name: str) -> Any:
        if name not in _OLD_NAMES:
            raise AttributeError(f"module 'tensorflow' has no attribute '{name}'")
        _note(f"tf.{name} is a TensorFlow 1 name; it was answered by tf.compat.v1.{name}")
        return getattr(tf.compat.v1, name)

    tf.__getattr__ = missing


def _answer_load_data(dataset: Dataset) -> None:
    def load_data(path: str = "mnist.npz") -> tuple[tuple[Any, Any], tuple[Any, Any]]:
        if path != "mnist.npz":
            _note("mnist.load_data was given a path; it was answered from the grader's own copy")
        # Copies, because a submission may write into what it loads.
        return (
            (np.array(dataset.x_train), np.array(dataset.y_train)),
            (np.array(dataset.x_test), np.array(dataset.y_test)),
        )

    keras.datasets.mnist.load_data = load_data
    # `from tensorflow.keras.datasets.mnist import load_data` comes by another way.
    tf.keras.datasets.mnist.load_data = load_data
    setattr(  # noqa: B010 - mypy knows no attributes of a module found by name
        importlib.import_module("keras._tf_keras.keras.datasets.mnist"), "load_data", load_data
    )


def _answer_old_optimizer_arguments() -> None:
    for name in ("SGD", "RMSprop", "Adam", "Adagrad", "Adadelta", "Adamax", "Nadam"):
        optimizer = getattr(keras.optimizers, name)
        optimizer.__init__ = _with_learning_rate(optimizer.__init__)


def _with_learning_rate(init: Callable[..., None]) -> Callable[..., None]:
    def wrapped(self: Any, *args: Any, **options: Any) -> None:
        if "lr" in options:
            _note("lr= is the TensorFlow 1 spelling; it was read as learning_rate=")
            options["learning_rate"] = options.pop("lr")
        if options.pop("decay", None):
            _note("decay= is no longer an optimizer argument; it was left out")
        init(self, *args, **options)

    return wrapped
