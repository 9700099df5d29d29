"""Canvas's gradebook comes back with one assignment, and nothing else changed."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from grader.errors import PlatformFileError
from grader.model.report import Verdict
from grader.reports import canvas
from tests.reports.samples import EXPORTS, KEYS, report

EXPORTED = (EXPORTS / "canvas.csv").read_bytes()
ADA = report(Verdict.PASSED)
ZOE = report(Verdict.FAILED)


def frame(content: bytes) -> pd.DataFrame:
    """Read a gradebook as text, as Canvas does."""
    return pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)


@pytest.mark.parametrize("assignment", ["4321", "Week 3", "Week 3 (4321)"])
def test_grades_are_points_of_the_assignment(assignment: str) -> None:
    """A share of our points is the same share of Canvas's."""
    filled = canvas.fill([ADA, ZOE], EXPORTED, KEYS, assignment)
    read = frame(filled.content)

    assert list(read.columns)[-1] == "Week 3 (4321)"
    assert list(read["Week 3 (4321)"])[2:5] == ["10", "2.33", "6.50"]
    assert filled.left_out == ()


def test_the_only_assignment_need_not_be_named() -> None:
    """A gradebook with one assignment leaves no doubt; with two it does."""
    made = canvas.gradebook({"Ada Lovelace": "1001"}, "Week 3 (4321)")

    assert list(frame(canvas.fill([ADA], made, {}).content)["Week 3 (4321)"]) == ["35"]
    with pytest.raises(PlatformFileError, match="one column, not 2"):
        canvas.fill([ADA], EXPORTED, KEYS)


def test_other_assignments_are_not_sent() -> None:
    """Canvas would take what stood in the export for what is wanted now."""
    read = frame(canvas.fill([ADA], EXPORTED, KEYS, "4321").content)
    exported = frame(EXPORTED)

    assert not any("4320" in name or "Score" in name for name in read.columns)
    assert list(read["ID"]) == list(exported["ID"])
    assert list(read["Student"]) == list(exported["Student"])


@pytest.mark.parametrize("key", ["1001", "s1001", "ADA", "lovelace, ada"])
def test_a_student_is_found_by_whatever_canvas_calls_them(key: str) -> None:
    """Canvas's number, the SIS id, the login and the name all lead to the row."""
    filled = canvas.fill([report(Verdict.PASSED, student=key)], EXPORTED, {}, "4321")

    assert list(frame(filled.content)["Week 3 (4321)"])[2] == "10"


def test_a_student_who_is_not_there_is_named() -> None:
    """No row is made up, which Canvas would offer as a new student."""
    filled = canvas.fill([report(Verdict.PASSED, student="Nobody")], EXPORTED, {}, "4321")

    assert len(frame(filled.content)) == len(frame(EXPORTED))
    assert [(each.name, each.reason) for each in filled.left_out] == [
        ("Nobody", "no row has that name")
    ]


def test_two_reports_of_a_student_leave_the_row_alone() -> None:
    """Which one counts is not ours to choose."""
    filled = canvas.fill([ADA, ADA], EXPORTED, KEYS, "4321")

    assert list(frame(filled.content)["Week 3 (4321)"])[2] == ""
    assert {each.reason for each in filled.left_out} == {"several reports are for the same row"}


def test_a_row_of_no_student_is_no_ones() -> None:
    """The rows above the students are found by nobody, whatever a student is called."""
    for student in ("", "    Points Possible", "Points Possible"):
        filled = canvas.fill([report(Verdict.PASSED, student=student)], EXPORTED, {}, "4321")

        assert len(filled.left_out) == 1
        assert list(frame(filled.content)["Week 3 (4321)"])[:2] == ["Manual Posting", "10.00"]


def test_semicolons_and_a_byte_order_mark_come_back() -> None:
    """A file is written as it was read."""
    rows = "Student;ID;Section;Week 3 (7)\r\n    Points Possible;;;8,00\r\nAda;1001;A;\r\n"
    filled = canvas.fill([ADA], b"\xef\xbb\xbf" + rows.encode(), KEYS, "7")

    assert filled.content.startswith(b"\xef\xbb\xbfStudent;ID;Section;Week 3 (7)\r\n")
    assert filled.content.endswith(b"Ada;1001;A;8\r\n")


@pytest.mark.parametrize(
    ("content", "assignment", "reason"),
    [
        (EXPORTED, "9", "one column, not 0, should be for the assignment '9'"),
        (EXPORTED.replace(b"Week 2", b"Week 3"), "Week 3", "one column, not 2.*Week 3 .4320."),
        (b"a,b,c\n1,2,3\n", "9", "no gradebook of Canvas"),
        (b"", "9", "no header"),
        (b"\xff\xfe", "9", "not in UTF-8"),
        (b'Student,ID,Section,"x\n', "9", "cannot be read"),
        (b"Student,ID,Section,x (9)\n1,2,3,4,5\n", "9", "row 1"),
        (EXPORTED.replace(b"10.00", b"(read only)"), "4321", "lets nobody write"),
    ],
)
def test_what_is_no_gradebook_is_told(content: bytes, assignment: str, reason: str) -> None:
    """The error says what is wrong with the file or the assignment."""
    with pytest.raises(PlatformFileError, match=reason):
        canvas.fill([ADA], content, {}, assignment)


def test_a_gradebook_can_be_made_from_ids() -> None:
    """Without an export, students and their ids are enough."""
    students = {"Ada Lovelace": "1001", "=Zoë": "1002"}
    made = canvas.gradebook(students, "Week 3 (4321)")
    read = frame(canvas.fill([ADA], made, KEYS, "4321").content)

    assert list(read.columns)[:2] == ["Student", "ID"]
    assert list(read.columns)[-2:] == ["Section", "Week 3 (4321)"]
    assert list(read["Week 3 (4321)"]) == ["35", ""]
    assert list(read["Student"]) == ["Ada Lovelace", "'=Zoë"]


def test_ids_of_another_kind_have_their_own_column() -> None:
    """A number of the student office is not taken for one of Canvas's."""
    read = frame(canvas.gradebook({"Ada": "7"}, "Week 3 (1)", column="SIS User ID"))

    assert list(read["ID"]) == [""]
    assert list(read["SIS User ID"]) == ["7"]
    with pytest.raises(PlatformFileError):
        canvas.gradebook({}, "x", column="Section")
