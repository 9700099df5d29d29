"""One submission's dialogue: what its box asks and the trainer records, until one ends it.

Actors: the *box*, in which the submission runs and asks for a fit; the *trainer*, which does it;
and this module in the worker between them, which passes epochs one way and decisions the other,
and keeps the record of each model that is fitted.

A fit that fails a gate is never trained, but does not end the dialogue: the submission may fit
another model yet, and the one whose history it returns is the graded one.

Blame is decided by who broke off. Whatever the box does is the submission's doing and becomes
evidence: it was ready before the submission was sent, so silence, garbage and sudden ends come
after. Whatever the trainer does is ours and raises.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.admission import LayerFound, Refusal, admit, layers_of
from grader.errors import SandboxError
from grader.exercises import Rubric
from grader.grading.data_facts import read_claim
from grader.model.evidence import DataFacts, Ending, Evidence, ProbeReading, Record
from grader.protocol import (
    BatchEnded,
    Decision,
    Epoch,
    EpochEnded,
    Finished,
    FitAsked,
    FitRefused,
    Frame,
    FromSandbox,
    MalformedFrameError,
    PeerSilentError,
    ProtocolError,
    Rehearse,
    RunSubmission,
    ToSandbox,
    Train,
    TrainingImpossible,
    Undecidable,
)
from grader.sandbox import Box
from grader.trainer import Trainer

_SILENCE_S = 600.0
_SEND_S = 120.0
_PROBE_IMAGES = 4
# Epochs of all models together, as a multiple of what one model may have.
_MODELS_TO_TRAIN = 3
_MOST_FITS = 200
_OUT_OF_TURN = "the program wrote to the channel that belongs to the grader"


class _OverError(Exception):
    """Raised to end a dialogue, with what ended it; none of them: nothing more can change."""

    def __init__(
        self,
        finished: Finished | None = None,
        *,
        collapse: str | None = None,
        review: str | None = None,
    ) -> None:
        super().__init__(collapse or review)
        self.finished = finished
        self.collapse = collapse
        self.review = review


@dataclasses.dataclass(frozen=True)
class _Fitted:
    """A model of the submission: what its last fit asked for, and the record of all its fits."""

    document: dict[str, Any]
    fit_line: int | None
    layers: tuple[LayerFound, ...]
    data: DataFacts
    record: Record | None = None
    probe: ProbeReading | None = None

    @property
    def epochs(self) -> tuple[Epoch, ...]:
        return self.record.epochs if self.record else ()


@dataclasses.dataclass
class Session:
    """The dialogue with one box; `run` it once.

    It trains from `seed` what passes the gates, and shows every epoch to `on_epoch`.
    """

    box: Box[FromSandbox]
    trainer: Trainer
    rubric: Rubric
    seed: int
    passes_gates: Callable[[Evidence], bool]
    on_epoch: Callable[[Epoch], None]
    trained_epochs: int = 0
    _models: dict[int, _Fitted] = dataclasses.field(default_factory=dict, init=False)
    _fits: list[int] = dataclasses.field(default_factory=list, init=False)
    _in_trainer: int | None = dataclasses.field(default=None, init=False)
    _shims: tuple[str, ...] = dataclasses.field(default=(), init=False)
    _trained_s: float = dataclasses.field(default=0.0, init=False)

    def run(self, evidence: Evidence, filename: str) -> Evidence:
        """Run the submission that `evidence` has read and return all that is observed.

        Raises:
            SandboxError: The box did not take the submission.
            TrainerError: The trainer failed.
        """
        defined = evidence.source.function_line is not None
        function = self.rubric.function if defined else ""
        start = RunSubmission(
            source=evidence.source.text,
            filename=filename,
            function=function,
            is_notebook=bool(evidence.source.cells),
        )
        try:
            self.box.channel.send(start, timeout_s=_SEND_S)
        except ProtocolError as error:
            raise SandboxError(f"a box did not take a submission: {error}") from error
        try:
            while True:
                self._take_up(evidence, self._heard_fit())
        except _OverError as over:
            return self._concluded(evidence, over)

    def _take_up(self, evidence: Evidence, asked: Frame[FitAsked]) -> None:
        """Look at what a fit asks for, and have it trained, rehearsed or refused."""
        message, request = asked.message, asked.message.request
        before = self._models.get(message.model) if message.resumes != "nothing" else None
        fitted = _Fitted(
            document={**request.model, "compile_config": None},
            fit_line=message.line,
            layers=tuple(layers_of(request.model)),
            data=read_claim(asked),
            record=before.record if before else None,
        )
        self._models[message.model] = fitted
        self._fits.append(message.model)
        self._shims = message.shims
        refusal = admit(request) or self._refusal_to_resume(message, before, fitted)
        if refusal and refusal.needs_review:
            place = evidence.source.place(message.line)
            raise _OverError(review=f"{refusal.reason} ({place})" if place else refusal.reason)
        if len(self._fits) > _MOST_FITS:
            raise _OverError(collapse=f"the program called fit more than {_MOST_FITS} times")
        if refusal:
            self._refuse(message.model, refusal.reason)
        elif not self.passes_gates(self._graded(evidence, None)):
            self._tell(Rehearse())
        else:
            self._train(message.model, asked)

    def _refusal_to_resume(
        self, message: FitAsked, before: _Fitted | None, fitted: _Fitted
    ) -> Refusal | None:
        """Say why a fit that goes on from another one cannot be repeated."""
        if message.resumes == "nothing":
            if self.trained_epochs < _MODELS_TO_TRAIN * self.rubric.target.max_epochs:
                return None
            reason = f"its models train more than {self.trained_epochs} epochs in all"
        elif before is None or self._in_trainer != message.model:
            reason = "several models are fitted in turns"
        elif before.document != fitted.document:
            reason = "a model is fitted again after its layers were changed"
        else:
            return None
        return Refusal(reason, needs_review=True)

    def _train(self, model: int, asked: Frame[FitAsked]) -> None:
        """Pass epochs to the box and its decisions to the trainer, until one of them ends it."""
        began_s = time.monotonic()
        request, before = asked.message.request, self._models[model].epochs
        # The limit is for a model: fit again and again trains it no longer than fit once.
        limit = self.rubric.target.max_epochs - len(before)
        if limit < 1:
            self._record(model, Record(before, Ending.CUT))
            raise _OverError
        training = Train(
            request=request,
            seed=self.seed,
            max_epochs=limit,
            resumes=asked.message.resumes,
            per_batch=asked.message.per_batch,
            arrays=asked.message.arrays,
        )
        self.trainer.begin(training, asked.blob)
        self._in_trainer = model
        epochs: list[Epoch] = []
        over: _OverError | None = None
        while True:
            ended = self.trainer.next_ended()
            if isinstance(ended, TrainingImpossible):
                self._in_trainer = None
                self._refuse(model, ended.reason)
                return
            if isinstance(ended, Frame):
                epochs.append(ended.message.epoch)
                self.on_epoch(epochs[-1])
            try:
                decision = Decision(stop=True) if over else self._decided(ended)
            except _OverError as error:
                decision, over = Decision(stop=True), error
            self.trainer.decide(decision)
            if isinstance(ended, Frame) and (decision.stop or ended.message.last):
                break
        if over or decision.broken:
            ending = Ending.BROKEN
        elif decision.stop:
            ending = Ending.STOPPED
        else:
            beyond = request.epochs - request.initial_epoch > limit
            ending = Ending.CUT if beyond else Ending.COMPLETED
        self._record(model, Record((*before, *epochs), ending, last_fit=len(epochs)))
        self._probe(model, asked)
        self.trained_epochs += len(epochs)
        self._trained_s += time.monotonic() - began_s
        if over:
            raise over

    def _record(self, model: int, record: Record) -> None:
        self._models[model] = dataclasses.replace(self._models[model], record=record)

    def _probe(self, model: int, asked: Frame[FitAsked]) -> None:
        """Probe the two layers, if the model has them: a rubric may do without those gates."""
        fitted = self._models[model]
        if not {"Conv2D", "MaxPooling2D"} <= {layer.class_name for layer in fitted.layers}:
            return
        shape = (_PROBE_IMAGES, *asked.message.request.data.image_shape)
        images = np.random.default_rng(self.seed).random(shape, np.float32)
        self._models[model] = dataclasses.replace(fitted, probe=self.trainer.probe(images))

    def _refuse(self, model: int, reason: str) -> None:
        """Let `fit` raise in the submission, as it would have without us."""
        self._record(model, Record(self._models[model].epochs, Ending.IMPOSSIBLE, reason))
        self._tell(FitRefused(reason=reason))

    def _decided(self, ended: Frame[EpochEnded] | BatchEnded) -> Decision:
        if isinstance(ended, Frame):
            self._tell(ended.message, ended.blob)
        else:
            self._tell(ended)
        message = self._heard().message
        if isinstance(message, Finished):
            raise _OverError(message)
        if not isinstance(message, Decision):
            raise _OverError(collapse=_OUT_OF_TURN)
        return message

    def _tell(self, message: ToSandbox, blob: bytes = b"") -> None:
        try:
            self.box.channel.send(message, [blob], timeout_s=_SEND_S)
        except ProtocolError as error:
            raise _OverError(collapse=self._collapse(error)) from error

    def _heard_fit(self) -> Frame[FitAsked]:
        frame = self._heard()
        if isinstance(frame.message, Finished):
            raise _OverError(frame.message)
        if not isinstance(frame.message, FitAsked):
            raise _OverError(collapse=_OUT_OF_TURN)
        return Frame(frame.message, frame.blob)

    def _heard(self) -> Frame[FromSandbox]:
        try:
            return self.box.channel.receive(_SILENCE_S)
        except ProtocolError as error:
            raise _OverError(collapse=self._collapse(error)) from error

    def _collapse(self, error: ProtocolError) -> str:
        if self.box.excess:
            return f"the program was ended because {self.box.excess}"
        if isinstance(error, MalformedFrameError):
            return _OUT_OF_TURN
        if isinstance(error, PeerSilentError):
            return f"the program did nothing for {_SILENCE_S:.0f} seconds and was ended"
        return "the program ended itself before the function returned"

    def _concluded(self, evidence: Evidence, over: _OverError) -> Evidence:
        finished = over.finished or Finished(outcome=None, shims=self._shims)
        evidence = dataclasses.replace(
            self._graded(evidence, finished.returned_fit),
            collapse=over.collapse,
            review=over.review,
            shims=finished.shims,
            trained_s=self._trained_s,
        )
        if isinstance(finished.outcome, Undecidable):
            place = evidence.source.place(finished.outcome.line)
            reason = finished.outcome.reason
            return dataclasses.replace(evidence, review=f"{reason} ({place})" if place else reason)
        return dataclasses.replace(evidence, outcome=finished.outcome)

    def _graded(self, evidence: Evidence, returned_fit: int | None) -> Evidence:
        """Fill in the graded model: the one of the returned history, else the last one."""
        if not self._fits:
            return evidence
        fits = range(len(self._fits))
        fit = returned_fit if returned_fit is not None and returned_fit in fits else fits[-1]
        fitted = self._models[self._fits[fit]]
        return dataclasses.replace(
            evidence,
            fit_line=fitted.fit_line,
            layers=fitted.layers,
            data=fitted.data,
            record=fitted.record,
            probe=fitted.probe,
        )
