"""Trains one request epoch by epoch, handing each to the worker and obeying its decision.

A step is Keras's own `train_step`, and the order of the images is drawn by Keras's own data
adapter, so with the same seed and one thread the accuracies are, digit for digit, those of plain
Keras. What is ours is the loop around them: it runs inside TensorFlow, forms batches from bytes,
and calls Python once an epoch.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras.src.backend.tensorflow.trainer import TFEpochIterator
from numpy.typing import NDArray

from grader.admission import admit
from grader.engine import budget
from grader.engine.data import TrainingData, training_data
from grader.protocol import (
    ArraySpec,
    Channel,
    Decision,
    Epoch,
    EpochEnded,
    Frame,
    ToTrainer,
    TrainingImpossible,
    TrainingRequest,
    split,
)

_OWN_ACCURACY = "grader_accuracy"
_LONGEST_REASON = 500


class _ImpossibleError(Exception):
    """Raised when the request cannot be trained and the reason is the student's to know."""


class WorkerGoneError(Exception):
    """Raised when the worker breaks off during a training; there is nobody to go on for."""


def prepare(threads: int) -> str:
    """Fix the number of threads, on which the last digits of a run depend; return the version."""
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    return str(tf.__version__)


def train(frame: Frame[Any], channel: Channel[ToTrainer]) -> keras.Model | None:
    """Train what a `Train` message asks for; return the model to probe, or None if impossible.

    What Keras says of the model, of its loss or of its labels is said to the student. Every other
    error is ours: it ends this process, and the worker tries the submission again.
    """
    request: TrainingRequest = frame.message.request
    keras.backend.clear_session()
    try:
        _admit(request)
        keras.utils.set_random_seed(frame.message.seed)
        with _blaming_the_model():
            model = _build(request)
        table, rows = split(frame.blob, frame.message.arrays)
        data = training_data(
            request.data, np.frombuffer(table, np.float32), np.frombuffer(rows, np.int32)
        )
        run_steps = _steps(model, data, request.batch_size)
        last = min(request.epochs, request.initial_epoch + frame.message.max_epochs) - 1
        _run(model, request, run_steps, last, channel)
    except _ImpossibleError as error:
        channel.send(TrainingImpossible(reason=str(error)[:_LONGEST_REASON]))
        return None
    return model


def _admit(request: TrainingRequest) -> None:
    refusal = admit(request)
    if refusal is not None:
        raise _ImpossibleError(refusal.reason)
    with _blaming_the_model():
        too_much = budget.excess(request.model, request.batch_size)
    if too_much:
        raise _ImpossibleError(f"the model has {too_much}")


@contextmanager
def _blaming_the_model() -> Iterator[None]:
    """Turn what Keras says inside into the student's result; only Keras may run inside."""
    try:
        yield
    except tf.errors.ResourceExhaustedError:
        raise
    except Exception as error:
        raise _ImpossibleError(_own_words(error)) from error


def _own_words(error: Exception) -> str:
    """Return what Keras or TensorFlow says, without the files and lines that surround it."""
    text = str(error)
    in_graph = re.search(r"\n([^\n]+)\n[ \t]*\[\[\{\{node", text)
    in_trace = re.search(r"\n    (\w+(?:Error|Exception): .*)", text, re.DOTALL)
    found = in_graph or in_trace
    words = found[1] if found else f"{type(error).__name__}: {text}"
    return " ".join(words.split())


def _build(request: TrainingRequest) -> keras.Model:
    document = dict(request.model)
    compiled = document.pop("compile_config")
    model = keras.saving.deserialize_keras_object(document)
    asked = {
        name: keras.saving.deserialize_keras_object(compiled.get(name))
        for name in ("optimizer", "loss", "metrics", "weighted_metrics")
    }
    model.compile(
        optimizer=asked["optimizer"],
        loss=asked["loss"],
        loss_weights=compiled.get("loss_weights"),
        # Ours beside theirs, because a submission may call anything "accuracy".
        metrics=[*_as_list(asked["metrics"]), _own_accuracy(one_hot=request.data.one_hot)],
        weighted_metrics=asked["weighted_metrics"],
    )
    return model


def _own_accuracy(*, one_hot: bool) -> keras.metrics.Metric:
    if one_hot:
        return keras.metrics.CategoricalAccuracy(name=_OWN_ACCURACY)
    return keras.metrics.SparseCategoricalAccuracy(name=_OWN_ACCURACY)


