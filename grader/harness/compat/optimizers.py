"""Optimizers in their old spellings: `lr=`, `decay=`, `epsilon=None`, `tf.train.AdamOptimizer`.

Each ends as one of Keras's own optimizers with the same arithmetic, because only those can be
described to the trainer.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from grader.harness.compat.graphs import Undecidable
from grader.harness.compat.notes import note, note_spelling

_NAMES = ("SGD", "RMSprop", "Adam", "Adagrad", "Adadelta", "Adamax", "Nadam", "Ftrl")


def _adam(
    learning_rate: float = 0.001,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
    **_: Any,
) -> Any:
    return keras.optimizers.Adam(learning_rate, beta1, beta2, epsilon)


def _gradient_descent(learning_rate: float, **_: Any) -> Any:
    return keras.optimizers.SGD(learning_rate)


def _momentum(
    learning_rate: float,
    momentum: float,
    use_locking: Any = None,
    name: Any = None,
    use_nesterov: bool = False,  # noqa: FBT001, FBT002 - TensorFlow 1's signature
) -> Any:
    del use_locking, name
    return keras.optimizers.SGD(learning_rate, momentum, use_nesterov)


def _rms_prop(
    learning_rate: float,
    decay: float = 0.9,
    momentum: float = 0.0,
    epsilon: float = 1e-10,
    **options: Any,
) -> Any:
    centered = bool(options.get("centered"))
    return keras.optimizers.RMSprop(learning_rate, decay, momentum, epsilon, centered)


def _adagrad(learning_rate: float, initial_accumulator_value: float = 0.1, **_: Any) -> Any:
    return keras.optimizers.Adagrad(learning_rate, initial_accumulator_value, epsilon=0.0)


def _adadelta(
    learning_rate: float = 0.001, rho: float = 0.95, epsilon: float = 1e-8, **_: Any
) -> Any:
    return keras.optimizers.Adadelta(learning_rate, rho, epsilon)


_OF_TRAIN: dict[str, tuple[Callable[..., Any], str]] = {
    "AdamOptimizer": (_adam, "Adam"),
    "GradientDescentOptimizer": (_gradient_descent, "SGD"),
    "MomentumOptimizer": (_momentum, "SGD"),
    "RMSPropOptimizer": (_rms_prop, "RMSprop"),
    "AdagradOptimizer": (_adagrad, "Adagrad"),
    "AdadeltaOptimizer": (_adadelta, "Adadelta"),
}


def install(undecidable: Undecidable) -> None:
    """Let Keras's optimizers understand old spellings, and answer TensorFlow 1's."""
    for name in _NAMES:
        optimizer = getattr(keras.optimizers, name)
        optimizer.__init__ = _in_todays_spelling(optimizer.__init__)
    for name, (make, today) in _OF_TRAIN.items():
        answer = _answer(name, make, today)
        setattr(tf.train, name, answer)
        setattr(tf.compat.v1.train, name, answer)

    def own_steps(*_args: Any, **_options: Any) -> None:
        undecidable("the optimizer is called by the submission itself, in a loop of its own")

    base = keras.optimizers.Optimizer
    for name in ("minimize", "compute_gradients", "get_updates"):
        setattr(base, name, own_steps)
    base.lr = property(_old_rate, _set_old_rate)


def _answer(name: str, make: Callable[..., Any], today: str) -> Callable[..., Any]:
    def optimizer(*args: Any, **options: Any) -> Any:
        note(f"tf.train.{name} is a TensorFlow 1 name; it was answered by keras.optimizers.{today}")
        return make(*args, **options)

    return optimizer


def _in_todays_spelling(init: Callable[..., None]) -> Callable[..., None]:
    parameters = inspect.signature(init).parameters

    # With `wraps`, because Keras reads the signature of what it describes.
    @functools.wraps(init)
    def wrapped(self: Any, *args: Any, **options: Any) -> None:
        if "lr" in options:
            note_spelling("lr= is the TensorFlow 1 spelling; it was read as learning_rate=")
            options["learning_rate"] = options.pop("lr")
        if "epsilon" in options and options["epsilon"] is None:
            note_spelling("epsilon=None is an old spelling; Keras's own epsilon was used")
            del options["epsilon"]
        decay = options.pop("decay", None)
        if decay:
            note_spelling(
                "decay= is an old argument; it was answered by the schedule InverseTimeDecay"
            )
            rate = args[0] if args else options.pop("learning_rate", None)
            rate = parameters["learning_rate"].default if rate is None else rate
            schedule = keras.optimizers.schedules.InverseTimeDecay(float(rate), 1, float(decay))
            args, options = args[1:], {**options, "learning_rate": schedule}
            if args:
                names = list(parameters)[2:]
                options = {**dict(zip(names, args, strict=False)), **options}
                args = ()
        init(self, *args, **options)

    return wrapped


def _old_rate(optimizer: Any) -> Any:
    note("optimizer.lr is an old name; it was answered by optimizer.learning_rate")
    return optimizer.learning_rate


def _set_old_rate(optimizer: Any, value: Any) -> None:
    note("optimizer.lr is an old name; it was answered by optimizer.learning_rate")
    optimizer.learning_rate = value
