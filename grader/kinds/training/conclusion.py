"""How a dialogue ended, and what follows from it for the evidence."""

from __future__ import annotations

import dataclasses

import msgspec

from grader.kinds.training.evidence import TrainingEvidence
from grader.kinds.training.models import doubt
from grader.model.report import claimed
from grader.protocol import (
    Finished,
    MalformedFrameError,
    PeerSilentError,
    ProtocolError,
    Raised,
    Undecidable,
)

OUT_OF_TURN = "the program wrote to the channel that belongs to the grader"


class OverError(Exception):
    """Raised to end a dialogue, with what ended it; none of them: nothing more can change."""

    def __init__(
        self,
        finished: Finished | None = None,
        *,
        collapse: str | None = None,
        review: str | None = None,
    ) -> None:
        """Say how the program finished, why its box ended before, or why a human must decide."""
        super().__init__(collapse or review)
        self.finished = finished
        self.collapse = collapse
        self.review = review


def collapse(error: ProtocolError, excess: str | None, silence_s: float) -> str:
    """Put into words why nothing more comes from a box that is read; `excess` names a limit."""
    if excess:
        return f"the program was ended because {excess}"
    if isinstance(error, MalformedFrameError):
        return OUT_OF_TURN
    if isinstance(error, PeerSilentError):
        return f"the program neither asked for a fit nor ended within {silence_s:.0f} seconds"
    return "the program ended itself before the function returned"


def conclude(
    graded: TrainingEvidence, over: OverError, shims: tuple[str, ...], target: float
) -> TrainingEvidence:
    """Add to the evidence of the graded model how its program ended, and what is left in doubt.

    Args:
        graded: What is known of the model.
        over: How the dialogue ended.
        shims: What the box had said before, if it did not come to say more.
        target: Accuracy that is asked for.
    """
    finished = over.finished or Finished(outcome=None, shims=shims)
    outcome = finished.outcome
    if isinstance(outcome, Raised | Undecidable):
        line = graded.source.line_if_any(outcome.line)
        outcome = msgspec.structs.replace(outcome, line=line)
    concluded = dataclasses.replace(
        graded, collapse=over.collapse, review=over.review, shims=finished.shims
    )
    if isinstance(outcome, Undecidable):
        reason = graded.source.placed(claimed(outcome.reason), outcome.line)
        return dataclasses.replace(concluded, review=reason)
    if not concluded.review:
        doubts = doubt(concluded.record, target)
        concluded = dataclasses.replace(concluded, review=doubts, is_doubtful=bool(doubts))
    return dataclasses.replace(concluded, outcome=outcome)
