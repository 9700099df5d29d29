"""Lists of submissions, for programs and spreadsheets: one entry a row, without reports."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime

from grader.gradebook import Entry
from grader.model.report import Verdict
from grader.reports.cells import cell
from grader.reports.document import line
from grader.reports.outcome import number

_GRADES = (Verdict.PASSED, Verdict.FAILED)
_COLUMNS = (
    *("submission_id", "student", "exercise", "file", "handed_in", "state", "verdict", "score"),
    *("max_score", "is_decided"),
)


def points(entry: Entry) -> float | None:
    """Return the points of an entry; None where there is no grade."""
    return entry.score if entry.verdict in _GRADES else None


def facts(entry: Entry) -> dict[str, str | float | bool | None]:
    """Return what is told of an entry, by the names that programs read."""
    return {
        "submission_id": entry.id,
        "student": entry.student,
        "exercise": entry.exercise,
        "file": entry.file,
        "handed_in": datetime.fromtimestamp(entry.handed_in_at_s, UTC).isoformat("T", "seconds"),
        "state": entry.state.value,
        "verdict": entry.verdict.value if entry.verdict else None,
        "score": points(entry),
        "max_score": entry.max_score,
        "is_decided": entry.is_decided,
    }


def lines(entries: Sequence[Entry]) -> str:
    """Return a JSON document for each entry, one a line."""
    return "".join(line(facts(entry)) for entry in entries)


def table(entries: Sequence[Entry]) -> str:
    """Return CSV with a row for each entry; points are empty where there is no grade."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows([_cell(facts(entry)[name]) for name in _COLUMNS] for entry in entries)
    return written.getvalue()


def _cell(value: str | float | bool | None) -> str:  # noqa: FBT001 - a value, not a switch
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str():
            return cell(value)
    return number(value)
