"""Trains a request epoch by epoch, handing each to the worker and obeying its decision."""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from grader.engine.blame import ImpossibleError, blaming_the_model
from grader.engine.budget import Price
from grader.engine.build import build, check, compile_as_asked, set_learning_rate
from grader.engine.compiled import compiled_steps
from grader.engine.data import TrainingData, training_data, training_set
from grader.engine.measure import OWN_ACCURACY, OwnAccuracy, Question, known
from grader.engine.steps import Order, RunSteps, orders, steps
from grader.protocol import (
    ArraySpec,
    BatchEnded,
    Channel,
    Decision,
    EngineName,
    Epoch,
    EpochEnded,
    Frame,
    Known,
    ToTrainer,
    Train,
    TrainingImpossible,
    TrainingRequest,
    split,
)

_LONGEST_REASON = 500
# The table of pixel values and the numbers of rows.
_REQUEST_ARRAYS = 2


class WorkerGoneError(Exception):
    """Raised when the worker breaks off during a training; there is nobody to go on for."""


def prepare(threads: int) -> str:
    """Fix the number of threads, on which the last digits of a run depend; return the version."""
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    return str(tf.__version__)


class Engine:
    """Trains one request after another; the last model stays, to be probed or trained on."""

    def __init__(self, channel: Channel[ToTrainer], *, exact: bool) -> None:
        """Speak with the worker over `channel`; `exact` means with Keras's own optimizers only."""
        self._channel = channel
        self._exact = exact
        self.model: keras.Model | None = None
        self._data: TrainingData | None = None
        self._steps: tuple[tuple[Any, ...], RunSteps] | None = None
        self._engine: EngineName = "keras"
        # Which of the training images any fit of the model has used.
        self._used = np.zeros(len(training_set()[1]), np.bool_)

    def train(self, frame: Frame[Any]) -> None:
        """Train what a `Train` message asks for, and answer with epochs or why it is impossible.

        What Keras says of the model, of its loss or of its labels is said to the student. Every
        other error is ours: it ends this process, and the worker tries the submission again.
        """
        try:
            self._train(frame.message, frame.blob)
        except ImpossibleError as error:
            self.model = None
            self._channel.send(
                TrainingImpossible(
                    reason=str(error)[:_LONGEST_REASON],
                    needs_review=error.needs_review,
                )
            )

    def restore(self, frame: Frame[Any]) -> None:
        """Have the model of a `Restore` message, which was trained here or elsewhere before."""
        request, specs = frame.message.request, frame.message.arrays
        check(request)
        table, rows, *weights = split(frame.blob, specs)
        self._begin_anew()
        self.model = build(request, exact=self._exact)
        if not self.model.built:
            self.model.build((None, *request.data.image_shape))
        self.model.set_weights(
            [
                np.frombuffer(part, np.float32).reshape(spec.shape)
                for spec, part in zip(specs[_REQUEST_ARRAYS:], weights, strict=True)
            ]
        )
        self._data = _training_data(request, table, rows)

    def _train(self, asked: Train, arrays: bytes) -> None:
        request = asked.request
        price = check(request)
        cost = price.of_epoch(_images_of_epoch(request), request.batch_size)
        if cost > asked.most_operations:
            raise ImpossibleError(
                f"an epoch of it takes {cost:,} operations, and {asked.most_operations:,} are left"
                " for this submission",
                needs_review=True,
            )
        model = self._prepared(asked)
        run_steps = self._run_steps(model, asked, arrays)
        drawn = orders(model, request)
        last = min(request.epochs, request.initial_epoch + asked.max_epochs) - 1
        for number in range(request.initial_epoch, last + 1):
            model.reset_metrics()
            order = next(drawn)
            stopped = False
            if asked.per_batch:
                stopped = self._batch_by_batch(model, order, request.batch_size, run_steps)
            else:
                run_steps(order)
            epoch = self._epoch(model, number, asked, price, partial=stopped)
            if self._epoch_ended(model, epoch, last=number == last):
                return

    def _prepared(self, asked: Train) -> keras.Model:
        """Return the model to train: a fresh one, or the last one as the submission left it."""
        if asked.resumes == "nothing" or self.model is None:
            self._begin_anew()
            keras.utils.set_random_seed(asked.seed)
            self.model = build(asked.request, exact=self._exact)
        elif self.model.optimizer.use_ema:
            # At its end `fit` puts averages there, which are not in an epoch's record.
            raise ImpossibleError(
                "a model is fitted again after averages took the place of its weights",
                needs_review=True,
            )
        elif asked.resumes == "weights":
            self._steps = None
            compile_as_asked(self.model, asked.request, exact=self._exact)
        else:
            set_learning_rate(self.model, asked.request)
        return self.model

    def _begin_anew(self) -> None:
        self.model = self._steps = None
        self._used[:] = False
        keras.backend.clear_session()

    def _run_steps(self, model: keras.Model, asked: Train, arrays: bytes) -> RunSteps:
        """Return the function that trains; one model fitted again and again makes it once."""
        data, batch_size = asked.request.data, asked.request.batch_size
        identity = (data, batch_size, asked.per_batch, asked.arrays, arrays)
        if self._steps is None or self._steps[0] != identity:
            table, rows = split(arrays, asked.arrays)
            self._data = _training_data(asked.request, table, rows)
            self._used[slice(0, data.count) if data.in_order else np.frombuffer(rows, np.int32)] = 1
            # Compiled steps unpack a model when they end: cheap for an epoch, dear for a batch.
            compiled = not self._exact and not asked.per_batch
            run = compiled_steps(model, self._data, batch_size) if compiled else None
            self._engine = "compiled" if run else "keras" if self._exact else "fused"
            self._steps = (identity, run or steps(model, self._data, batch_size))
        return self._steps[1]

    def _batch_by_batch(
        self, model: keras.Model, order: Order, batch_size: int, run_steps: Any
    ) -> bool:
        """Train an epoch and ask after each batch; return whether it was broken off early."""
        starts = range(0, len(order), batch_size)
        for number, start in enumerate(starts):
            run_steps(order[start : start + batch_size])
            last = number == len(starts) - 1
            self._channel.send(BatchEnded(number=number, logs=_logs(model)[0], last=last))
            if self._decided(model).stop:
                return not last
        return False

    def _epoch(
        self, model: keras.Model, number: int, asked: Train, price: Price, *, partial: bool
    ) -> Epoch:
        """Put an epoch that has just ended into numbers."""
        logs, right, images = _logs(model)
        reached = not partial and images > 0 and right / images >= asked.target
        return Epoch(
            number=number,
            right=right,
            images=images,
            loss=logs.get("loss"),
            logs=logs,
            partial=partial,
            engine=self._engine,
            known=self._known(model, asked, price) if reached else None,
            operations=price.of_epoch(images, asked.request.batch_size),
        )

    def _known(self, model: keras.Model, asked: Train, price: Price) -> Known | None:
        if self._data is None:
            return None
        question = Question(self._used, asked.measured_images, asked.target, price.activations)
        try:
            return known(model, self._data, question)
        # It was trained, and what keeps us from measuring it is no fault of it: memory, or batches
        # of another size. Such an epoch is for a human.
        except Exception:  # noqa: BLE001
            return None

    def _epoch_ended(self, model: keras.Model, epoch: Epoch, *, last: bool) -> bool:
        """Send an epoch with the model's weights; return whether training ends here."""
        weights = [np.ascontiguousarray(weight, np.float32) for weight in model.get_weights()]
        specs = tuple(ArraySpec("float32", weight.shape) for weight in weights)
        ended = EpochEnded(epoch=epoch, last=last, arrays=specs)
        self._channel.send(ended, [weight.data for weight in weights])
        return self._decided(model, last=last).stop

    def _decided(self, model: keras.Model, *, last: bool = False) -> Decision:
        decision = self._channel.receive().message
        if not isinstance(decision, Decision):
            raise WorkerGoneError
        # After the last epoch there is nothing left to refuse: another fit brings its own rate.
        if decision.learning_rate is not None and not (decision.stop or last):
            # A schedule cannot be set, and neither can what is no rate: Keras says so.
            with blaming_the_model():
                model.optimizer.learning_rate = decision.learning_rate
        return decision


def _training_data(request: TrainingRequest, table: Any, rows: Any) -> TrainingData:
    return training_data(
        request.data, np.frombuffer(table, np.float32), np.frombuffer(rows, np.int32)
    )


def _images_of_epoch(request: TrainingRequest) -> int:
    """Return how many images an epoch goes over at most."""
    steps = request.steps_per_epoch or math.ceil(request.data.count / request.batch_size)
    return min(request.data.count, steps * request.batch_size)


def _logs(model: keras.Model) -> tuple[dict[str, float | None], int, int]:
    """Return the submission's logs, and how many images were right of how many by our measure."""
    own = next(
        metric
        for metric in model._compile_metrics.metrics  # noqa: SLF001 - `metrics` hides those inside
        if isinstance(metric, OwnAccuracy)
    )
    # Sums of ones in float32 are exact far beyond a pass over the images.
    right, images = round(float(own.total)), round(float(own.count))
    logs = {name: _finite(value) for name, value in model.get_metrics_result().items()}
    logs.pop(OWN_ACCURACY)
    return logs, right, images


def _finite(value: Any) -> float | None:
    # Some metrics give a number for each class.
    if np.ndim(value):
        return None
    number = float(value)
    return number if math.isfinite(number) else None
