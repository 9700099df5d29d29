"""A file of a class as a layout sees it: whose it is, and which of several it would be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from grader.layouts.handback import PlatformIds
from grader.layouts.student import Student
from grader.layouts.tree import Entry

LayoutName = Literal["canvas", "moodle", "nbgrader", "gradescope", "github", "plain"]


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A file and what its layout says of it.

    Attributes:
        entry: The file.
        student: Whose it is, or None if it is nobody's.
        key: The same for all pieces of one student.
        inside: Its path as the student named it.
        layout: The layout that says so.
        partners: Who handed it in as well.
        ids: What the platform wants to see again.
        series: The same for pieces that are versions of one another.
        order: Which of the versions is newer: the one with the greater.
        is_late: Whether the platform marks it as late, or None if it does not tell.
        handed_in: When, if the platform tells.
        refusal: Why the layout passes it over.
        is_guess: Whether `student` is but the name of a file that may be nobody's.
    """

    entry: Entry
    layout: LayoutName
    inside: tuple[str, ...] = ()
    student: Student | None = None
    key: str = ""
    partners: tuple[Student, ...] = ()
    ids: PlatformIds | None = None
    series: str = ""
    order: int = 0
    is_late: bool | None = None
    handed_in: datetime | None = None
    refusal: str = ""
    is_guess: bool = False

    @property
    def file(self) -> str:
        """The name of the file as the student gave it."""
        return self.inside[-1] if self.inside else self.entry.parts[-1]
