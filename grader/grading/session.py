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
from collections.abc import Callable, Sequence
from pathlib import PurePath

import msgspec
import numpy as np

from grader.admission import Refusal, admit, layers_of
from grader.errors import SandboxError, TrainerLimitError
from grader.exercises import Rubric
from grader.grading.data_facts import read_claim
from grader.grading.models import Fitted, Models, convolution_weights, doubt
from grader.grading.showing import read_shown
from grader.grading.spending import MAX_FITS, MAX_IMPOSSIBLE, Spending
from grader.model.evidence import Ending, Evidence, ProbeReading, Record, ShownLayers, Weights
from grader.model.report import claimed
from grader.model.source import SourceFacts
from grader.protocol import (
    ArraySpec,
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
    Raised,
    Rehearse,
    RunSubmission,
    Show,
    ToSandbox,
    Train,
    TrainingImpossible,
    TrainingRequest,
    Undecidable,
)
from grader.protocol.arrays import arrays_of
from grader.runs import SharedTrainer
from grader.sandbox import Box
from grader.trainer import Trainer

_SILENCE_S = 600.0
_SEND_S = 120.0
_SHOWN_IMAGES = 2
_MOST_LAYERS = 201
_OUT_OF_TURN = "the program wrote to the channel that belongs to the grader"
_TOO_DEAR = "training it costs more operations than a submission has"


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


@dataclasses.dataclass
class _Fit:
    """One fit while it is trained."""

    epochs: list[Epoch] = dataclasses.field(default_factory=list)
    weights: list[Weights | None] = dataclasses.field(default_factory=list)
    decision: Decision | None = None
    over: _OverError | None = None
    has_ended: bool = False

    def ending(self, beyond: bool) -> Ending:  # noqa: FBT001 - read at its one call
        """Say how it ended; `beyond` means that it asks for more epochs than it may have."""
        if self.over or (self.decision and self.decision.broken):
            return Ending.BROKEN
        if self.decision and self.decision.stop:
            return Ending.STOPPED
        return Ending.CUT if beyond else Ending.COMPLETED


