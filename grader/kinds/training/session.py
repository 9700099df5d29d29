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
import math
import time
from collections.abc import Callable, Sequence
from pathlib import PurePath

import msgspec
import numpy as np
from numpy.typing import NDArray

from grader.admission import Refusal, admit, layers_of
from grader.errors import SandboxError, TrainerLimitError
from grader.kinds.training.conclusion import OUT_OF_TURN, OverError, collapse, conclude
from grader.kinds.training.data_facts import read_claim
from grader.kinds.training.evidence import (
    Ending,
    Record,
    ShownDigit,
    ShownLayers,
    TrainingEvidence,
    Weights,
)
from grader.kinds.training.models import Fitted, Models, convolution_weights
from grader.kinds.training.shapes import layers_built
from grader.kinds.training.showing import as_trained_on, read_shown
from grader.kinds.training.spending import MAX_FITS, MAX_IMPOSSIBLE, Spending
from grader.model.rubric import Rubric
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
    ProtocolError,
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
from grader.sandbox import Box
from grader.trainer import ProbeReading, Trainer

_SILENCE_S = 600.0
_SEND_S = 120.0
_SHOWN_IMAGES = 2
_MOST_LAYERS = 201
_TOO_DEAR = "training it costs more operations than a submission has"


@dataclasses.dataclass
class _Fit:
    """One fit while it is trained."""

    epochs: list[Epoch] = dataclasses.field(default_factory=list)
    weights: list[Weights | None] = dataclasses.field(default_factory=list)
    parameters: int | None = None
    decision: Decision | None = None
    over: OverError | None = None
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

    It trains from `seed` what passes the gates, and shows every epoch to `on_epoch`. `driver` is
    the exercise's own program beside the submission, if it has one. `digit` reads a picture that a
    report shows on its way through the layers, once there are layers to show.
    """

    box: Box[FromSandbox]
    trainer: Trainer
    rubric: Rubric
    seed: int
    passes_gates: Callable[[TrainingEvidence], bool]
    on_epoch: Callable[[Epoch], None]
    driver: str = ""
    digit: Callable[[], NDArray[np.uint8]] | None = None
    spending: Spending = dataclasses.field(init=False)
    _models: Models = dataclasses.field(default_factory=Models, init=False)
    _in_trainer: int | None = dataclasses.field(default=None, init=False)
    _shims: tuple[str, ...] = dataclasses.field(default=(), init=False)
    _trained_s: float = dataclasses.field(default=0.0, init=False)

    def __post_init__(self) -> None:
        """Begin with everything that a submission may spend."""
        self.spending = Spending(self.rubric.target.max_epochs)

    def run(self, evidence: TrainingEvidence, filename: str) -> TrainingEvidence:
        """Run the submission that `evidence` has read and return all that is observed.

        Raises:
            SandboxError: The box did not take the submission.
            TrainerError: The trainer failed.
            InfrastructureError: The digit to show cannot be read.
        """
        # A file that lacks what is asked for is run as a program: what it trains is evidence.
        defined = all(name in evidence.source.defined for name in self.rubric.names)
        driver = self.driver if defined else ""
        source = dataclasses.replace(evidence.source, is_driven=bool(driver))
        evidence = dataclasses.replace(evidence, source=source)
        start = RunSubmission(
            source=source.text,
            filename=PurePath(filename).name,
            function=self.rubric.function if defined else "",
            driver=driver,
            names=self.rubric.names if driver else (),
            is_notebook=bool(source.cells),
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
        except OverError as over:
            return self._concluded(evidence, over)
        except TrainerLimitError as error:
            review = f"the trainer cannot train this model: {error}"
            return self._concluded(evidence, OverError(review=review))

    def _take_up(self, evidence: TrainingEvidence, asked: Frame[FitAsked]) -> None:
        """Look at what a fit asks for, and have it trained, rehearsed or refused."""
        message, request = asked.message, asked.message.request
        before = self._models.get(message.model) if message.resumes != "nothing" else None
        refusal = admit(request)
        fitted = Fitted(
            # What is not admitted may be large, and is not looked at again.
            request=msgspec.structs.replace(request, model={}) if refusal else request,
            fit_line=evidence.source.line_if_any(message.line),
            layers=tuple(layers_of(request.model)[:_MOST_LAYERS]),
            built=() if refusal else layers_built(request.model, request.data.image_shape),
            data=read_claim(asked),
            # TrainingEvidence once taken stays: another fit adds to it, whatever becomes of that.
            record=before.record if before else None,
            probe=before.probe if before else None,
            parameters=before.parameters if before else None,
            weights=before.weights if before else (),
        )
        self._models.add(message.model, fitted)
        self._shims = message.shims
        refusal = refusal or self._refusal_to_resume(message, before, fitted)
        if before is None and message.model == self._in_trainer:
            # What is in the trainer is no longer the model of this number.
            self._in_trainer = None
        if refusal and refusal.needs_review:
            raise OverError(review=evidence.source.placed(refusal.reason, fitted.fit_line))
        if self._models.fits > MAX_FITS:
            raise OverError(collapse=f"the program called fit more than {MAX_FITS} times")
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
            raise OverError
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
                fit.parameters = sum(math.prod(spec.shape) for spec in ended.message.arrays)
            self.trainer.decide(self._answered(ended, fit))
        beyond = request.epochs - request.initial_epoch > limit
        self._models.change(
            model,
            record=Record((*before, *fit.epochs), fit.ending(beyond), last_fit=len(fit.epochs)),
            probe=self.trainer.probe() if self._is_inspected(model) else None,
            parameters=fit.parameters,
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
            except OverError as error:
                fit.over = error
        if isinstance(ended, Frame):
            fit.has_ended = decision.stop or ended.message.last
            if not fit.has_ended and self.spending.left < fit.epochs[-1].operations:
                decision, fit.has_ended = Decision(stop=True), True
                fit.over = OverError(review=_TOO_DEAR)
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
            raise OverError(review=source.placed(said.reason, self._models[model].fit_line))
        self.spending.impossible += 1
        if self.spending.impossible > MAX_IMPOSSIBLE:
            raise OverError(
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
            raise OverError(message)
        if not isinstance(message, Decision):
            raise OverError(collapse=OUT_OF_TURN)
        return message

    def _tell(self, message: ToSandbox, blob: bytes = b"") -> None:
        try:
            self.box.channel.send(message, [blob], timeout_s=_SEND_S)
        except ProtocolError as error:
            raise OverError(collapse=self._collapse(error)) from error

    def _heard_fit(self) -> Frame[FitAsked]:
        frame = self._heard()
        if isinstance(frame.message, Finished):
            raise OverError(frame.message)
        if not isinstance(frame.message, FitAsked):
            raise OverError(collapse=OUT_OF_TURN)
        return Frame(frame.message, frame.blob)

    def _heard(self) -> Frame[FromSandbox]:
        try:
            return self.box.channel.receive(_SILENCE_S)
        except ProtocolError as error:
            raise OverError(collapse=self._collapse(error)) from error

    def _collapse(self, error: ProtocolError) -> str:
        return collapse(error, self.box.excess, _SILENCE_S)

    def _concluded(self, evidence: TrainingEvidence, over: OverError) -> TrainingEvidence:
        returned_fit = over.finished.returned_fit if over.finished else None
        graded = self._graded(evidence, returned_fit)
        concluded = conclude(graded, over, self._shims, self.rubric.target.accuracy)
        concluded = dataclasses.replace(concluded, trained_s=self._trained_s)
        if over.finished and graded.probe and not isinstance(over.finished.outcome, Undecidable):
            shown = self._shown(returned_fit, graded.probe)
            digit = self._digit(returned_fit, graded.probe, shown)
            concluded = dataclasses.replace(concluded, shown=shown, digit=digit)
        return concluded

    def _is_inspected(self, model: int) -> bool:
        """Whether the layers are there that the exercise wants to see."""
        inspected = self.rubric.inspected
        return bool(inspected) and self._models[model].has_layers(inspected)

    def _shown(self, returned_fit: int | None, probe: ProbeReading) -> ShownLayers:
        """Have the box run images that it has not seen through the graded model's own layers."""
        fit = self._models.graded_fit(returned_fit)
        if fit is None:  # never: something was trained
            raise AssertionError
        shape = (_SHOWN_IMAGES, *self._models.of_fit(fit).request.data.image_shape)
        images = np.random.default_rng(self.seed).random(shape, np.float32)
        return self._run(fit, images, probe)

    def _digit(
        self, returned_fit: int | None, probe: ProbeReading, shown: ShownLayers
    ) -> ShownDigit | None:
        """Have the box run the digit as well, apart: what checks compare stays what it is."""
        fit = self._models.graded_fit(returned_fit)
        if fit is None or self.digit is None or shown.problem:
            return None
        pixels = self.digit()
        images = as_trained_on(pixels, self._models.of_fit(fit).data)
        return ShownDigit(pixels, self._run(fit, images, probe))

    def _run(self, fit: int, images: NDArray[np.float32], probe: ProbeReading) -> ShownLayers:
        specs = (ArraySpec("float32", images.shape),)
        try:
            self._tell(Show(fit=fit, arrays=specs), images.tobytes())
            return read_shown(self._heard(), probe)
        except OverError as over:
            return ShownLayers(problem=over.collapse)

    def _graded(self, evidence: TrainingEvidence, returned_fit: int | None) -> TrainingEvidence:
        return self._models.filled_in(evidence, returned_fit)


def _is_trainable(fitted: Fitted) -> bool:
    """Whether the trainer has these images, whatever a rubric without that gate says of them."""
    data = fitted.data
    return not (data.problem or data.test_images or data.mislabelled)
