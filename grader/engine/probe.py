"""Records what a trained model does: in its two layers for given images, and with its own ones."""

from __future__ import annotations

from typing import Any, Self

import keras
import numpy as np
from numpy.typing import NDArray

from grader.engine.data import TrainingData
from grader.engine.recall import recall
from grader.protocol import (
    ArraySpec,
    ConvolutionSettings,
    Frame,
    PoolingSettings,
    Probe,
    Probed,
)


class _Tap:
    """Stands in the way of a layer's `call` and keeps its last input and output."""

    def __init__(self, layer: keras.layers.Layer) -> None:
        self.layer = layer
        self._call = layer.call
        self.input = np.zeros(0, np.float32)
        self.output = np.zeros(0, np.float32)

    def __enter__(self) -> Self:
        def call(inputs: Any, *args: Any, **options: Any) -> Any:
            outputs = self._call(inputs, *args, **options)
            self.input, self.output = _array(inputs), _array(outputs)
            return outputs

        self.layer.call = call
        return self

    def __exit__(self, *_: object) -> None:
        self.layer.call = self._call


def probe(
    model: keras.Model, data: TrainingData, frame: Frame[Any]
) -> tuple[Probed, list[memoryview]]:
    """Run the probe's images through `model`, which has one `Conv2D` and one `MaxPooling2D`.

    Args:
        model: The model that was trained last.
        data: What it was trained on.
        frame: The worker's message.
    """
    request: Probe = frame.message
    images = np.frombuffer(frame.blob, np.float32).reshape(request.arrays[0].shape)
    convolution = _only(model, keras.layers.Conv2D)
    pooling = _only(model, keras.layers.MaxPooling2D)
    with _Tap(convolution) as at_convolution, _Tap(pooling) as at_pooling:
        model(images, training=False)
    bias = convolution.bias if convolution.use_bias else np.zeros(0, np.float32)
    arrays = [
        at_convolution.input,
        _array(convolution.kernel),
        _array(bias),
        at_convolution.output,
        at_pooling.input,
        at_pooling.output,
    ]
    probed = Probed(
        convolution=ConvolutionSettings(
            strides=tuple(convolution.strides),
            padding=convolution.padding,
            dilation=tuple(convolution.dilation_rate),
            groups=convolution.groups,
            activation=convolution.activation.__name__,
            use_bias=convolution.use_bias,
        ),
        pooling=PoolingSettings(
            pool_size=tuple(pooling.pool_size),
            strides=tuple(pooling.strides),
            padding=pooling.padding,
        ),
        recall=recall(model, data, request.seed),
        arrays=tuple(ArraySpec("float32", array.shape) for array in arrays),
    )
    return probed, [array.data for array in arrays]


def _only(model: keras.Model, kind: type[keras.layers.Layer]) -> keras.layers.Layer:
    found = [
        layer
        for layer in model._flatten_layers(include_self=False)  # noqa: SLF001 - nested models too
        if isinstance(layer, kind)
    ]
    return found[0]


def _array(value: Any) -> NDArray[np.float32]:
    return np.ascontiguousarray(keras.ops.convert_to_numpy(value), np.float32)
