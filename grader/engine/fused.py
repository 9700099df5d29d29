"""Adam in one kernel: the mathematics of Keras's, rounded differently.

Keras computes a step of Adam with a dozen operations, each of which reads and writes arrays of the
size of the model, and most of a step's time is spent there. TensorFlow has one operation for all of
it. The formula is the same (Kingma & Ba, 2015, at the end of section 2), but not the order in which
numbers are multiplied: the weights agree after a step, and the last digits of an epoch do not.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf


class FusedAdam(keras.optimizers.Adam):  # type: ignore[misc] # Keras has no types
    """Keras's Adam, with its update of one variable done by `ResourceApplyAdam`."""

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Update one variable and its two moments in place."""
        # Keras unwraps the variables of the model, but not those of the optimizer.
        index = self._get_variable_index(variable)
        dtype = variable.dtype
        step = keras.ops.cast(self.iterations + 1, dtype)
        beta_1, beta_2 = (tf.cast(beta, dtype) for beta in (self.beta_1, self.beta_2))
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=self._momentums[index].value.handle,
            v=self._velocities[index].value.handle,
            beta1_power=tf.pow(beta_1, step),
            beta2_power=tf.pow(beta_2, step),
            lr=keras.ops.cast(learning_rate, dtype),
            beta1=beta_1,
            beta2=beta_2,
            epsilon=tf.cast(self.epsilon, dtype),
            grad=tf.cast(gradient, dtype),
        )


def fused(optimizer: keras.optimizers.Optimizer) -> keras.optimizers.Optimizer:
    """Return the same optimizer with a fused update where there is one for its options.

    Weight decay, clipping, averages and accumulated gradients are Keras's own around the update, so
    they need none. The variant `amsgrad` keeps a third moment, which the kernel does not know.
    """
    if type(optimizer) is keras.optimizers.Adam and not optimizer.amsgrad:
        return FusedAdam.from_config(optimizer.get_config())
    return optimizer
