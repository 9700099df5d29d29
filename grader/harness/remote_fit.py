"""`Model.fit` as a remote call: ask the worker to train, run the callbacks here, epoch by epoch.

Only fits of the graded function count, or, where a file defines none, all its fits. Every other
fit, and one that fails a gate, is rehearsed. There is one channel, so a fit in another thread waits
for its turn, and a model that a callback trains for itself is trained here.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from grader.harness.compat import AliasedLogs
from grader.harness.compat.notes import note_spelling
from grader.harness.data import Dataset
from grader.harness.describe import IndescribableError, described, variables_of
from grader.harness.fit_call import FitCall, UnrepeatableError
from grader.harness.ledger import Change, Ledger
from grader.harness.rehearsal import is_small, rehearse
from grader.harness.undecidable import Undecidables
from grader.protocol import (
    MAX_TEXTS,
    ArraySpec,
    BatchEnded,
    Channel,
    Decision,
    EpochEnded,
    FitAsked,
    FitRefused,
    Rehearse,
    Resumes,
    ToSandbox,
    TrainingRequest,
    clipped,
    clipped_number,
)
from grader.protocol.arrays import arrays_of

_MOST_REHEARSALS = 20
# Keras 2 took these and Keras 3 does not; none of them changes what is trained.
_FORGOTTEN_OPTIONS = ("workers", "use_multiprocessing", "max_queue_size")


class TrainingRefusedError(ValueError):
    """Raised from `fit` when the trainer did not accept the request."""


class EnoughRehearsedError(BaseException):
    """Raised out of a file that fits for ever while it is loaded: none of it counts."""


class OverError(BaseException):
    """Raised out of a `fit` that a thread calls when the submission has ended already."""


class _Fitted(NamedTuple):
    """A model, and the optimizer of its last fit: none before an epoch has ended."""

    model: keras.Model
    optimizer: Any


class RemoteFit:
    """The replacement of `fit`; one for the life of a box."""

    def __init__(
        self,
        channel: Channel[ToSandbox],
        dataset: Dataset,
        undecidables: Undecidables,
        shims: list[str],
    ) -> None:
        """Ask over `channel`; recognise images of `dataset`; `shims` grows as they are used."""
        self._channel = channel
        self._dataset = dataset
        self._undecidables = undecidables
        self._ledger = Ledger(undecidables)
        self._shims = shims
        self._own_fit = keras.Model.fit
        self._models: list[_Fitted] = []
        self._rehearsing = False
        self._turn = threading.RLock()
        self._under_way: list[keras.Model] = []
        self._is_over = False
        self._used_tape = False
        self.counts = False
        self.rehearsals = 0
        self.histories: list[keras.callbacks.History] = []

    def install(self) -> None:
        """Put the remote `fit` in the place of Keras's, and name what cannot be remote."""
        remote, gradient = self, tf.GradientTape.gradient

        def fit(model: keras.Model, *args: Any, **options: Any) -> Any:
            return remote.fit(model, *args, **options)

        def noted_gradient(tape: Any, *args: Any, **options: Any) -> Any:
            remote._used_tape |= remote._stands_alone()
            return gradient(tape, *args, **options)

        keras.Model.fit = fit
        tf.GradientTape.gradient = noted_gradient
        self._guard(keras.Model, "train_on_batch", "train_on_batch is a training loop of its own")
        self._guard(keras.optimizers.Optimizer, "apply", "it trains in a loop of its own")
        self._ledger.install()

    def close(self) -> None:
        """End, once no thread is in a fit; note a training loop in which no optimizer took part.

        A tape alone is no such loop: pictures of what a layer sees are made with it, too.
        """
        with self._turn:
            self._is_over = True
        if self._used_tape and not self.histories:
            self._undecidables.note("it trains in a loop of its own, with tf.GradientTape")

    def _guard(self, owner: Any, name: str, reason: str) -> None:
        original = getattr(owner, name)

        def guarded(this: Any, *args: Any, **options: Any) -> Any:
            if self._stands_alone():
                self._undecidables.stop(reason)
            return original(this, *args, **options)

        setattr(owner, name, guarded)

    def _stands_alone(self) -> bool:
        """Whether the submission trains by itself, where its training counts."""
        return self.counts and not self._rehearsing

    def fit(self, model: keras.Model, *args: Any, **options: Any) -> Any:
        """Train `model` like Keras's `fit` of the same signature, elsewhere."""
        for name in _FORGOTTEN_OPTIONS:
            if options.pop(name, None) is not None:
                note_spelling(f"{name}= is no longer an argument of fit; it was left out")
        with self._turn:
            if self._is_over:
                raise OverError
            if self._under_way:
                return self._fit_within(model, *args, **options)
            self._under_way.append(model)
            try:
                return self._fit(model, *args, **options)
            finally:
                self._under_way.pop()

    def _fit_within(self, model: keras.Model, *args: Any, **options: Any) -> Any:
        """Train, with Keras's own `fit`, what a callback trains while another model is fitted."""
        if self.counts and any(model is other for other in self._under_way):
            self._undecidables.stop("a model is fitted by a callback of its own fit")
        self._under_way.append(model)
        try:
            with self._rehearsal():
                return self._own_fit(model, *args, **options)
        finally:
            self._under_way.pop()

    def _fit(self, model: keras.Model, *args: Any, **options: Any) -> Any:
        call = FitCall.of(self._own_fit, (model, *args), options)
        model._assert_compile_called("fit")  # noqa: SLF001 - Keras's own message for its own mistake
        if not self.counts and is_small(model, call):
            with self._rehearsal():
                return self._own_fit(model, *args, **options)
        if not self.counts:
            self.rehearsals += 1
            if self.rehearsals > _MOST_REHEARSALS:
                raise EnoughRehearsedError
            return self._rehearse(model, call)
        try:
            call.read()
        except UnrepeatableError as error:
            self._undecidables.stop(str(error))
        _build(model, call)
        call.listed = listed = keras.callbacks.CallbackList(
            call.callbacks,
            add_history=True,
            model=model,
            epochs=call.epochs,
            steps=call.steps,
            verbose=0,
        )
        model.stop_training = False
        listed.on_train_begin()
        listed.on_epoch_begin(call.initial_epoch)
        if call.wants_batches:
            listed.on_train_batch_begin(0)
        number = self._number(model)
        self._ask(number, call)
        self.histories.append(model.history)
        return self._follow(number, call)

    def _number(self, model: keras.Model) -> int:
        for number, known in enumerate(self._models):
            if known.model is model:
                return number
        self._models.append(_Fitted(model, None))
        return len(self._models) - 1

    def _ask(self, number: int, call: FitCall) -> None:
        found = self._dataset.recognise(call.x, call.y)
        is_other = bool(found.claim.problem) and not found.named
        if is_other and (seen := self._dataset.alteration(call.x, call.y)):
            self._undecidables.stop(
                f"fit is given images that were made of MNIST's ({seen}), which the trainer does"
                " not repeat"
            )
        if is_other and call.from_pipeline:
            self._undecidables.stop(
                "fit is given a tf.data pipeline of images that are not MNIST's own, perhaps"
                " altered at random"
            )
        if found.softened:
            self._undecidables.stop(
                "fit is given labels in ten columns of other numbers than 0 and 1, such as softened"
                " ones, which the trainer does not repeat"
            )
        try:
            document = described(self._models[number].model)
        except IndescribableError as error:
            self._undecidables.stop(
                f"the model is not described by built-in parts of Keras ({error})"
            )
        asked = FitAsked(
            request=TrainingRequest(
                model=document,
                data=found.claim,
                epochs=clipped_number(call.epochs),
                batch_size=clipped_number(call.batch_size or 0),
                initial_epoch=clipped_number(call.initial_epoch),
                shuffle=call.shuffle,
                steps_per_epoch=call.steps_per_epoch and clipped_number(call.steps_per_epoch),
            ),
            line=self._undecidables.line(),
            model=number,
            resumes=self._resumes(self._models[number]),
            per_batch=call.wants_batches,
            shims=tuple(map(clipped, self._shims[:MAX_TEXTS])),
            arrays=(
                ArraySpec("float32", found.table.shape),
                ArraySpec("int32", found.rows.shape),
            ),
        )
        self._ledger.enter(self._models[number].model, document)
        self._channel.send(asked, (found.table.tobytes(), found.rows.tobytes()))

    def _resumes(self, fitted: _Fitted) -> Resumes:
        """Say what a fit goes on from, if the trainer knows the state that the model is in."""
        model = fitted.model
        self._stop_for(self._ledger.replaced(model))
        if fitted.optimizer is None:
            self._stop_for(self._ledger.set_before(model))
            return "nothing"
        change = self._ledger.weights_changed(model)
        if model.optimizer is fitted.optimizer:
            self._stop_for(change or self._ledger.momentum_changed(model))
            return "training"
        self._stop_for(change or self._ledger.moved(model))
        return "weights"

    def _stop_for(self, change: Change | None) -> None:
        if change is not None:
            self._undecidables.stop(change.reason, change.line)

    def _follow(self, number: int, call: FitCall) -> Any:
        model = self._models[number].model
        while True:
            frame = self._channel.receive()
            match frame.message:
                case FitRefused(reason=reason):
                    raise TrainingRefusedError(reason)
                case Rehearse():
                    self.histories[-1] = self._rehearse(model, call)
                    return self.histories[-1]
                case BatchEnded() as ended:
                    self._batch_ended(model, call.listed, ended)
                case EpochEnded() as ended:
                    # By callbacks that look at batches, or by another thread.
                    change = self._ledger.changed(model) if not model.stop_training else None
                    weights = arrays_of(frame, ended.arrays)
                    for variable, weight in zip(variables_of(model), weights, strict=True):
                        variable.assign(weight)
                    self._ledger.enter_weights(model)
                    logs = AliasedLogs.of(ended.epoch.logs)
                    with self._decision(model) as decision:
                        self._stop_for(change)
                        logs.update(call.validated(model, ended.epoch.number))
                        decision.stop = self._epoch_ended(model, call, ended, logs)
                    if decision.stop or ended.last:
                        break
        call.listed.on_train_end(logs)
        self._models[number] = _Fitted(model, model.optimizer)
        return model.history

    def _batch_ended(self, model: keras.Model, callbacks: Any, ended: BatchEnded) -> None:
        with self._decision(model) as decision:
            callbacks.on_train_batch_end(ended.number, AliasedLogs.of(ended.logs))
            decision.stop = bool(model.stop_training)
            if not decision.stop and not ended.last:
                callbacks.on_train_batch_begin(ended.number + 1)
                if self._ledger.is_touched(model):
                    self._stop_for(self._ledger.changed(model))

    def _epoch_ended(self, model: keras.Model, call: FitCall, ended: EpochEnded, logs: Any) -> bool:
        """Run the callbacks; return whether they want to stop."""
        call.listed.on_epoch_end(ended.epoch.number, logs)
        # Keras looks here and not after the next epoch's beginning: that epoch is trained.
        stop = bool(model.stop_training)
        if not stop and not ended.last:
            call.listed.on_epoch_begin(ended.epoch.number + 1)
            if call.wants_batches:
                call.listed.on_train_batch_begin(0)
            # What is changed once nothing more is trained, as by `restore_best_weights`, is fair.
            self._stop_for(self._ledger.changed(model))
        return stop

    @contextmanager
    def _decision(self, model: keras.Model) -> Iterator[SimpleNamespace]:
        """Answer the trainer with what the callbacks inside decide; it must always be answered."""
        rate_before = _learning_rate(model)
        decision = SimpleNamespace(stop=False)
        try:
            yield decision
        except BaseException:
            self._channel.send(Decision(stop=True, broken=True))
            raise
        rate = _learning_rate(model)
        changed = rate if rate != rate_before else None
        self._channel.send(Decision(stop=decision.stop, learning_rate=changed))

    def _rehearse(self, model: keras.Model, call: FitCall) -> Any:
        is_fresh = self._ledger.set_before(model) is None
        rate = _learning_rate(model)
        try:
            with self._rehearsal():
                return rehearse(self._own_fit, model, call)
        finally:
            # A callback that lowers the rate has looked at numbers that stand in for others.
            if rate is not None and rate != _learning_rate(model):
                with contextlib.suppress(Exception):
                    model.optimizer.learning_rate = rate
            # What it has learned of a few images is not what the submission has made of it.
            if is_fresh:
                self._ledger.accept(model)

    @contextmanager
    def _rehearsal(self) -> Iterator[None]:
        """Let Keras train here, which no loop of the submission's own may."""
        before, self._rehearsing = self._rehearsing, True
        try:
            yield
        finally:
            self._rehearsing = before


def _build(model: keras.Model, call: FitCall) -> None:
    """Build model, loss and metrics as a first batch does; Keras's callbacks look at metrics."""
    if not model.built:
        model.build((None, *np.shape(call.x)[1:]))
    # What does not fit together is for the trainer to say.
    with contextlib.suppress(Exception):
        batch = (np.asarray(call.x[:1]), np.asarray(call.y[:1]))
        model._symbolic_build(data_batch=batch)  # noqa: SLF001 - fit's own first step


def _learning_rate(model: keras.Model) -> float | None:
    try:
        return float(model.optimizer.learning_rate)
    # Whatever a submission put there; a rate that is not a number is no change of the rate.
    except Exception:  # noqa: BLE001
        return None
