"""Faster gradients: Keras's numbers forward, and backward but for rounding."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from grader.engine.fused import fused
from grader.engine.gradients import use_faster_gradients

STACKS: dict[str, Any] = {
    "the lesson's": lambda: [
        layers.Conv2D(16, 3, activation="relu"), layers.MaxPooling2D(2),
        layers.Flatten(), layers.Dense(32, activation="relu"), layers.Dense(10),
    ],
    "padded": lambda: [layers.Conv2D(4, 3, padding="same"), layers.Flatten(), layers.Dense(10)],
    "padded by unlike sides": lambda: [
        layers.Conv2D(4, (2, 5), padding="same"), layers.Flatten(), layers.Dense(10),
    ],
    "oblong, no bias": lambda: [
        layers.Conv2D(4, (2, 5), use_bias=False), layers.Flatten(),
        layers.Dense(10, use_bias=False),
    ],
    "strides": lambda: [layers.Conv2D(4, 3, strides=2), layers.Flatten(), layers.Dense(10)],
    "dilated": lambda: [layers.Conv2D(4, 3, dilation_rate=2), layers.Flatten(), layers.Dense(10)],
    "two in a row": lambda: [
        layers.Conv2D(1, 3), layers.Conv2D(4, 3), layers.Conv2D(4, 3, groups=2),
        layers.Flatten(), layers.Dense(10),
    ],
    "dense on rows": lambda: [
        layers.Reshape((12, 14)), layers.Dense(8, activation="relu"), layers.Flatten(),
        layers.Dense(10),
    ],
    "nested": lambda: [
        keras.Sequential([keras.Input((12, 14, 1)), layers.Conv2D(4, 3), layers.Flatten()]),
        layers.Dense(10),
    ],
}  # fmt: skip


def model_of(stack: Any) -> keras.Model:
    """Return a model of these layers, from seed 1."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(1)
    return keras.Sequential([keras.Input((12, 14, 1)), *stack()])


def outputs_and_gradients(model: keras.Model) -> tuple[Any, list[Any]]:
    """Return what `model` makes of five images, and the gradients of a sum of squares of it."""
    images = np.random.default_rng(1).random((5, 12, 14, 1), np.float32)

    @tf.function(autograph=False)  # type: ignore[untyped-decorator]
    def run(images: Any) -> Any:
        with tf.GradientTape() as tape:
            outputs = model(images, training=True)
            loss = tf.reduce_sum(outputs**2)
        of = [variable.value for variable in model.trainable_variables]
        return outputs, tape.gradient(loss, of)

    outputs, gradients = run(tf.constant(images))
    return outputs.numpy(), [gradient.numpy() for gradient in gradients]


@pytest.mark.parametrize("stack", STACKS.values(), ids=STACKS.keys())
def test_numbers_are_those_of_keras(stack: Any) -> None:
    """Outputs to the last digit, gradients to the sixth."""
    model = model_of(stack)
    expected_outputs, expected = outputs_and_gradients(model)
    use_faster_gradients(model)
    outputs, gradients = outputs_and_gradients(model)

    assert len(expected) == len(model.trainable_variables)
    np.testing.assert_array_equal(outputs, expected_outputs)
    for ours, theirs in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=2e-6 * np.abs(theirs).max())


def test_a_first_step_is_that_of_keras() -> None:
    """With the fused optimizer, too: the weights agree within 1e-6 (lesson's model, full size)."""

    def stepped(*, fast: bool) -> list[Any]:
        keras.backend.clear_session()
        keras.utils.set_random_seed(1)
        model = keras.Sequential([
            keras.Input((28, 28, 1)), layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2), layers.Flatten(), layers.Dense(128, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ])  # fmt: skip
        if fast:
            use_faster_gradients(model)
        adam = keras.optimizers.Adam()
        model.compile(fused(adam) if fast else adam, "sparse_categorical_crossentropy")
        draw = np.random.default_rng(1)
        model.train_on_batch(draw.random((32, 28, 28, 1)), draw.integers(0, 10, 32))
        return list(model.get_weights())

    for ours, theirs in zip(stepped(fast=True), stepped(fast=False), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)
