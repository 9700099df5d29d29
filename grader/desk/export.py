"""Writes reports as others want them: files of a format, or a platform's own file filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import PlatformFileError, RosterError
from grader.layouts import RefusedError, Student, read_whole
from grader.layouts.roster import Roster, read_roster
from grader.model.report import Report
from grader.reports.formats import CLASS, INTO_THEIRS, REPORT
from grader.reports.theirs import Keys, LeftOut

# The largest course there is has a smaller gradebook.
_MAX_BYTES = 64 << 20


@dataclass(frozen=True)
class Exported:
    """Files by their names, and reports that are in none of them."""

    files: Mapping[str, bytes]
    left_out: tuple[LeftOut, ...] = ()


def export_class(reports: Sequence[Report], format_: str) -> Exported:
    """Write reports in a format that takes any number of them."""
    return Exported({name: text.encode() for name, text in CLASS[format_](reports).items()})


def export_each(reports: Sequence[Report], format_: str) -> Exported:
    """Write reports in a format of one report: a folder for each, named by its submission."""
    write = REPORT[format_]
    return Exported(
        {
            f"{report.submission_id}/{name}": text.encode()
            for report in reports
            for name, text in write(report).items()
        }
    )


def fill_in(
    reports: Sequence[Report],
    format_: str,
    exported: Path,
    *,
    column: str = "",
    roster: Path | None = None,
) -> Exported:
    """Put grades into a copy of the file that a platform has exported.

    Args:
        reports: At most one of a student.
        format_: The platform.
        exported: The file.
        column: Which of its columns is meant, where there is doubt.
        roster: A list of the students, where the file alone does not tell who is who.

    Raises:
        PlatformFileError: It is no such file, or the column is not found.
        RosterError: The roster cannot be read.
    """
    try:
        content = read_whole(exported, _MAX_BYTES)
    except RefusedError as error:
        raise PlatformFileError(f"{exported} {error}") from error
    keys = _keys(
        {report.student for report in reports},
        read_roster(roster) if roster is not None else None,
        _their_students(exported),
    )
    filled = INTO_THEIRS[format_](reports, content, keys, column)
    return Exported({exported.name: filled.content}, filled.left_out)


def _their_students(exported: Path) -> Roster | None:
    """Read a platform's own table as a roster, if its language is one that we know."""
    try:
        return read_roster(exported)
    except RosterError:
        return None


def _keys(labels: Iterable[str], ours: Roster | None, theirs: Roster | None) -> Keys:
    """Say what a platform calls each student.

    By the name that stands in its table, not by a number: of two numbers that are alike, one may
    be the platform's and the other the university's.
    """
    keys = {}
    for label in labels:
        student = _found(ours, Student(name=label, login=label, email=label))
        called = _found(theirs, student) if theirs is not None else student
        keys[label] = called.name or called.email or called.login or called.id
    return keys


def _found(roster: Roster | None, student: Student) -> Student:
    place = roster.place(student) if roster is not None else None
    return student if roster is None or place is None else roster.students[place]
