"""One submission's dialogue: what its box asks and the trainer records, until one ends it.

Actors: the *box*, in which the submission runs and asks for a fit; the *trainer*, which does it;
and this module in the worker between them, which passes epochs one way and decisions the other,
and keeps the record.

Blame is decided by who broke off. Whatever the box does is the submission's doing and becomes
evidence: it was ready before the submission was sent, so silence, garbage and sudden ends come
after. Whatever the trainer does is ours and raises.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from grader.admission import admit, layers_of
from grader.errors import SandboxError
from grader.exercises import Rubric
from grader.grading.data_facts import read_claim
from grader.model.evidence import Ending, Evidence, ProbeReading, Record
from grader.protocol import (
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
    RunSubmission,
    TrainingImpossible,
    Undecidable,
)
from grader.sandbox import Box
from grader.trainer import Trainer

_SILENCE_S = 600.0
_SEND_S = 120.0
_PROBE_IMAGES = 4
_OUT_OF_TURN = "the program wrote to the channel that belongs to the grader"


@dataclasses.dataclass(frozen=True)
class Session:
    """The dialogue with one box; `run` it once."""

    box: Box[FromSandbox]
    trainer: Trainer
    rubric: Rubric
    seed: int
    passes_gates: Callable[[Evidence], bool]
    on_epoch: Callable[[Epoch], None]

    def run(self, evidence: Evidence, filename: str) -> Evidence:
        """Run the submission that `evidence` has read and return all that is observed.

        Raises:
            SandboxError: The box did not take the submission.
            TrainerError: The trainer failed.
        """
        defined = evidence.source.function_line is not None
        function = self.rubric.function if defined else ""
        start = RunSubmission(source=evidence.source.text, filename=filename, function=function)
        try:
            self.box.channel.send(start, timeout_s=_SEND_S)
        except ProtocolError as error:
            raise SandboxError(f"a box did not take a submission: {error}") from error
        while True:
            frame = self._heard()
            if isinstance(frame, str):
                return dataclasses.replace(evidence, collapse=frame)
            if not isinstance(frame.message, FitAsked):
                return _ended(evidence, frame)
            asked = Frame(frame.message, frame.blob)
            evidence = self._look_at(evidence, asked)
            if evidence.review or not self.passes_gates(evidence):
                return evidence
            evidence = self._train(evidence, asked)
            if evidence.collapse or evidence.outcome:
                return evidence

    def _look_at(self, evidence: Evidence, frame: Frame[FitAsked]) -> Evidence:
        """Record what a fit asks for; a later fit takes the place of an earlier one."""
        request = frame.message.request
        if evidence.trained_epochs >= self.rubric.target.max_epochs:
            return evidence
        refusal = admit(request)
        needs_review = refusal is not None and refusal.needs_review
        return dataclasses.replace(
            evidence,
            fit_line=frame.message.line,
            layers=tuple(layers_of(request.model)),
            data=read_claim(frame),
            record=Record((), Ending.IMPOSSIBLE, refusal.reason) if refusal else None,
            review=refusal.reason if refusal and needs_review else None,
        )

    def _train(self, evidence: Evidence, frame: Frame[FitAsked]) -> Evidence:
        """Pass epochs to the box and its decisions to the trainer, until one of them ends it."""
        began_s = time.monotonic()
        # The limit is for the submission: fit again and again trains no more than fit once.
        limit = self.rubric.target.max_epochs - evidence.trained_epochs
        if limit < 1:
            return self._refused(evidence, "all epochs that the exercise allows are trained")
        if evidence.record is not None:
            return self._refused(evidence, str(evidence.record.problem))
        if evidence.data is None or evidence.data.problem:
            return self._refused(evidence, "the images are not MNIST's")
        request = frame.message.request
        self.trainer.begin(request, frame, seed=self.seed, max_epochs=limit)
        epochs: list[Epoch] = []
        while True:
            trained = self.trainer.next_epoch()
            if isinstance(trained, TrainingImpossible):
                record = Record(tuple(epochs), Ending.IMPOSSIBLE, trained.reason)
                return self._refused(dataclasses.replace(evidence, record=record), trained.reason)
            epochs.append(trained.message.epoch)
            self.on_epoch(epochs[-1])
            answer = self._decided(trained)
            decision = answer.message if isinstance(answer, Frame) else None
            if not isinstance(decision, Decision):
                self.trainer.decide(Decision(stop=True))
                ending = Ending.BROKEN
                break
            self.trainer.decide(decision)
            if decision.stop:
                ending = Ending.STOPPED
                break
            if trained.message.last:
                asked = request.epochs - request.initial_epoch
                ending = Ending.CUT if asked > limit else Ending.COMPLETED
                break
        evidence = dataclasses.replace(
            evidence,
            record=Record(tuple(epochs), ending),
            probe=self._probe(evidence, frame),
            trained_epochs=evidence.trained_epochs + len(epochs),
            trained_s=evidence.trained_s + time.monotonic() - began_s,
        )
        if isinstance(answer, str):
            return dataclasses.replace(evidence, collapse=answer)
        return evidence if ending is not Ending.BROKEN else _ended(evidence, answer)

    def _probe(self, evidence: Evidence, frame: Frame[FitAsked]) -> ProbeReading | None:
        """Probe the two layers, if the model has them: a rubric may do without those gates."""
        if not {"Conv2D", "MaxPooling2D"} <= {layer.class_name for layer in evidence.layers or ()}:
            return None
        return self.trainer.probe(_probe_images(frame))

    def _refused(self, evidence: Evidence, reason: str) -> Evidence:
        """Tell the submission that its fit was not trained; what it does then no longer counts."""
        try:
            self.box.channel.send(FitRefused(reason=reason), timeout_s=_SEND_S)
        except ProtocolError as error:
            return dataclasses.replace(evidence, collapse=self._collapse(error))
        return evidence

    def _decided(self, trained: Frame[EpochEnded]) -> Frame[FromSandbox] | str:
        try:
            self.box.channel.send(trained.message, [trained.blob], timeout_s=_SEND_S)
        except ProtocolError as error:
            return self._collapse(error)
        return self._heard()

    def _heard(self) -> Frame[FromSandbox] | str:
        """Return the box's next message, or why none comes."""
        try:
            return self.box.channel.receive(_SILENCE_S)
        except ProtocolError as error:
            return self._collapse(error)

    def _collapse(self, error: ProtocolError) -> str:
        if self.box.excess:
            return f"the program was ended because {self.box.excess}"
        if isinstance(error, MalformedFrameError):
            return _OUT_OF_TURN
        if isinstance(error, PeerSilentError):
            return f"the program did nothing for {_SILENCE_S:.0f} seconds and was ended"
        return "the program ended itself before the function returned"


def _ended(evidence: Evidence, frame: Frame[FromSandbox]) -> Evidence:
    if not isinstance(frame.message, Finished):
        return dataclasses.replace(evidence, collapse=_OUT_OF_TURN)
    outcome, shims = frame.message.outcome, frame.message.shims
    if isinstance(outcome, Undecidable):
        place = f" (line {outcome.line})" if outcome.line else ""
        return dataclasses.replace(evidence, review=f"{outcome.reason}{place}", shims=shims)
    return dataclasses.replace(evidence, outcome=outcome, shims=shims)


def _probe_images(frame: Frame[FitAsked]) -> NDArray[np.float32]:
    """Draw images that no submission has seen: fresh noise for each attempt."""
    shape = frame.message.request.data.image_shape
    return np.random.default_rng().random((_PROBE_IMAGES, *shape), np.float32)
