"""The reference is what Keras's own layers compute.

Guards the rows of the table where implementations are known to differ: total padding of two or
more, even kernels, strides that leave a remainder, dilation, groups.
"""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest
import tensorflow as tf
from numpy.random import default_rng

from reference import ACTIVATIONS, activate, conv2d, max_pool2d

Array = npt.NDArray[Any]

LOWEST = np.finfo(np.float32).min


def convolution(inputs: Array, filters: int, window: Any, **options: Any) -> tuple[Array, ...]:
    """Return what a new Conv2D layer makes of `inputs`, and its kernel and bias."""
    layer = keras.layers.Conv2D(
        filters, window, dtype=inputs.dtype.name, bias_initializer="random_normal", **options
    )
    outputs = layer(inputs).numpy()
    return outputs, *layer.get_weights()


def pooling(inputs: Array, *arguments: Any) -> Array:
    """Return what a MaxPooling2D layer makes of `inputs`."""
    layer = keras.layers.MaxPooling2D(*arguments, dtype=inputs.dtype.name)
    outputs: Array = layer(inputs).numpy()
    return outputs


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(
    ("size", "window", "strides", "dilation"),
    [
        ((28, 28), (3, 3), (1, 1), (1, 1)),
        ((5, 5), (3, 3), (1, 1), (1, 1)),
        ((9, 9), (5, 5), (1, 1), (1, 1)),
        ((8, 9), (4, 4), (1, 1), (1, 1)),
        ((8, 9), (2, 4), (1, 1), (1, 1)),
        ((7, 7), (3, 3), (2, 2), (1, 1)),
        ((8, 8), (3, 3), (2, 2), (1, 1)),
        ((9, 10), (4, 5), (3, 2), (1, 1)),
        ((7, 8), (1, 2), (3, 3), (1, 1)),
        ((9, 9), (3, 3), (1, 1), (2, 2)),
        ((9, 10), (2, 3), (1, 1), (3, 2)),
    ],
)
def test_convolution(size: Any, window: Any, strides: Any, dilation: Any, padding: str) -> None:
    """Conv2D in double precision gives the reference's numbers."""
    inputs = default_rng(1).normal(size=(2, *size, 3))
    outputs, kernel, bias = convolution(
        inputs, 4, window, strides=strides, dilation_rate=dilation, padding=padding
    )
    expected = conv2d(inputs, kernel, bias, strides=strides, dilation=dilation, padding=padding)

    assert outputs.shape == expected.shape
    np.testing.assert_allclose(outputs, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("groups", "filters"), [(2, 6), (4, 4)])
def test_grouped_convolution(groups: int, filters: int) -> None:
    """Conv2D with groups pairs the same channels with the same filters."""
    inputs = default_rng(2).normal(size=(2, 7, 6, 4))
    outputs, kernel, bias = convolution(inputs, filters, (3, 2), groups=groups, padding="same")

    np.testing.assert_allclose(
        outputs, conv2d(inputs, kernel, bias, groups=groups, padding="same"), rtol=0, atol=1e-12
    )


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_strided_and_dilated_convolution(padding: str) -> None:
    """TensorFlow's own operation, which allows strides with dilation, agrees as well."""
    inputs = default_rng(3).normal(size=(2, 11, 12, 2)).astype(np.float32)
    kernel = default_rng(4).normal(size=(3, 2, 2, 3)).astype(np.float32)
    outputs = tf.nn.conv2d(inputs, kernel, (2, 3), padding.upper(), dilations=(2, 3)).numpy()

    np.testing.assert_allclose(
        outputs,
        conv2d(inputs, kernel, strides=(2, 3), dilation=(2, 3), padding=padding),
        rtol=0,
        atol=1e-5,
    )


def test_the_lessons_layers() -> None:
    """The lesson's model in single precision, activation and pooling included, is near enough."""
    inputs = default_rng(5).uniform(size=(4, 28, 28, 1)).astype(np.float32)
    outputs, kernel, bias = convolution(inputs, 64, (3, 3), activation="relu")
    expected = activate("relu", conv2d(inputs, kernel, bias))

    np.testing.assert_allclose(outputs, expected, rtol=0, atol=1e-5)
    np.testing.assert_array_equal(pooling(outputs, (2, 2)), max_pool2d(outputs))


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(
    ("size", "pool_size", "strides"),
    [
        ((26, 26), (2, 2), None),
        ((5, 5), (3, 3), (1, 1)),
        ((5, 5), (3, 3), (2, 2)),
        ((5, 5), (2, 2), None),
        ((9, 9), (5, 5), (1, 1)),
        ((8, 9), (4, 3), (1, 1)),
        ((7, 8), (3, 2), (2, 3)),
        ((9, 10), (2, 2), (3, 3)),
    ],
)
def test_pooling(size: Any, pool_size: Any, strides: Any, padding: str) -> None:
    """MaxPooling2D gives the reference's numbers exactly, on values that are all below zero."""
    inputs = -default_rng(6).uniform(1, 9, size=(2, *size, 3))

    np.testing.assert_array_equal(
        pooling(inputs, pool_size, strides, padding),
        max_pool2d(inputs, pool_size, strides, padding),
    )


def test_pooling_leaves_nan_unspecified() -> None:
    """Windows without NaN agree; with it, Keras gives NaN or the maximum of the rest.

    Which of the two depends on the processor and on the number of channels.
    """
    inputs = default_rng(7).normal(size=(3, 6, 6, 5)).astype(np.float32)
    inputs[default_rng(8).uniform(size=inputs.shape) < 0.3] = np.nan
    outputs, expected = pooling(inputs), max_pool2d(inputs)
    rest = max_pool2d(np.where(np.isnan(inputs), LOWEST, inputs))
    has_nan = np.isnan(expected)

    assert has_nan.any()
    assert not has_nan.all()
    np.testing.assert_array_equal(outputs[~has_nan], expected[~has_nan])
    assert np.all((np.isnan(outputs) | (outputs == rest))[has_nan])


def test_pooling_starts_from_the_lowest_finite_value() -> None:
    """Keras's maximum of minus infinities is the lowest finite float; the reference's is not."""
    inputs = np.full((1, 2, 2, 1), -np.inf, np.float32)

    assert pooling(inputs).item() in {LOWEST, -np.inf}
    assert max_pool2d(inputs) == -np.inf


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation(name: str) -> None:
    """Keras's activation of that name gives the reference's numbers, near zero and far out."""
    edges = [-40, -6, -3, -1, -0.5, 0, 0.5, 1, 3, 6, 40]
    x = np.concatenate([edges, default_rng(9).normal(size=45, scale=3)]).reshape(7, 8)
    outputs = keras.activations.get(name)(tf.constant(x)).numpy()

    # Not closer: TensorFlow holds leaky_relu's 0.2 and gelu's root of a half in single precision.
    np.testing.assert_allclose(outputs, activate(name, x), rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("name", ["relu", "tanh", "softmax", "gelu"])
def test_layer_with_activation(name: str) -> None:
    """A Conv2D layer applies its activation last, a softmax along its filters."""
    inputs = default_rng(10).normal(size=(1, 6, 6, 2))
    outputs, kernel, bias = convolution(inputs, 3, (3, 3), activation=name)

    np.testing.assert_allclose(
        outputs, activate(name, conv2d(inputs, kernel, bias)), rtol=1e-6, atol=1e-12
    )
