"""Trains what a submission of `c1w3` defines, as the exercise's notebook does; runs in the box."""

from __future__ import annotations

from typing import Any

import keras

from grader.harness.driving import put_aside, returned_instead

_EPOCHS = 10

# The notebook comes with them.
put_aside("unittests")
put_aside("helper_functions")


def drive(submission: Any) -> Any:
    """Train, and return the history that counts."""
    (images, labels), _ = keras.datasets.mnist.load_data()
    images = submission.reshape_and_normalize(images)
    if not hasattr(images, "__array__"):
        returned_instead("reshape_and_normalize", images)
    model = submission.convolutional_model()
    if not isinstance(model, keras.Model):
        returned_instead("convolutional_model", model)
    callback = submission.EarlyStoppingCallback()
    if not isinstance(callback, keras.callbacks.Callback):
        returned_instead("EarlyStoppingCallback", callback)
    history = model.fit(images, labels, epochs=_EPOCHS, callbacks=[callback])
    return history.epoch, 0.0
