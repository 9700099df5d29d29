"""What a session asks of a trainer: a training, epoch after epoch, and how its layers came out.

Every epoch or batch waits for an answer before the next one is trained. A training that resumes
goes on from the one before. Whatever goes wrong is ours, and raises a `TrainerError`; what Keras
refuses is an answer.
"""

from __future__ import annotations

from typing import Protocol

from grader.protocol import BatchEnded, Decision, EpochEnded, Frame, Train, TrainingImpossible
from grader.trainer.reading import ProbeReading


class Trainer(Protocol):
    """Carries out the trainings of one submission after another."""

    def warm_up(self) -> None:
        """Start without waiting for it, so that it is ready when it is needed."""

    def begin_submission(self) -> None:
        """Count from here on what trainings take; one submission may take only so much."""

    def begin(self, training: Train, arrays: bytes) -> None:
        """Begin a training; `arrays` are those with which the request came."""

    def next_ended(self) -> Frame[EpochEnded] | BatchEnded | TrainingImpossible:
        """Wait for the next epoch or batch; each must be answered with `decide`."""

    def decide(self, decision: Decision) -> None:
        """Answer an epoch or a batch."""

    def probe(self) -> ProbeReading:
        """Ask how the two layers of the model that was trained last came out."""

    def renew_if_due(self) -> bool:
        """Between submissions: begin anew what has trained often or has grown large."""

    def close(self) -> None:
        """End it; it starts again when it is needed."""
