"""Canvas's gradebook: a table with a row a student and a column an assignment.

Canvas takes every cell for what is wanted from now on, and an empty one for a grade to remove. So
the other assignments are left out, and a row without a grade of ours keeps what stood there.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from grader.errors import PlatformFileError
from grader.model.report import Report
from grader.reports.cells import cell
from grader.reports.outcome import headline, number, scaled
from grader.reports.theirs import Filled, Keys, LeftOut, TheirTable, matched

_STUDENTS = ("ID", "SIS User ID", "SIS Login ID", "Integration ID", "Student")
_WITH_ID = re.compile(r"(?P<title>.*) \((?P<id>\d+)\)", re.DOTALL)


def gradebook(students: Keys, assignment: str, *, column: str = "ID") -> bytes:
    """Return a gradebook without grades, where Canvas has exported none.

    Args:
        students: What stands in `column` for each student.
        assignment: The title and the number of the assignment, such as `Week 3 (1234)`.
        column: `ID`, which is Canvas's own number, `SIS User ID` or `SIS Login ID`.
    """
    if column not in _STUDENTS[:3]:
        raise PlatformFileError(f"Canvas finds no student by {column!r}")
    names = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow([*names, assignment])
    for student, key in students.items():
        identity = {"Student": cell(student), column: key}
        writer.writerow([*(identity.get(name, "") for name in names), ""])
    return written.getvalue().encode()


def fill(
    reports: Sequence[Report],
    exported: bytes,
    keys: Keys,
    assignment: str = "",
) -> Filled:
    """Put grades into an exported gradebook, in points of the assignment as Canvas has them.

    Args:
        reports: At most one of a student.
        exported: The gradebook as Canvas exports it.
        keys: What Canvas calls a student, where it is not what the report says: a number, a SIS id
            or login, or a name.
        assignment: The assignment's number, its title, or both as they stand in the header;
            needless where there is only one.

    Raises:
        PlatformFileError: This is no gradebook, or the assignment is not in it.
    """
    table = TheirTable.read(exported)
    identity = _identity(table)
    column = _column(table, identity, assignment)
    kept = [*range(identity), column]
    rows = [[row[index] for index in kept] for row in table.rows]
    points = next((row[-1] for row in rows if "Points Possible" in row[0]), "")
    if "read only" in points:
        raise PlatformFileError(f"Canvas lets nobody write to {table.columns[column]!r}")
    found, left_out = matched(reports, keys, _names(table, rows, identity))
    for index, report in found.items():
        grade = scaled(report, _number(points) or report.max_score)
        if grade is None:
            left_out.append(LeftOut(report.student, headline(report)))
        else:
            rows[index][-1] = number(grade)
    header = [table.columns[index] for index in kept]
    mark = "\ufeff" if exported.startswith("\ufeff".encode()) else ""
    return Filled((mark + table.rows_written([header, *rows])).encode(), tuple(left_out))


def _identity(table: TheirTable) -> int:
    """Return how many columns say who a student is."""
    named = "Student" in table.columns[0] or "LastName" in table.columns[0]
    sections = [index for index, name in enumerate(table.columns) if "Section" in name]
    if not named or not sections:
        raise PlatformFileError("this is no gradebook of Canvas: Student or Section is missing")
    return sections[0] + 1


def _column(table: TheirTable, identity: int, assignment: str) -> int:
    wanted = assignment.strip()
    found = [
        index
        for index, name in enumerate(table.columns)
        if index >= identity and (wanted in _called(name) if wanted else _WITH_ID.fullmatch(name))
    ]
    if len(found) == 1:
        return found[0]
    titles = ", ".join(repr(name) for name in table.columns[identity:] if _WITH_ID.fullmatch(name))
    problem = f"one column, not {len(found)}, should be for the assignment {wanted!r}"
    raise PlatformFileError(f"{problem} in the gradebook, which has {titles or 'none'}")


def _called(name: str) -> tuple[str, ...]:
    found = _WITH_ID.fullmatch(name)
    return (name, found["title"], found["id"]) if found else (name,)


def _names(table: TheirTable, rows: Sequence[Sequence[str]], identity: int) -> list[list[str]]:
    """Return what identifies students; a row that is none's has nothing there."""
    there = [name for name in _STUDENTS if name in table.columns[:identity]]
    return [
        ["" if "Points Possible" in row[0] else row[table.columns.index(name)] for row in rows]
        for name in there
    ]


def _number(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None
