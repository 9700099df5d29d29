"""One call of `fit`: Keras's own arguments, with what it was given brought into arrays."""

from __future__ import annotations

import inspect
import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import keras
import tensorflow as tf

from grader.harness import pipeline
from grader.harness.compat import AliasedLogs

_BATCH_HOOKS = (
    "on_batch_begin",
    "on_batch_end",
    "on_train_batch_begin",
    "on_train_batch_end",
)
_DEFAULT_BATCH_SIZE = 32


class UnrepeatableError(Exception):
    """Raised when `fit` is called in a way that the trainer does not repeat."""


@dataclass
class FitCall:
    """The arguments of `fit`, by Keras's names."""

    x: Any
    y: Any
    batch_size: int | None
    epochs: int
    callbacks: Any
    validation_split: float
    validation_data: Any
    shuffle: bool
    class_weight: Any
    sample_weight: Any
    initial_epoch: int
    steps_per_epoch: int | None
    validation_steps: int | None
    validation_batch_size: int | None
    validation_freq: Any
    verbose: Any
    from_pipeline: bool = False
    listed: Any = None

    @classmethod
    def of(cls, fit: Callable[..., Any], args: tuple[Any, ...], options: dict[str, Any]) -> Self:
        """Read arguments as `fit` does.

        Raises:
            TypeError: `fit` has no such argument.
        """
        bound = inspect.signature(fit).bind(*args, **options)
        bound.apply_defaults()
        bound.arguments.pop("self")
        return cls(**bound.arguments)

    @property
    def steps(self) -> int:
        """Batches of an epoch, once it is read."""
        return self.steps_per_epoch or math.ceil(len(self.x) / (self.batch_size or 1))

    @property
    def wants_batches(self) -> bool:
        """Whether a callback looks at single batches."""
        return any(map(_wants_batches, _as_list(self.callbacks)))

    def read(self) -> None:
        """Bring what was given into arrays and numbers.

        Raises:
            UnrepeatableError: The trainer does not repeat this.
            ValueError: Keras could not train on this either.
        """
        if self.x is None or (self.y is None and hasattr(self.x, "__array__")):
            raise ValueError("fit was called without images or without labels: they are None")
        for name in ("class_weight", "sample_weight"):
            if getattr(self, name) is not None:
                raise UnrepeatableError(
                    f"fit is called with {name}, which the trainer does not repeat"
                )
        self.x, self.y = _only(self.x), _only(self.y)
        self.from_pipeline = isinstance(self.x, tf.data.Dataset)
        if self.from_pipeline:
            try:
                self.x, self.y, self.batch_size, self.shuffle = pipeline.read(self.x)
            except pipeline.UnreadableError as error:
                raise UnrepeatableError(str(error)) from error
        elif not hasattr(self.x, "__array__") and not isinstance(self.x, list | tuple):
            raise UnrepeatableError(f"fit is given a {type(self.x).__name__}, not arrays")
        self._split_validation()
        self._choose_batch_size()
        self.epochs = operator.index(self.epochs)
        self.initial_epoch = operator.index(self.initial_epoch)
        self.shuffle = bool(self.shuffle)

    def _choose_batch_size(self) -> None:
        """Choose as Keras does: steps without a size divide the images among them."""
        if self.steps_per_epoch is not None:
            self.steps_per_epoch = operator.index(self.steps_per_epoch)
        if not self.batch_size and self.steps_per_epoch:
            self.batch_size = math.ceil(len(self.x) / self.steps_per_epoch)
        self.batch_size = operator.index(self.batch_size or _DEFAULT_BATCH_SIZE)

    def _split_validation(self) -> None:
        """Split validation data off the end, as Keras does, unless it is given."""
        if self.validation_data is not None or not self.validation_split:
            return
        kept = math.floor(len(self.x) * (1 - self.validation_split))
        self.validation_data = (self.x[kept:], self.y[kept:])
        self.x, self.y = self.x[:kept], self.y[:kept]

    def validated(self, model: keras.Model, epoch: int) -> dict[str, Any]:
        """Measure on the validation data, where `fit` does so after this epoch."""
        due = model._should_eval(epoch, self.validation_freq)  # noqa: SLF001 - Keras's own rule
        if self.validation_data is None or not due:
            return {}
        options: dict[str, Any] = {"steps": self.validation_steps, "callbacks": self.listed}
        given = self.validation_data
        if isinstance(given, list | tuple):
            options |= zip(("x", "y", "sample_weight"), given, strict=False)
            options["batch_size"] = self.validation_batch_size or self.batch_size
        else:
            options["x"] = given
        measured = model.evaluate(verbose=0, return_dict=True, **options)
        return {f"val_{name}": value for name, value in AliasedLogs.of(measured).items()}


def _only(given: Any) -> Any:
    """Return the one array of a list or dict of one, as Keras does for a model of one input."""
    if isinstance(given, dict) and len(given) == 1:
        return next(iter(given.values()))
    if isinstance(given, list | tuple) and len(given) == 1 and hasattr(given[0], "__array__"):
        return given[0]
    return given


def _as_list(callbacks: Any) -> Sequence[Any]:
    if isinstance(callbacks, keras.callbacks.CallbackList):
        return list(callbacks.callbacks)
    if isinstance(callbacks, list | tuple):
        return callbacks
    return [] if callbacks is None else [callbacks]


def _wants_batches(callback: Any) -> bool:
    """Whether a callback looks at batches; of Keras's own only one acts on what it sees."""
    own_class = type(callback)
    if any(name in getattr(callback, "__dict__", {}) for name in _BATCH_HOOKS):
        return True
    if (
        own_class.__module__.startswith("keras.")
        and own_class is not keras.callbacks.TerminateOnNaN
    ):
        return False
    return any(
        getattr(own_class, name, None) is not getattr(keras.callbacks.Callback, name, None)
        for name in _BATCH_HOOKS
    )
