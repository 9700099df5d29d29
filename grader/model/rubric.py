"""A rubric: what an exercise asks for, which checks count, and for how many points.

It is the content of an `exercise.toml`, or of an instructor's copy of parts of it.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import Literal

import msgspec

KindName = Literal["training", "calls", "answers"]
DataName = Literal["none", "mnist", "pictures"]


_DAY_S = 24 * 3600.0


class Definition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name that a submission must define; `arguments` as they stand in the brackets.

    `returns` is what calling it must give, in words that follow "should return".
    """

    name: str
    form: Literal["function", "class"] = "function"
    arguments: str = ""
    returns: str = ""

    @property
    def head(self) -> str:
        """How its definition begins, such as `def f(x):`."""
        if self.form == "class":
            return (
                f"class {self.name}({self.arguments}):" if self.arguments else f"class {self.name}:"
            )
        return f"def {self.name}({self.arguments}):"


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a training is asked for: accuracy from 0 to 1, epochs, distinct images.

    `min_kernel` and `min_pool` are the shortest sides, in pixels, of what counts as a convolution
    and as a pooling; `max_parameters` is what a model's weights must stay below, 0 for any number.
    """

    accuracy: float
    max_epochs: int
    min_images: int
    min_kernel: int = 2
    min_pool: int = 2
    max_parameters: int = 0


# Stands where an exercise trains nothing.
NO_TARGET = Target(accuracy=1.0, max_epochs=1, min_images=1)


class CallLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a submission's functions may take: seconds of one processor, for all calls together."""

    cpu_s: int = 30


class Late(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When work is due, and the share of its points that later work loses, day by day.

    A day that has begun counts whole, from `due` on; within `grace_minutes` nothing is late. After
    `until_days`, if there is such an end, no points are left.
    """

    due: datetime
    percent_per_day: float
    grace_minutes: float = 0.0
    until_days: int | None = None

    def percent(self, handed_in_at_s: float) -> float:
        """Return the share that is deducted, from 0 to 100."""
        late_s = self.late_s(handed_in_at_s)
        if not late_s:
            return 0.0
        days = math.ceil(late_s / _DAY_S)
        if self.until_days is not None and days > self.until_days:
            return 100.0
        return min(100.0, days * self.percent_per_day)

    def late_s(self, handed_in_at_s: float) -> float:
        """Return by how much something is late; nothing, within the grace."""
        late_s = handed_in_at_s - self.due.timestamp()
        return late_s if late_s > self.grace_minutes * 60 else 0.0


class RubricCheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One check: its points, whether `passed` needs it, and whether failing it ends grading.

    `asks` is what a student is told that it looks for; without it, what the check says of itself.
    """

    id: str
    points: float
    required: bool = True
    gate: bool = False
    asks: str = ""


class Rubric(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    rename={"checks": "check", "definitions": "define", "inspected": "inspects"},
):
    """What is asked for; the order of its checks is the order of the report.

    Attributes:
        exercise: Its name.
        kind: How evidence is gathered.
        checks: What counts, and how much.
        title: One line for lists.
        asks: What a student is asked to do, in Markdown.
        function: The one function that must be defined, where it takes no arguments.
        definitions: All that must be defined, where it is more than that.
        driver: File beside the exercise's own that calls what is defined; see `docs`.
        inspected: Layers whose outputs are looked at, by Keras's names.
        data: What a submission works on.
        target: What a training is asked for.
        calls: Limits of calls.
        passing_score: Points that `passed` needs, beside every check that is required.
        late: When it is due, if that costs anything.
    """

    exercise: str
    kind: KindName
    checks: tuple[RubricCheck, ...]
    title: str = ""
    asks: str = ""
    function: str = ""
    definitions: tuple[Definition, ...] = ()
    driver: str = ""
    inspected: tuple[str, ...] = ()
    data: DataName = "none"
    target: Target = NO_TARGET
    calls: CallLimits = CallLimits()
    passing_score: float = 0.0
    late: Late | None = None

    @property
    def defines(self) -> tuple[Definition, ...]:
        """Everything that a submission must define."""
        return (*((Definition(self.function),) if self.function else ()), *self.definitions)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of everything that a submission must define."""
        return tuple(definition.name for definition in self.defines)

    @property
    def main(self) -> str:
        """The name of the function that is called without arguments, for words about it."""
        without = [
            each.name for each in self.defines if each.form == "function" and not each.arguments
        ]
        return without[0] if without else ""

    @property
    def max_score(self) -> float:
        """Sum of all points."""
        return sum(check.points for check in self.checks)
