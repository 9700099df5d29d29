"""Evidence: what grading has observed of one submission, for checks to decide on.

Each kind of exercise has evidence of its own; this is what all of it tells. A field says who it
comes from: *recorded* is what a trusted part saw; *claimed* is what the submission's side said,
and decides nothing but whether the claim agrees with the record.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from grader.model.anatomy import Anatomy
from grader.model.report import Training
from grader.model.source import SourceFacts


@dataclass(frozen=True)
class Evidence:
    """What is known of a submission, whatever its kind.

    Attributes:
        source: Recorded by preflight.
        review: Recorded: why a human has to decide.
        shims: Claimed: what the box has answered or left out in the program's place.
        notes: Recorded: what else the report must say.
        trained_s: Recorded: seconds spent waiting for the trainer.
        anatomy: What the trained model looks like inside; some of it claimed, so for looking at.
        training: Recorded by the trainer, as the report shows it.
    """

    source: SourceFacts = field(default_factory=SourceFacts)
    review: str | None = None
    shims: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    trained_s: float = 0.0
    anatomy: Anatomy = field(default_factory=Anatomy)

    @property
    def training(self) -> Training:
        """Return what was trained; of most kinds, nothing."""
        return Training()
