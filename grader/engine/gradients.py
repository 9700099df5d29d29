"""The gradients of two layers by faster products: the mathematics of Keras's, rounded differently.

TensorFlow's kernels for the gradient of a dense layer's input and of a convolution's kernel take
two to three times as long as the same sums written as other matrix products, at the shapes of this
exercise and on one thread (docs/performance.md). Forward nothing changes, to the last digit.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf


class _Dense(keras.layers.Dense):  # type: ignore[misc] # Keras has no types
    def call(self, inputs: Any, training: Any = None) -> Any:
        """Return what Keras's layer returns."""
        if len(inputs.shape) != 2:
            return super().call(inputs, training=training)
        outputs = _product(inputs, tf.convert_to_tensor(self.kernel))
        if self.bias is not None:
            outputs = keras.ops.add(outputs, self.bias)
        return outputs if self.activation is None else self.activation(outputs)


class _Conv2D(keras.layers.Conv2D):  # type: ignore[misc]
    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        """Return what Keras's layer returns."""
        is_plain = {*self.strides, *self.dilation_rate, self.groups, inputs.shape[-1]} == {1}
        if not is_plain:
            return super().convolution_op(inputs, kernel)
        return _convolution(inputs, tf.convert_to_tensor(kernel), self.padding.upper())


_FASTER = {keras.layers.Dense: _Dense, keras.layers.Conv2D: _Conv2D}


def use_faster_gradients(model: keras.Model) -> None:
    """Give the layers of `model` faster gradients, where their options allow.

    A dense layer has one for images of one row of features each, and a convolution if it sees one
    channel, as the first does on grey images, and goes over it step by step.
    """
    for layer in model._flatten_layers(include_self=False):  # noqa: SLF001 - nested models too
        if type(layer) in _FASTER:
            layer.__class__ = _FASTER[type(layer)]


@tf.custom_gradient  # type: ignore[untyped-decorator]
def _product(inputs: Any, kernel: Any) -> Any:
    def gradient(outer: Any) -> Any:
        # Not `matmul(outer, kernel, transpose_b=True)`, which is the same and twice as slow.
        of_inputs = tf.einsum("bo,io->bi", outer, kernel)
        return of_inputs, tf.matmul(inputs, outer, transpose_a=True)

    return tf.matmul(inputs, kernel), gradient


def _convolution(images: Any, kernel: Any, padding: str) -> Any:
    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def convolution(images: Any, kernel: Any) -> Any:
        def gradient(outer: Any) -> Any:
            # TensorFlow leaves this one out where nobody asks, as before a first layer.
            of_images = tf.raw_ops.Conv2DBackpropInput(
                input_sizes=tf.shape(images),
                filter=kernel,
                out_backprop=outer,
                strides=(1, 1, 1, 1),
                padding=padding,
            )
            return of_images, _kernel_gradient(images, outer, kernel.shape, padding)

        return tf.nn.conv2d(images, kernel, 1, padding), gradient

    return convolution(images, kernel)


def _kernel_gradient(images: Any, outer: Any, kernel_shape: Any, padding: str) -> Any:
    """Multiply what each weight saw, in all positions of all images, by what came of it."""
    rows, columns, _, filters = kernel_shape
    if padding == "SAME":
        around = [((size - 1) // 2, size // 2) for size in (rows, columns)]
        images = tf.pad(images, ((0, 0), *around, (0, 0)))
    height, width = images.shape[1] - rows + 1, images.shape[2] - columns + 1
    seen = [
        tf.reshape(images[:, row : row + height, column : column + width], (-1,))
        for row in range(rows)
        for column in range(columns)
    ]
    return tf.reshape(tf.stack(seen) @ tf.reshape(outer, (-1, filters)), kernel_shape)
