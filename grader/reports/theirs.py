"""A table that a learning platform has exported, and that goes back into it.

The platform finds students and columns by what it wrote there itself, in its own language. So
what is not ours to say goes back as it came; the header byte for byte.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.errors import PlatformFileError
from grader.model.report import Report

# What the platform calls a student, by the name that stands in our reports.
Keys = Mapping[str, str]

_MARK = "\ufeff"


@dataclass(frozen=True)
class LeftOut:
    """A report, or a folder, that brings no grade into the platform, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Filled:
    """A file for the platform, and what did not get into it."""

    content: bytes
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True)
class TheirTable:
    """A table as a platform exported it; `head` is its first row as it was written."""

    head: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    delimiter: str
    newline: str

    @classmethod
    def read(cls, content: bytes) -> TheirTable:
        """Read an exported table, whatever it parts its cells with.

        Raises:
            PlatformFileError: It is not one.
        """
        try:
            text = content.decode()
            first = text.removeprefix(_MARK).partition("\n")[0]
            delimiter = max(",;\t", key=first.count)
            reader = csv.reader(_lines(text.removeprefix(_MARK)), delimiter=delimiter, strict=True)
            columns = next(reader, [])
            head = "".join(_lines(text)[: reader.line_num])
            rows = [row for row in reader if row]
        except UnicodeDecodeError as error:
            raise PlatformFileError("the exported table is not in UTF-8") from error
        except csv.Error as error:
            raise PlatformFileError(f"the exported table cannot be read: {error}") from error
        if len(columns) < 2:
            raise PlatformFileError("the exported table has no header with several columns")
        width = len(columns)
        for number, row in enumerate(rows, 1):
            if len(row) > width:
                raise PlatformFileError(f"row {number} of the exported table has too many cells")
        return cls(
            head=head,
            columns=tuple(columns),
            rows=tuple(tuple(row) + ("",) * (width - len(row)) for row in rows),
            delimiter=delimiter,
            newline="\r\n" if head.endswith("\r\n") else "\n",
        )

    def written(self, rows: Iterable[Sequence[str]]) -> bytes:
        """Return the table with other rows below the header that it came with."""
        head = self.head if self.head.endswith(("\r", "\n")) else self.head + self.newline
        return (head + self.rows_written(rows)).encode()

    def rows_written(self, rows: Iterable[Sequence[str]]) -> str:
        """Write rows as this table has them."""
        below = io.StringIO(newline="")
        csv.writer(below, delimiter=self.delimiter, lineterminator=self.newline).writerows(rows)
        return below.getvalue()


def matched(
    reports: Sequence[Report],
    keys: Keys,
    columns: Sequence[Sequence[str]],
) -> tuple[dict[int, Report], list[LeftOut]]:
    """Find the row of each report's student, by the first column that knows them.

    Args:
        reports: At most one of a student; where there are more, none of them has a row.
        keys: What the platform calls a student.
        columns: What identifies a student in each row, the surest first.
    """
    places = {index: _place(_key(report, keys), columns) for index, report in enumerate(reports)}
    taken = Counter(places.values())
    rows: dict[int, Report] = {}
    left_out = []
    for index, report in enumerate(reports):
        place = places[index]
        if isinstance(place, str):
            left_out.append(LeftOut(report.student, place))
        elif taken[place] > 1:
            left_out.append(LeftOut(report.student, "several reports are for the same row"))
        else:
            rows[place] = report
    return rows, left_out


def _key(report: Report, keys: Keys) -> str:
    return keys.get(report.student, report.student)


def _place(key: str, columns: Sequence[Sequence[str]]) -> int | str:
    """Return the row of a student, or why there is none."""
    wanted = _folded(key)
    for column in columns:
        rows = [row for row, cell in enumerate(column) if _folded(cell) == wanted]
        if wanted and len(rows) == 1:
            return rows[0]
        if wanted and rows:
            return "several rows have that name"
    return "no row has that name"


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _lines(text: str) -> list[str]:
    # Not `splitlines`, which parts lines at characters that may stand in a cell.
    return list(io.StringIO(text, newline=""))
