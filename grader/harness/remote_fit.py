"""`Model.fit` as a remote call: ask the worker to train, run the callbacks here, epoch by epoch."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import Any, Literal, NoReturn

import keras
import msgspec
import numpy as np

from grader.harness.compat import AliasedLogs
from grader.harness.data import Dataset
from grader.protocol import (
    ArraySpec,
    Channel,
    Decision,
    EpochEnded,
    FitAsked,
    FitRefused,
    Frame,
    RunSubmission,
    ToSandbox,
    TrainingRequest,
    split,
)

_BATCH_HOOKS = (
    "on_batch_begin",
    "on_batch_end",
    "on_train_batch_begin",
    "on_train_batch_end",
)
_DEFAULT_BATCH_SIZE = 32
_REHEARSAL_IMAGES = 320


class UndecidableError(BaseException):
    """Raised where the submission trains in a way that the trainer cannot repeat.

    It derives from BaseException so that a submission's `except Exception` does not hide it by
    accident.
    """

    def __init__(self, reason: str, line: int | None) -> None:
        """Say what cannot be repeated and in which line it stands."""
        super().__init__(reason)
        self.reason = reason
        self.line = line


class TrainingRefusedError(ValueError):
    """Raised from `fit` when the trainer did not accept the request."""


class RemoteFit:
    """The replacement of `fit`; one for the life of a box."""

    def __init__(
        self, channel: Channel[ToSandbox], dataset: Dataset, submission: RunSubmission
    ) -> None:
        """Ask over `channel`, recognise images of `dataset`, report lines of `submission`."""
        self._channel = channel
        self._dataset = dataset
        self._filename = submission.filename
        self._own_fit = keras.Model.fit
        self._rehearses_imports = bool(submission.function)
        self.phase: Literal["import", "call"] = "import"

    def install(self) -> None:
        """Put the remote `fit` in the place of Keras's, and name what cannot be remote."""
        remote = self

        def fit(model: keras.Model, *args: Any, **options: Any) -> Any:
            return remote.fit(model, *args, **options)

        def train_on_batch(_model: keras.Model, *_args: Any, **_options: Any) -> NoReturn:
            raise UndecidableError("train_on_batch is a training loop of its own", remote._line())

        apply = keras.optimizers.Optimizer.apply

        def guarded_apply(optimizer: Any, *args: Any, **options: Any) -> Any:
            if remote.phase == "call":
                raise UndecidableError("it trains in a loop of its own", remote._line())
            return apply(optimizer, *args, **options)

        keras.Model.fit = fit
        keras.optimizers.Optimizer.apply = guarded_apply
        keras.Model.train_on_batch = train_on_batch

    def fit(  # noqa: PLR0913, PLR0917 - the signature of Keras
        self,
        model: keras.Model,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",  # noqa: ARG002 - part of Keras's signature; a box prints nothing
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,  # noqa: FBT001, FBT002 - Keras's signature
        initial_epoch: int = 0,
        **others: Any,
    ) -> Any:
        """Train `model` like Keras's `fit` of the same signature, elsewhere."""
        model._assert_compile_called("fit")  # noqa: SLF001 - Keras's own message for its own mistake
        if self.phase == "import" and self._rehearses_imports:
            return self._rehearse(model, x, y, callbacks, validation_data)
        self._refuse_what_cannot_be_repeated(x, callbacks, others)
        x, y, validation_data = _validation(x, y, validation_split, validation_data)
        if not model.built:
            model.build((None, *np.shape(x)[1:]))
        batch_size = batch_size or _DEFAULT_BATCH_SIZE
        listed = keras.callbacks.CallbackList(
            callbacks,
            add_history=True,
            model=model,
            epochs=epochs,
            steps=math.ceil(len(x) / batch_size),
            verbose=0,
        )
        model.stop_training = False
        listed.on_train_begin()
        listed.on_epoch_begin(initial_epoch)
        found = self._dataset.recognise(x, y)
        request = TrainingRequest(
            model=self._described(model),
            data=found.claim,
            epochs=int(epochs),
            batch_size=int(batch_size),
            initial_epoch=int(initial_epoch),
            shuffle=bool(shuffle),
        )
        asked = FitAsked(
            request=request,
            line=self._line(),
            callbacks=tuple(type(callback).__name__ for callback in listed.callbacks),
            arrays=(
                ArraySpec("float32", found.table.shape),
                ArraySpec("int32", found.rows.shape),
            ),
        )
        self._channel.send(asked, (found.table.tobytes(), found.rows.tobytes()))
        self._follow(model, listed, validation_data)
        return model.history

    def _rehearse(
        self, model: keras.Model, x: Any, y: Any, callbacks: Any, validation_data: Any
    ) -> Any:
        """Fit outside the graded function: it does not count, so few images and one epoch do."""
        if hasattr(x, "__array__") and hasattr(y, "__array__"):
            history = self._own_fit(model, x[:_REHEARSAL_IMAGES], y[:_REHEARSAL_IMAGES], verbose=0)
        else:
            history = self._own_fit(model, x, y, steps_per_epoch=1, verbose=0)
        logs = AliasedLogs.of({name: values[-1] for name, values in history.history.items()})
        if isinstance(validation_data, list | tuple):
            few = [part[:_REHEARSAL_IMAGES] for part in validation_data]
            logs.update(_measured(model, few))
        listed = keras.callbacks.CallbackList(callbacks, add_history=True, model=model, verbose=0)
        model.stop_training = False
        listed.on_train_begin()
        listed.on_epoch_begin(0)
        listed.on_epoch_end(0, logs)
        listed.on_train_end(logs)
        return model.history

    def _follow(self, model: keras.Model, callbacks: Any, validation_data: Any) -> None:
        logs: dict[str, float] = {}
        while True:
            frame = self._channel.receive()
            if isinstance(frame.message, FitRefused):
                raise TrainingRefusedError(frame.message.reason)
            if not isinstance(frame.message, EpochEnded):
                raise TypeError(f"got {type(frame.message).__name__}, but should be an epoch")
            ended = frame.message
            _load_weights(model, frame)
            logs = AliasedLogs.of(ended.epoch.logs)
            if validation_data is not None:
                logs.update(_measured(model, validation_data))
            rate_before = _learning_rate(model)
            callbacks.on_epoch_end(ended.epoch.number, logs)
            stop = bool(model.stop_training)
            if not stop and not ended.last:
                callbacks.on_epoch_begin(ended.epoch.number + 1)
            rate = _learning_rate(model)
            self._channel.send(
                Decision(stop=stop, learning_rate=rate if rate != rate_before else None)
            )
            if stop or ended.last:
                break
        callbacks.on_train_end(logs)

    def _described(self, model: keras.Model) -> dict[str, Any]:
        """Return Keras's own description of a model as plain JSON values."""
        try:
            described: dict[str, Any] = msgspec.to_builtins(
                keras.saving.serialize_keras_object(model), str_keys=True
            )
        # Whatever a class of the submission raises here, it is a class of the submission.
        except Exception as error:
            reason = f"the model is not described by built-in parts of Keras ({error})"
            raise UndecidableError(reason[:300], self._line()) from error
        return described

    def _refuse_what_cannot_be_repeated(
        self, x: Any, callbacks: Any, others: dict[str, Any]
    ) -> None:
        reason = None
        given = sorted(name for name, value in others.items() if value is not None)
        given = [name for name in given if not name.startswith("validation_")]
        if given:
            reason = f"fit is called with {', '.join(given)}, which the trainer does not repeat"
        elif not hasattr(x, "__array__") and not isinstance(x, Sequence):
            reason = f"fit is given a {type(x).__name__}, not arrays"
        for callback in callbacks if isinstance(callbacks, list | tuple) else [callbacks]:
            own = [name for name in _BATCH_HOOKS if _overrides(callback, name)]
            if own:
                reason = f"{type(callback).__name__}.{own[0]} runs after every batch"
        if reason:
            raise UndecidableError(reason, self._line())

    def _line(self) -> int | None:
        frame: Any = sys._getframe()  # noqa: SLF001 - the only way to the caller's line
        while frame is not None and frame.f_code.co_filename != self._filename:
            frame = frame.f_back
        return frame.f_lineno if frame is not None else None


