"""What was found of a class: what is taken, what is passed over and why, and who is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from grader.layouts.handback import PlatformIds
from grader.layouts.piece import LayoutName
from grader.layouts.student import Student


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A submission of a class.

    Attributes:
        student: Whose it is.
        partners: Who handed it in as well, in a group.
        file: The name of the file, to be shown.
        source: What is in it.
        where: Its path from what was named on, through archives, to be shown.
        layout: The layout by which it was found.
        ids: What the platform wants to see again when results are handed back.
        is_late: Whether the platform marks it as late, or None if it does not tell.
        handed_in: When, if the platform tells.
        is_on_roster: Whether the roster has the student; None without a roster.
    """

    student: Student
    partners: tuple[Student, ...] = ()
    file: str
    source: bytes
    where: str
    layout: LayoutName
    ids: PlatformIds | None = None
    is_late: bool | None = None
    handed_in: datetime | None = None
    is_on_roster: bool | None = None


@dataclass(frozen=True, kw_only=True)
class PassedOver:
    """A file, or several for one reason, that is no submission.

    Attributes:
        where: As of what is taken.
        reason: The end of a sentence that begins with `where`.
        student: Whose it is, if anybody's.
        is_litter: Whether nobody handed it in on purpose.
    """

    where: str
    reason: str
    student: Student | None = None
    is_litter: bool = False


@dataclass(frozen=True, kw_only=True)
class Intake:
    """What was found of a class, in the order of its students.

    Attributes:
        taken: At most one submission for each student.
        passed_over: What is none.
        missing: Students of the roster of whom nothing was found, in its order.
        layout: Which layout was found and why, in a sentence.
    """

    taken: tuple[Taken, ...]
    passed_over: tuple[PassedOver, ...]
    missing: tuple[Student, ...]
    layout: str
