"""Shows what the submission's own two layers do, once it has ended: its objects, as it left them.

The trainer's layers are Keras's and cannot be wrong. These are what the program built: of whatever
class, with whatever `call`, and with the weights that they have now.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from grader.protocol import (
    ArraySpec,
    Channel,
    Frame,
    PeerClosedError,
    Show,
    Shown,
    ToSandbox,
    clipped,
)
from grader.protocol.arrays import arrays_of

_LONGEST_TEXT = 300


def show(channel: Channel[ToSandbox], histories: Sequence[Any]) -> None:
    """Answer the worker as long as it wants to see a model: that of the fit with this history."""
    try:
        while isinstance((frame := channel.receive()).message, Show):
            _answer(channel, frame, frame.message, histories)
    except PeerClosedError:
        return


def _answer(
    channel: Channel[ToSandbox], frame: Frame[Any], asked: Show, histories: Sequence[Any]
) -> None:
    try:
        (images,) = arrays_of(frame, asked.arrays)
        seen = _seen(histories[asked.fit].model, images)
    # Whatever a program has made of its model, it cannot be run any more.
    except Exception as error:  # noqa: BLE001
        words = f"the model cannot be run any more: {type(error).__name__}: {error}"
        channel.send(Shown(problem=clipped(words[:_LONGEST_TEXT])))
        return
    specs = tuple(ArraySpec("float32", array.shape) for array in seen)
    channel.send(Shown(arrays=specs), [array.data for array in seen])


def _seen(model: keras.Model, images: NDArray[Any]) -> list[NDArray[np.float32]]:
    """Return what enters and leaves the convolution, then the pooling."""
    layers = model._flatten_layers(include_self=False)  # noqa: SLF001 - nested models too
    kinds = (keras.layers.Conv2D, keras.layers.MaxPooling2D)
    with ExitStack() as taps:
        seen = [
            taps.enter_context(_tapped(next(layer for layer in layers if isinstance(layer, kind))))
            for kind in kinds
        ]
        model(images, training=False)
    return [array for passed in seen for array in passed]


@contextmanager
def _tapped(layer: keras.layers.Layer) -> Any:
    """Stand in the way of a layer's `call`, and keep its last input and output."""
    own = layer.call
    passed: list[NDArray[np.float32]] = []

    def call(inputs: Any, *args: Any, **options: Any) -> Any:
        outputs = own(inputs, *args, **options)
        passed[:] = [
            np.ascontiguousarray(keras.ops.convert_to_numpy(value), np.float32)
            for value in (inputs, outputs)
        ]
        return outputs

    layer.call = call
    try:
        yield passed
    finally:
        layer.call = own