@dataclasses.dataclass
class Session:
    """The dialogue with one box; `run` it once.

    It trains from `seed` what passes the gates, and shows every epoch to `on_epoch`.
    """

    box: Box[FromSandbox]
    trainer: Trainer | SharedTrainer
    rubric: Rubric
    seed: int
    passes_gates: Callable[[Evidence], bool]
    on_epoch: Callable[[Epoch], None]
    spending: Spending = dataclasses.field(init=False)
    _models: Models = dataclasses.field(default_factory=Models, init=False)
    _in_trainer: int | None = dataclasses.field(default=None, init=False)
    _shims: tuple[str, ...] = dataclasses.field(default=(), init=False)
    _trained_s: float = dataclasses.field(default=0.0, init=False)

    def __post_init__(self) -> None:
        """Begin with everything that a submission may spend."""
        self.spending = Spending(self.rubric.target.max_epochs)

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
            filename=PurePath(filename).name,
            function=function,
            is_notebook=bool(evidence.source.cells),
            seed=self.seed,
        )
        try:
            self.box.channel.send(start, timeout_s=_SEND_S)
        except ProtocolError as error:
            raise SandboxError(f"a box did not take a submission: {error}") from error
        self.trainer.begin_submission()
        try:
            while True:
                self._take_up(evidence, self._heard_fit())
        except _OverError as over:
            return self._concluded(evidence, over)
        except TrainerLimitError as error:
            review = f"the trainer cannot train this model: {error}"
            return self._concluded(evidence, _OverError(review=review))

    def _take_up(self, evidence: Evidence, asked: Frame[FitAsked]) -> None:
        """Look at what a fit asks for, and have it trained, rehearsed or refused."""
        message, request = asked.message, asked.message.request
        before = self._models.get(message.model) if message.resumes != "nothing" else None
        refusal = admit(request)
        fitted = Fitted(
            # What is not admitted may be large, and is not looked at again.
            request=msgspec.structs.replace(request, model={}) if refusal else request,
            fit_line=evidence.source.line_if_any(message.line),
            layers=tuple(layers_of(request.model)[:_MOST_LAYERS]),
            data=read_claim(asked),
            # Evidence once taken stays: another fit adds to it, whatever becomes of that.
            record=before.record if before else None,
            probe=before.probe if before else None,
            weights=before.weights if before else (),
        )
        self._models.add(message.model, fitted)
        self._shims = message.shims
        refusal = refusal or self._refusal_to_resume(message, before, fitted)
        if before is None and message.model == self._in_trainer:
            # What is in the trainer is no longer the model of this number.
            self._in_trainer = None
        if refusal and refusal.needs_review:
            raise _OverError(review=evidence.source.placed(refusal.reason, fitted.fit_line))
        if self._models.fits > MAX_FITS:
            raise _OverError(collapse=f"the program called fit more than {MAX_FITS} times")
        if refusal:
            self._refuse(message.model, refusal.reason)
        elif not (_is_trainable(fitted) and self.passes_gates(self._graded(evidence, None))):
            self._tell(Rehearse())
        else:
            self._train(message.model, asked, evidence.source)

    def _refusal_to_resume(
        self, message: FitAsked, before: Fitted | None, fitted: Fitted
    ) -> Refusal | None:
        """Say why a fit cannot be trained as one that goes on from another, or from nothing."""
        if message.resumes == "nothing":
            if self.spending.has_epochs_left:
                return None
            reason = f"its models train more than {self.spending.epochs} epochs in all"
        elif before is None or self._in_trainer != message.model:
            reason = "several models are fitted in turns"
        elif not before.is_built_like(fitted):
            reason = "a model is fitted again after its layers were changed"
        elif message.resumes == "training" and not before.is_compiled_like(fitted):
            reason = "a model is fitted again after its optimizer, loss or metrics were changed"
        else:
            return None
        return Refusal(reason, needs_review=True)

    def _train(self, model: int, asked: Frame[FitAsked], source: SourceFacts) -> None:
        """Pass epochs to the box and its decisions to the trainer, until one of them ends it."""
        began_s = time.monotonic()
        request, before = asked.message.request, self._models[model].epochs
        # The limit is for a model: fit again and again trains it no longer than fit once.
        limit = self.rubric.target.max_epochs - len(before)
        if limit < 1:
            self._models.change(model, record=Record(before, Ending.CUT))
            raise _OverError
        self._begin(asked, limit)
        self._in_trainer = model
        fit = _Fit()
        while not fit.has_ended:
            ended = self.trainer.next_ended()
            if isinstance(ended, TrainingImpossible):
                self._in_trainer = None
                self._refuse_impossible(model, ended, fit.epochs, source)
                return
            if isinstance(ended, Frame):
                fit.epochs.append(self._counted(ended, request))
                fit.weights.append(convolution_weights(arrays_of(ended, ended.message.arrays)))
            self.trainer.decide(self._answered(ended, fit))
        beyond = request.epochs - request.initial_epoch > limit
        self._models.change(
            model,
            record=Record((*before, *fit.epochs), fit.ending(beyond), last_fit=len(fit.epochs)),
            probe=self.trainer.probe() if self._models[model].has_both_layers else None,
            weights=tuple(found for found in fit.weights if found),
        )
        self._trained_s += time.monotonic() - began_s
        if fit.over:
            raise fit.over

    def _answered(self, ended: Frame[EpochEnded] | BatchEnded, fit: _Fit) -> Decision:
        """Ask the box to go on or to stop, and look at what is left to be spent."""
        decision = Decision(stop=True)
        if not fit.over:
            try:
                decision = self._decided(ended)
            except _OverError as error:
                fit.over = error
        if isinstance(ended, Frame):
            fit.has_ended = decision.stop or ended.message.last
            if not fit.has_ended and self.spending.left < fit.epochs[-1].operations:
                decision, fit.has_ended = Decision(stop=True), True
                fit.over = _OverError(review=_TOO_DEAR)
        fit.decision = decision
        return decision

    def _begin(self, asked: Frame[FitAsked], limit: int) -> None:
        message = asked.message
        training = Train(
            request=message.request,
            seed=self.seed,
            max_epochs=limit,
            target=self.rubric.target.accuracy,
            most_operations=self.spending.left,
            resumes=message.resumes,
            per_batch=message.per_batch,
            arrays=message.arrays,
        )
        self.spending.begin()
        self.trainer.begin(training, asked.blob)

    def _counted(self, ended: Frame[EpochEnded], request: TrainingRequest) -> Epoch:
        """Count an epoch, show it to those who watch, and return it as it goes on record."""
        images = (request.steps_per_epoch or request.data.count) * request.batch_size
        is_short = images < min(self.rubric.target.min_images, request.data.count)
        epoch = msgspec.structs.replace(ended.message.epoch, short=is_short)
        self.spending.add(epoch)
        self.on_epoch(epoch)
        return epoch

    def _refuse(self, model: int, reason: str, epochs: Sequence[Epoch] = ()) -> None:
        """Let `fit` raise in the submission, as it would have without us."""
        record = Record((*self._models[model].epochs, *epochs), Ending.IMPOSSIBLE, reason)
        self._models.change(model, record=record)
        self._tell(FitRefused(reason=reason))

    def _refuse_impossible(
        self, model: int, said: TrainingImpossible, epochs: Sequence[Epoch], source: SourceFacts
    ) -> None:
        if said.needs_review:
            raise _OverError(review=source.placed(said.reason, self._models[model].fit_line))
        self.spending.impossible += 1
        if self.spending.impossible > MAX_IMPOSSIBLE:
            raise _OverError(
                collapse=f"the program asked over {MAX_IMPOSSIBLE} times for what Keras refuses"
            )
        self._refuse(model, said.reason, epochs)

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
            return f"the program neither asked for a fit nor ended within {_SILENCE_S:.0f} seconds"
        return "the program ended itself before the function returned"

    def _concluded(self, evidence: Evidence, over: _OverError) -> Evidence:
        finished = over.finished or Finished(outcome=None, shims=self._shims)
        outcome = finished.outcome
        if isinstance(outcome, Raised | Undecidable):
            line = evidence.source.line_if_any(outcome.line)
            outcome = msgspec.structs.replace(outcome, line=line)
        evidence = dataclasses.replace(
            self._graded(evidence, finished.returned_fit),
            collapse=over.collapse,
            review=over.review,
            shims=finished.shims,
            trained_s=self._trained_s,
        )
        if isinstance(outcome, Undecidable):
            reason = evidence.source.placed(claimed(outcome.reason), outcome.line)
            return dataclasses.replace(evidence, review=reason)
        if over.finished and evidence.probe:
            shown = self._shown(finished.returned_fit, evidence.probe)
            evidence = dataclasses.replace(evidence, shown=shown)
        if not evidence.review:
            doubts = doubt(evidence.record, self.rubric.target.accuracy)
            evidence = dataclasses.replace(evidence, review=doubts, is_doubtful=bool(doubts))
        return dataclasses.replace(evidence, outcome=outcome)

    def _shown(self, returned_fit: int | None, probe: ProbeReading) -> ShownLayers:
        """Have the box run images that it has not seen through the graded model's own layers."""
        fit = self._models.graded_fit(returned_fit)
        if fit is None:  # never: something was trained
            raise AssertionError
        shape = (_SHOWN_IMAGES, *self._models.of_fit(fit).request.data.image_shape)
        images = np.random.default_rng(self.seed).random(shape, np.float32)
        try:
            self._tell(Show(fit=fit, arrays=(ArraySpec("float32", shape),)), images.tobytes())
            return read_shown(self._heard(), probe)
        except _OverError as over:
            return ShownLayers(problem=over.collapse)

    def _graded(self, evidence: Evidence, returned_fit: int | None) -> Evidence:
        return self._models.filled_in(evidence, returned_fit)


def _is_trainable(fitted: Fitted) -> bool:
    """Whether the trainer has these images, whatever a rubric without that gate says of them."""
    data = fitted.data
    return not (data.problem or data.test_images or data.mislabelled)