def _overrides(callback: Any, name: str) -> bool:
    own = getattr(type(callback), name, None)
    inherited = getattr(keras.callbacks.Callback, name, None)
    built_in = type(callback).__module__.startswith("keras.")
    return callback is not None and not built_in and own is not inherited


def _validation(x: Any, y: Any, fraction: float, data: Any) -> tuple[Any, Any, Any]:
    """Split validation data off the end, as Keras does, unless it is given."""
    if data is not None or not fraction:
        return x, y, data
    kept = math.floor(len(x) * (1 - fraction))
    return x[:kept], y[:kept], (x[kept:], y[kept:])


def _load_weights(model: keras.Model, frame: Frame[ToSandbox]) -> None:
    specs = getattr(frame.message, "arrays", ())
    parts = zip(specs, split(frame.blob, specs), strict=True)
    model.set_weights([np.frombuffer(part, spec.dtype).reshape(spec.shape) for spec, part in parts])


def _measured(model: keras.Model, validation_data: Any) -> dict[str, Any]:
    """Evaluate as `fit` does at the end of an epoch."""
    measured = model.evaluate(*validation_data, verbose=0, return_dict=True)
    return {f"val_{name}": value for name, value in AliasedLogs.of(measured).items()}


def _learning_rate(model: keras.Model) -> float | None:
    try:
        return float(model.optimizer.learning_rate)
    # Whatever a submission put there; a rate that is not a number is no change of the rate.
    except Exception:  # noqa: BLE001
        return None
