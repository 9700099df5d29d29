"""Evidence of calls: which were made, and what came of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from grader.model.evidence import Evidence
from grader.protocol import Raised


@dataclass(frozen=True)
class Planned:
    """A call that is to be made.

    Attributes:
        function: Name of the function.
        title: The call in words, for feedback, such as "a picture of 5 x 7 int64".
        arrays: Its first arguments.
        numbers: Its arguments behind them.
        about: What the exercise wants to see by it.
    """

    function: str
    title: str
    arrays: tuple[NDArray[Any], ...]
    numbers: tuple[int | float, ...] = ()
    about: str = ""


@dataclass(frozen=True)
class Made:
    """A call that was made, and what the box says came of it; claimed, so only compared.

    Attributes:
        planned: The call.
        raised: The error that left the function, if one did.
        returned: What it returned, in words.
        result: The result, if it is an array of numbers.
        has_changed: Whether the call has changed the arrays that it was given.
    """

    planned: Planned
    raised: Raised | None = None
    returned: str = ""
    result: NDArray[Any] | None = None
    has_changed: bool = False


@dataclass(frozen=True)
class CallsEvidence(Evidence):
    """What is known of a submission whose functions were called.

    Attributes:
        outcome: Claimed: the error that kept the file from being loaded, if one did.
        missing: Claimed: asked names under which nothing can be called, once it was loaded.
        made: Every call that was made, in the order of the plan.
        ended_in: The call in which the box ended, if it did; nothing was made after it.
        collapse: Recorded: why the box ended, such as a limit.
    """

    outcome: Raised | None = None
    missing: tuple[str, ...] = ()
    made: tuple[Made, ...] = ()
    ended_in: Planned | None = None
    collapse: str | None = None

    def of(self, function: str) -> tuple[Made, ...]:
        """Return the calls of one function that were made."""
        return tuple(made for made in self.made if made.planned.function == function)
