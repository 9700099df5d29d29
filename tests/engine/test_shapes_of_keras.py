"""Shapes that a worker computes without Keras are Keras's."""

from __future__ import annotations

from typing import Any

import keras
import pytest

from grader.kinds.training.shapes import layers_built

L = keras.layers
_LAYERS: list[list[Any]] = [
    [L.Conv2D(64, 3, activation="relu"), L.MaxPooling2D(), L.Flatten(), L.Dense(10, "softmax")],
    [L.Conv2D(4, (5, 3), (2, 3), "same"), L.AveragePooling2D(3, 2), L.GlobalMaxPooling2D()],
    [L.Conv2D(6, 3, dilation_rate=2, use_bias=False), L.Conv2D(6, 2, groups=3), L.ReLU()],
    [L.Reshape((784,)), L.Dropout(0.2), L.Dense(7), L.BatchNormalization(), L.Dense(3)],
    [L.Rescaling(2.0), L.MaxPooling2D(3, 2, "same"), L.GlobalAveragePooling2D(), L.Dense(2)],
]


@pytest.mark.parametrize("layers", _LAYERS)
@pytest.mark.parametrize("is_functional", [False, True])
def test_shapes_are_those_of_keras(layers: list[Any], *, is_functional: bool) -> None:
    """What leaves each layer, and how many numbers it learns."""
    inputs = keras.Input((28, 28, 1))
    outputs = inputs
    for each in layers:
        outputs = each(outputs)
    model = keras.Model(inputs, outputs) if is_functional else keras.Sequential([inputs, *layers])
    built = layers_built(keras.saving.serialize_keras_object(model), (28, 28, 1))

    assert [each.class_name for each in built] == [type(each).__name__ for each in layers]
    assert [each.shape for each in built] == [tuple(each.output.shape[1:]) for each in layers]
    assert [each.parameters for each in built] == [
        sum(int(weight.numpy().size) for weight in each.trainable_weights) for each in layers
    ]
