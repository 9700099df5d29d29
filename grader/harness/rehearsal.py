"""A rehearsal: one batch in place of a training that does not count.

The submission goes on as if it had been fitted: its callbacks have seen epochs, its history has
them. Nothing of it is graded, so it may be short; it is eager, because compiling a step would take
longer than the step. No pipeline of TensorFlow's feeds it: the thread that tunes one may sleep for
as long again as it has lived before it ends, and whoever ends a pipeline waits for that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras.src.trainers.data_adapters import get_data_adapter

from grader.harness.compat import AliasedLogs
from grader.harness.fit_call import FitCall

_IMAGES = 32
# A training of so many rows, numbers and parameters is done in full.
_SMALL_ROWS = 500
_SMALL_VALUES = 200_000
_SMALL = 5_000
_EPOCHS = 20


def rehearse(own_fit: Callable[..., Any], model: keras.Model, call: FitCall) -> Any:
    """Train a few images as Keras does, and show the logs to the callbacks as epochs."""
    eagerly, model.run_eagerly = model.run_eagerly, True
    try:
        if hasattr(call.x, "__array__") and hasattr(call.y, "__array__"):
            trained = model.train_on_batch(*_batch(call.x, call.y), return_dict=True)
        else:
            history = own_fit(model, call.x, call.y, steps_per_epoch=1, verbose=0).history
            trained = {name: values[-1] for name, values in history.items()}
        logs = AliasedLogs.of(trained)
        logs.update(_validated(model, call))
        listed = keras.callbacks.CallbackList(
            call.callbacks, add_history=True, model=model, epochs=1, steps=1, verbose=0
        )
        model.stop_training = False
        listed.on_train_begin()
        # As many as were asked for, because programs look at the fifth epoch of five.
        for epoch in range(call.initial_epoch, min(call.epochs, call.initial_epoch + _EPOCHS)):
            listed.on_epoch_begin(epoch)
            listed.on_epoch_end(epoch, logs)
            if model.stop_training:
                break
        listed.on_train_end(logs)
    finally:
        model.run_eagerly = eagerly
        # They were made to run eagerly, which would last.
        model.train_function = model.test_function = None
    return model.history


def _validated(model: keras.Model, call: FitCall) -> dict[str, Any]:
    given = call.validation_data
    if given is None and call.validation_split:
        given = (call.x, call.y)
    if given is None:
        return {}
    batch = _batch(*given) if isinstance(given, list | tuple) else _first(given)
    measured = model.test_on_batch(*batch, return_dict=True)
    return {f"val_{name}": value for name, value in AliasedLogs.of(measured).items()}


def _first(given: Any) -> Any:
    """Return the first batch of a pipeline, or of whatever else Keras takes."""
    if isinstance(given, tf.data.Dataset):
        given = given.as_numpy_iterator()
    return given[0] if hasattr(given, "__getitem__") else next(iter(given))


def is_small(model: keras.Model, call: FitCall) -> bool:
    """Whether a training is over sooner than anybody would notice: numbers of a first lecture.

    It is done as it was asked for, because programs wait for a loss to become small.
    """
    if not (hasattr(call.x, "__array__") and hasattr(call.y, "__array__") and call.epochs):
        return False
    values = np.size(call.x) * max(1, int(call.epochs))
    return values <= _SMALL_VALUES and len(call.x) <= _SMALL_ROWS and _parameters(model) <= _SMALL


def _parameters(model: keras.Model) -> int:
    return int(model.count_params()) if model.built else 0


def _batch(*arrays: Any) -> Any:
    """Form a batch as `fit` does, which refuses what cannot be one."""
    few = (array[:_IMAGES] for array in arrays)
    for batch in get_data_adapter(*few, batch_size=_IMAGES).get_numpy_iterator():
        return batch
    raise ValueError("fit was given no images")
