"""Steps of training: the order of the images, and the loop that trains a stretch of it.

A step is Keras's own `train_step`, and the order is drawn by Keras's own data adapter, so with
the same seed and one thread the accuracies are, digit for digit, those of plain Keras. What is
ours is the loop around them: it runs inside TensorFlow and forms batches from bytes.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras.src.backend.tensorflow.trainer import TFEpochIterator
from numpy.typing import NDArray

from grader.engine.blame import blaming_the_model
from grader.engine.data import TrainingData
from grader.protocol import TrainingRequest

Order = NDArray[np.int64]
RunSteps = Callable[[Order], None]


def orders(model: keras.Model, request: TrainingRequest) -> Iterator[Order]:
    """Draw the images of each epoch, as `fit` would with the same random state.

    With `steps_per_epoch` an epoch is a stretch of a pass over the data, and the last stretch of a
    pass is what is left of it. Less than half of one is left out: whoever writes
    `steps_per_epoch=len(x) // batch_size` asks for whole epochs, not for one of 32 images after
    each.
    """
    iterator = TFEpochIterator(
        x=np.arange(request.data.count),
        y=None,
        batch_size=request.batch_size,
        shuffle=request.shuffle,
        distribute_strategy=model.distribute_strategy,
        steps_per_execution=1,
    )
    # The data set inside, because the iterator looks ahead and would draw one epoch too many.
    # Not tuned while it runs: that helps nothing here, and at its end the tuning thread may sleep
    # on for as long again as it has lived, which is waited for.
    options = tf.data.Options()
    options.autotune.enabled = False
    batches = iterator._distributed_dataset.with_options(options)  # noqa: SLF001
    stretch = (request.steps_per_epoch or request.data.count) * request.batch_size
    while True:
        images = np.concatenate([np.ravel(keras.tree.flatten(batch)[0]) for batch in batches])
        for start in range(0, len(images), stretch):
            part = images[start : start + stretch]
            if not start or 2 * len(part) >= stretch:
                yield part


def build_all(model: keras.Model, data: TrainingData) -> None:
    """Create what belongs to a compiled model before a graph does: a graph that does is made twice.

    What Keras cannot build it will say of the first step, in the words that `fit` has for it.
    """
    image = keras.KerasTensor((1, *data.images.shape[1:]))
    with contextlib.suppress(Exception):
        model._symbolic_build(data_batch=(image, data.labels[:1]))  # noqa: SLF001
    with blaming_the_model():
        model.optimizer.build(model.trainable_variables)


def steps(model: keras.Model, data: TrainingData, batch_size: int) -> RunSteps:
    """Return a function that trains images in the given order, batch by batch.

    Raises:
        ImpossibleError: Keras refuses the model, the loss and the labels together.
    """
    images, labels, table = map(tf.constant, data)
    shape = data.images.shape[1:]
    # Like Keras's own loop, without AutoGraph, which reads source files that a box may not have.
    step = tf.function(model.train_step, reduce_retracing=True, autograph=False)

    def train_batch(number: Any, order: Any) -> Any:
        rows = order[number * batch_size : (number + 1) * batch_size]
        pixels = tf.gather(table, tf.cast(tf.gather(images, rows), tf.int32))
        step((tf.reshape(pixels, (-1, *shape)), tf.gather(labels, rows)))
        return number + 1, order

    @tf.function(reduce_retracing=True, autograph=False)  # type: ignore[untyped-decorator]
    def train_batches(order: Any, count: Any) -> None:
        tf.while_loop(lambda number, _: number < count, train_batch, (0, order))

    build_all(model, data)
    with blaming_the_model():
        # Keras meets the model, the loss and the shapes together here for the first time.
        step.get_concrete_function(
            (
                tf.TensorSpec((None, *shape), tf.float32),
                tf.TensorSpec((None, *labels.shape[1:]), labels.dtype),
            )
        )

    def run_steps(order: Order) -> None:
        count = math.ceil(len(order) / batch_size)
        try:
            train_batches(tf.constant(order), tf.constant(count))
        # A loss says so when a label is none of the model's outputs; a processor when it cannot do
        # what a layer asks.
        except tf.errors.OpError:
            with blaming_the_model():
                raise

    return run_steps
