"""What a kind owes to grading, and what it may ask of those who give points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from grader.model.evidence import Evidence
from grader.model.rubric import Rubric
from grader.model.submission import Submission
from grader.protocol import Epoch


class Judge(Protocol):
    """Puts evidence to an exercise's checks."""

    def passes_gates(self, evidence: Any) -> bool:
        """Whether grading goes on after what is known so far."""

    def merit(self, evidence: Any) -> float:
        """How good a submission is, to compare what two observations of it show."""


@dataclass(frozen=True)
class Task:
    """A submission, what its exercise asks for, and what it brings along for its kind.

    Attributes:
        submission: What was handed in.
        rubric: What is asked.
        driver: Python that calls what the submission defines, run beside it in the box.
        plan: Of `calls`: draws the calls that are made.
    """

    submission: Submission
    rubric: Rubric
    driver: str = ""
    plan: Callable[..., Any] | None = None


class Kind(Protocol):
    """Gathers evidence of one submission after another."""

    def warm_up(self) -> None:
        """Start what takes time to start."""

    def observe(self, task: Task, judge: Judge, on_epoch: Callable[[Epoch], None]) -> Evidence:
        """Return all that can be observed of a submission.

        Raises:
            InfrastructureError: It could not be observed through no fault of its own.
        """

    def close(self) -> None:
        """End everything that was started."""
