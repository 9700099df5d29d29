"""Moodle's assignment: its grading worksheet, and its zip of feedback files.

A worksheet is in the site's language, so a column is found by its English name, by what stands in
it, or because somebody names it. An empty grade, and one that did not change, is passed over.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.errors import PlatformFileError
from grader.model.report import Report
from grader.reports.outcome import headline, number, scaled
from grader.reports.page import comment
from grader.reports.theirs import Filled, Keys, LeftOut, TheirTable, matched

_GRADE = "grade"
_MAXIMUM = "maximum grade"
_COMMENTS = "feedback comments"
# A name, the participant's number, the kind of plugin and its name; a file may come after them.
_FOLDER = re.compile(
    r"(?P<folder>[^/\\_]+_\d+_(?:assignsubmission|assignfeedback)_[a-z]+)(?P<file>_[^/\\]*)?",
    re.DOTALL,
)
# `Participant 1234`, in any language.
_PARTICIPANT = re.compile(r"\D+(\d+)\s*")
_BEFORE_ZIPS = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class _Columns:
    grade: int
    maximum: int
    comments: int | None


def worksheet(
    reports: Sequence[Report],
    exported: bytes,
    keys: Keys,
    grade: str = "",
    comments: str = "",
) -> Filled:
    """Put grades and comments into an exported grading worksheet.

    A report without a grade leaves the grade as it stood, and only says why in its comment.

    Args:
        reports: At most one of a student.
        exported: The worksheet as Moodle exports it.
        keys: What Moodle calls a student, where it is not what the report says: the participant's
            number, or anything else in the worksheet that is theirs alone, as a name or an address.
        grade: The column for grades, where it is not found by itself; the maximum is beside it.
        comments: The same for comments. Where there is none, grades alone are filled in.

    Raises:
        PlatformFileError: This is no worksheet, or a column is not found.
    """
    table = TheirTable.read(exported)
    columns = _columns(table, grade, comments)
    rows = [list(row) for row in table.rows]
    found, left_out = matched(reports, keys, _names(table, columns))
    for index, report in found.items():
        row = rows[index]
        maximum = _number(row[columns.maximum])
        points = None if maximum is None else scaled(report, maximum)
        if points is not None:
            row[columns.grade] = _like(number(points), row[columns.maximum])
        else:
            reason = headline(report) if maximum is not None else "the row has no maximum grade"
            left_out.append(LeftOut(report.student, reason))
        if columns.comments is not None:
            row[columns.comments] = comment(report)
    return Filled(table.written(rows), tuple(left_out))


def feedback(pages: Mapping[str, str], name: str = "feedback.html") -> Filled:
    """Return the zip that gives each student a file of feedback.

    Args:
        pages: A page for each folder, or file, that a zip of submissions from Moodle has, by the
            very name that it has there: Moodle reads the participant's number from it.
        name: What the students see the file called.
    """
    written = io.BytesIO()
    left_out = []
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for folder, text in pages.items():
            found = _FOLDER.fullmatch(folder)
            if found is None:
                left_out.append(LeftOut(folder, "Moodle would not know whose folder this is"))
                continue
            path = f"{found['folder']}{'_' if found['file'] else '/'}{name}"
            entry = zipfile.ZipInfo(path, _BEFORE_ZIPS)
            archive.writestr(entry, text.encode(), zipfile.ZIP_DEFLATED)
    return Filled(written.getvalue(), tuple(left_out))


def _columns(table: TheirTable, grade: str, comments: str) -> _Columns:
    if not all(_PARTICIPANT.fullmatch(row[0]) for row in table.rows):
        raise PlatformFileError(
            "this is no grading worksheet: its first column has no participants"
        )
    names = [name.strip().casefold() for name in table.columns]
    graded = _named(table, grade) if grade else _found(table, names)
    if graded + 1 == len(names):
        raise PlatformFileError("the worksheet has no maximum grade beside the grade")
    return _Columns(graded, graded + 1, _comments(table, names, comments))


def _found(table: TheirTable, names: Sequence[str]) -> int:
    """Find the grade before the maximum: a number, the same in all rows, after what may be one."""
    if _GRADE in names and names[names.index(_GRADE) + 1 :][:1] == [_MAXIMUM]:
        return names.index(_GRADE)
    fitting = [
        index
        for index in range(1, len(names) - 1)
        if _same_maximum(table, index + 1) and _grades(table, index)
    ]
    if len(fitting) == 1:
        return fitting[0]
    columns = ", ".join(map(repr, table.columns))
    raise PlatformFileError(f"say which column of the worksheet is for grades: {columns}")


def _same_maximum(table: TheirTable, column: int) -> bool:
    values = {row[column] for row in table.rows}
    return len(values) == 1 and (_number(values.pop()) or 0) > 0


def _grades(table: TheirTable, column: int) -> bool:
    cells = (row[column] for row in table.rows)
    return all(cell in ("", "-") or _number(cell) is not None for cell in cells)


def _comments(table: TheirTable, names: Sequence[str], comments: str) -> int | None:
    if comments:
        return _named(table, comments)
    if _COMMENTS in names:
        return names.index(_COMMENTS)
    # What comes before comments is the time of a grade, and that is never empty.
    empty = any(not row[-1].strip() for row in table.rows)
    return len(names) - 1 if empty else None


def _named(table: TheirTable, name: str) -> int:
    if table.columns.count(name) != 1:
        columns = ", ".join(map(repr, table.columns))
        raise PlatformFileError(f"the worksheet has no column {name!r}; it has {columns}")
    return table.columns.index(name)


def _names(table: TheirTable, columns: _Columns) -> list[list[str]]:
    """Return what identifies students: the participant's number, then whatever is theirs alone."""
    numbers = [_PARTICIPANT.sub(r"\1", row[0]) for row in table.rows]
    before = ([row[index] for row in table.rows] for index in range(columns.grade))
    return [numbers, *before]


def _number(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def _like(number_: str, other: str) -> str:
    """Write a number as the site writes its own."""
    return number_.replace(".", ",") if "," in other else number_