def _as_list(metrics: Any) -> list[Any]:
    """Return metrics however they were given: one, a list, or a list or dict for each output."""
    return [metric for metric in keras.tree.flatten(metrics) if metric is not None]


def _run(
    model: keras.Model,
    request: TrainingRequest,
    run_steps: Callable[[NDArray[np.int64]], None],
    last: int,
    channel: Channel[ToTrainer],
) -> None:
    orders = _orders(model, request.data.count, request.batch_size, shuffle=request.shuffle)
    for number in range(request.initial_epoch, last + 1):
        model.reset_metrics()
        run_steps(next(orders))
        decision = _hand_over(model, number, channel, is_last=number == last)
        if decision.learning_rate is not None:
            model.optimizer.learning_rate = decision.learning_rate
        if decision.stop:
            return


def _orders(
    model: keras.Model, count: int, batch_size: int, *, shuffle: bool
) -> Iterator[NDArray[np.int64]]:
    """Draw the order of the images of each epoch, as `fit` would with the same random state."""
    iterator = TFEpochIterator(
        x=np.arange(count),
        y=None,
        batch_size=batch_size,
        shuffle=shuffle,
        distribute_strategy=model.distribute_strategy,
        steps_per_execution=1,
    )
    # The data set inside, because the iterator looks ahead and would draw one epoch too many.
    batches = iterator._distributed_dataset  # noqa: SLF001
    while True:
        yield np.concatenate([np.ravel(keras.tree.flatten(batch)[0]) for batch in batches])


def _steps(
    model: keras.Model, data: TrainingData, batch_size: int
) -> Callable[[NDArray[np.int64]], None]:
    """Return a function that trains the images in the given order, batch by batch."""
    images, labels, table = map(tf.constant, data)
    shape = data.images.shape[1:]
    step = tf.function(model.train_step, reduce_retracing=True)

    def train_batch(number: Any, order: Any) -> Any:
        rows = order[number * batch_size : (number + 1) * batch_size]
        pixels = tf.gather(table, tf.cast(tf.gather(images, rows), tf.int32))
        step((tf.reshape(pixels, (-1, *shape)), tf.gather(labels, rows)))
        return number + 1, order

    # A loop in words of TensorFlow: AutoGraph would read source files, which a box may not have.
    @tf.function(reduce_retracing=True, autograph=False)  # type: ignore[untyped-decorator]
    def train_batches(order: Any, count: Any) -> None:
        tf.while_loop(lambda number, _: number < count, train_batch, (0, order))

    with _blaming_the_model():
        # What `fit` does before its first step; inside the graph it would be too late.
        model.optimizer.build(model.trainable_variables)
        # Keras meets the model, the loss and the shapes together here for the first time.
        step.get_concrete_function(
            (
                tf.TensorSpec((None, *shape), tf.float32),
                tf.TensorSpec((None, *labels.shape[1:]), labels.dtype),
            )
        )

    def run_steps(order: NDArray[np.int64]) -> None:
        count = math.ceil(len(order) / batch_size)
        try:
            train_batches(tf.constant(order), tf.constant(count))
        except tf.errors.InvalidArgumentError as error:
            # A loss says so when a label is none of the model's outputs.
            raise _ImpossibleError(_own_words(error)) from error

    return run_steps


def _hand_over(
    model: keras.Model, number: int, channel: Channel[ToTrainer], *, is_last: bool
) -> Decision:
    """Send an epoch's logs and weights, and wait for the decision on it."""
    logs = {name: _finite(value) for name, value in model.get_metrics_result().items()}
    accuracy = logs.pop(_OWN_ACCURACY) or 0.0
    weights = [np.ascontiguousarray(weight, np.float32) for weight in model.get_weights()]
    ended = EpochEnded(
        epoch=Epoch(number=number, accuracy=accuracy, loss=logs.get("loss"), logs=logs),
        last=is_last,
        arrays=tuple(ArraySpec("float32", weight.shape) for weight in weights),
    )
    channel.send(ended, [weight.data for weight in weights])
    decision = channel.receive().message
    if not isinstance(decision, Decision):
        raise WorkerGoneError
    return decision


def _finite(value: Any) -> float | None:
    # Some metrics give a number for each class.
    if np.ndim(value):
        return None
    number = float(value)
    return number if math.isfinite(number) else None
