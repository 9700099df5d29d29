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
class Ended:
    """A call in which the program ended instead of answering.

    Attributes:
        planned: The call.
        why: Recorded: why it ended, such as a limit.
        is_limit: Recorded: whether it was a limit, such as of time, or else the program itself.
    """

    planned: Planned
    why: str
    is_limit: bool = False


@dataclass(frozen=True)
class CallsEvidence(Evidence):
    """What is known of a submission whose functions were called.

    Attributes:
        outcome: Claimed: the error that kept the file from being loaded, if one did.
        missing: Claimed: asked names under which nothing can be called, once it was loaded.
        plan: Every call that was to be made.
        made: Every call that was answered.
        ends: The calls in which the program ended; its function was not called again, but others
            were, in another box.
        collapse: Recorded: why the box ended before the file was loaded, such as a limit.
    """

    outcome: Raised | None = None
    missing: tuple[str, ...] = ()
    plan: tuple[Planned, ...] = ()
    made: tuple[Made, ...] = ()
    ends: tuple[Ended, ...] = ()
    collapse: str | None = None

    def of(self, function: str) -> tuple[Made, ...]:
        """Return the calls of one function that were made."""
        return tuple(made for made in self.made if made.planned.function == function)

    def asked(self, function: str) -> int:
        """Count the calls of one function that were to be made."""
        return sum(planned.function == function for planned in self.plan)

    def end_of(self, function: str) -> Ended | None:
        """Return how a function ended the program, if it did."""
        return next((end for end in self.ends if end.planned.function == function), None)
