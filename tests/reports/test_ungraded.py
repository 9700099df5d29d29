"""What waits for a human, or failed through our fault, is a zero in no format."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest

from grader.model.report import Report, Verdict
from grader.reports import canvas, moodle
from grader.reports.formats import CLASS, INTO_THEIRS, REPORT
from tests.reports.samples import EXPORTS, KEYS, report

UNGRADED = (Verdict.NEEDS_REVIEW, Verdict.ERROR)
# The student's row in the exported tables has a grade already, or has none.
STUDENTS = ("needs_review", "error")


def _document(text: str) -> object:
    """Read as the schema says: the score counts only where the verdict is a grade."""
    told = json.loads(text)
    return told["score"] if told["verdict"] in ("passed", "failed") else None


def _gradescope(text: str) -> object:
    told = json.loads(text)
    scored = [test for test in told.get("tests", ()) if "score" in test]
    return told.get("score", scored or None)


def _prairielearn(text: str) -> object:
    told = json.loads(text)
    return told.get("score") if told["gradable"] else None


def _csv(text: str) -> object:
    (row,) = csv.DictReader(io.StringIO(text))
    points = [value for key, value in row.items() if key.startswith("points_") or key == "score"]
    return "".join(points) or None


def _junit(text: str) -> object:
    root = ET.fromstring(text)
    scores = [each for each in root.iter("property") if "score" in each.attrib["name"]]
    return [*root.iter("failure"), *scores] or None


def _points_said(text: str) -> object:
    return re.findall(r"\d+(?:\.\d+)? ?(?:/|of) ?\d+", text) or None


def _grade_of(student: str) -> Callable[[bytes], object]:
    """Read a student's cell, and compare it with what was exported."""
    return lambda content: next(
        row[-1] for row in csv.reader(io.StringIO(content.decode())) if KEYS[student] in row[:3]
    )


READ: dict[str, Callable[[str], object]] = {
    "coursera": _points_said,
    "csv": _csv,
    "github": _points_said,
    "github-summary": _points_said,
    "gradescope": _gradescope,
    "json": _document,
    "jsonl": _document,
    "junit": _junit,
    "markdown": _points_said,
    "markdown-class": _points_said,
    "prairielearn": _prairielearn,
}


def test_the_table_has_every_format() -> None:
    """A format that nobody has decided on is in no registry."""
    assert set(READ) == set(REPORT) | set(CLASS)
    assert set(INTO_THEIRS) == {"canvas", "moodle"}


def _written(name: str, told: Report) -> dict[str, str]:
    return dict(REPORT[name](told) if name in REPORT else CLASS[name]([told]))


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("verdict", UNGRADED)
def test_what_is_no_grade_has_no_points(name: str, verdict: Verdict) -> None:
    """The reader of a format finds no points at all, and finds that a word is said of it."""
    text = "".join(_written(name, report(verdict)).values())

    assert READ[name](text) is None
    assert re.search(r"needs.a.human|needs_review|not graded|error", text, re.IGNORECASE)


@pytest.mark.parametrize("name", sorted(set(READ) - {"github"}))
def test_a_grade_has_points(name: str) -> None:
    """The same reader finds the points of a grade, so that finding none means something."""
    files = _written(name, report(Verdict.FAILED))

    assert READ[name]("".join(text for file, text in files.items() if "html" not in file))


def test_coursera_gets_no_score_to_believe() -> None:
    """Without a grade there is the page, and no `feedback.json`."""
    for verdict in UNGRADED:
        assert set(REPORT["coursera"](report(verdict))) == {"htmlFeedback.html"}


@pytest.mark.parametrize("verdict", UNGRADED)
@pytest.mark.parametrize("student", STUDENTS)
def test_canvas_keeps_what_it_had(verdict: Verdict, student: str) -> None:
    """A grade that stood there stays, an empty cell stays empty, and the report is named."""
    exported = (EXPORTS / "canvas.csv").read_bytes()
    filled = canvas.fill([report(verdict, student=student)], exported, KEYS, "4321")

    assert _grade_of(student)(filled.content) == {"needs_review": "6.50", "error": ""}[student]
    assert [each.name for each in filled.left_out] == [student]


@pytest.mark.parametrize("verdict", UNGRADED)
@pytest.mark.parametrize("student", STUDENTS)
def test_moodle_keeps_what_it_had(verdict: Verdict, student: str) -> None:
    """The same holds for Moodle, where the comment says why."""
    exported = (EXPORTS / "moodle.csv").read_bytes()
    filled = moodle.worksheet([report(verdict, student=student)], exported, KEYS)
    rows = csv.DictReader(io.StringIO(filled.content.decode("utf-8-sig")))
    row = next(row for row in rows if row["Identifier"] == f"Participant {KEYS[student]}")

    assert row["Grade"] == {"needs_review": "65.00", "error": ""}[student]
    assert re.search("human review|Not graded", row["Feedback comments"])
    assert [each.name for each in filled.left_out] == [student]
