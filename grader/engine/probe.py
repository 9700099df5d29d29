"""Says how the two layers of a trained model came out: how they were built, and their weights."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from grader.protocol import ArraySpec, ConvolutionSettings, PoolingSettings, Probed


def probe(model: keras.Model) -> tuple[Probed, list[memoryview]]:
    """Describe the two layers of `model`, which has one `Conv2D` and one `MaxPooling2D`."""
    convolution = _only(model, keras.layers.Conv2D)
    pooling = _only(model, keras.layers.MaxPooling2D)
    bias = convolution.bias if convolution.use_bias else np.zeros(0, np.float32)
    arrays = [
        np.ascontiguousarray(keras.ops.convert_to_numpy(weights), np.float32)
        for weights in (convolution.kernel, bias)
    ]
    probed = Probed(
        # Keras takes 0 for False and True for 1; the protocol does not.
        convolution=ConvolutionSettings(
            strides=_pair(convolution.strides),
            padding=str(convolution.padding),
            dilation=_pair(convolution.dilation_rate),
            groups=int(convolution.groups),
            activation=convolution.activation.__name__,
            use_bias=bool(convolution.use_bias),
        ),
        pooling=PoolingSettings(
            pool_size=_pair(pooling.pool_size),
            strides=_pair(pooling.strides),
            padding=str(pooling.padding),
        ),
        arrays=tuple(ArraySpec("float32", array.shape) for array in arrays),
    )
    return probed, [array.data for array in arrays]


def _pair(sizes: Any) -> tuple[int, int]:
    first, second = sizes
    return int(first), int(second)


def _only(model: keras.Model, kind: type[keras.layers.Layer]) -> keras.layers.Layer:
    found = [
        layer
        for layer in model._flatten_layers(include_self=False)  # noqa: SLF001 - nested models too
        if isinstance(layer, kind)
    ]
    return found[0]
