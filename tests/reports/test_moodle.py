"""Moodle's worksheet and folders come back as they were, with grades and feedback in them."""

from __future__ import annotations

import csv
import io
import zipfile

import pandas as pd
import pytest

from grader.errors import PlatformFileError
from grader.model.report import Verdict
from grader.reports import moodle
from tests.reports.samples import EXPORTS, KEYS, report

EXPORTED = (EXPORTS / "moodle.csv").read_bytes()
GERMAN = (EXPORTS / "moodle_german.csv").read_bytes()
ADA = report(Verdict.PASSED)
ZOE = report(Verdict.FAILED)


def test_grades_and_comments_are_filled_in() -> None:
    """The rows of the students have both, in points of the maximum; the others are as before."""
    filled = moodle.worksheet([ADA, ZOE], EXPORTED, KEYS)
    read = pd.read_csv(io.BytesIO(filled.content), dtype=str, keep_default_na=False)
    before = pd.read_csv(io.BytesIO(EXPORTED), dtype=str, keep_default_na=False)

    assert list(read["Grade"]) == ["100", "23.33", "65.00", ""]
    assert read["Feedback comments"].iloc[0].startswith("<p><strong>Passed")
    assert read.drop(columns=["Grade", "Feedback comments"]).equals(
        before.drop(columns=["Grade", "Feedback comments"])
    )
    assert filled.left_out == ()


@pytest.mark.parametrize("exported", [EXPORTED, GERMAN], ids=["english", "german"])
def test_the_header_comes_back_byte_for_byte(exported: bytes) -> None:
    """Byte order mark, language, separator and end of line are the site's."""
    filled = moodle.worksheet([ADA], exported, KEYS)

    assert filled.content.split(b"\n")[0] == exported.split(b"\n")[0]


def test_a_worksheet_in_another_language_is_understood() -> None:
    """Columns are found by what is in them, and numbers are written as the site writes them."""
    filled = moodle.worksheet([ADA, ZOE], GERMAN, KEYS)
    rows = list(csv.reader(io.StringIO(filled.content.decode(), newline=""), delimiter=";"))

    assert [row[4] for row in rows[1:]] == ["50", "11,67"]
    assert all(row[-1].startswith("<p><strong>") for row in rows[1:])
    assert filled.content.endswith(b"\r\n")


def test_a_column_may_be_named() -> None:
    """Where every row has a comment already, only its name tells the column."""
    full = GERMAN.replace(b";-;\r\n", b";-;<p>Gut.</p>\r\n")
    alone = moodle.worksheet([ADA], full, KEYS)
    named = moodle.worksheet(
        [ADA], full, KEYS, grade="Bewertung", comments="Feedback als Kommentar"
    )

    assert b"Passed" not in alone.content
    assert b"Passed" in named.content


@pytest.mark.parametrize("key", ["1001", "Participant 1001", "ada lovelace", "ADA@example.org"])
def test_a_student_is_found_by_whatever_is_theirs_alone(key: str) -> None:
    """Number, identifier, name and address lead to the row; what many share does not."""
    (row, *_) = csv.DictReader(
        io.StringIO(
            moodle.worksheet([report(Verdict.PASSED, student=key)], EXPORTED, {}).content.decode()
        )
    )
    shared = report(Verdict.PASSED, student="Submitted for grading -")

    assert row["Grade"] == "100"
    assert len(moodle.worksheet([shared], EXPORTED, {}).left_out) == 1


@pytest.mark.parametrize(
    ("content", "options", "reason"),
    [
        (b"a,b,c\n1,2,3\n", {}, "no grading worksheet"),
        (b"a,b,c\nx 1,y,3\n", {}, "say which column.*'a', 'b', 'c'"),
        (EXPORTED, {"grade": "Note"}, "no column 'Note'"),
        (EXPORTED, {"comments": "Kommentar"}, "no column 'Kommentar'"),
        (EXPORTED, {"grade": "Feedback comments"}, "no maximum grade"),
    ],
)
def test_what_is_no_worksheet_is_told(content: bytes, options: dict[str, str], reason: str) -> None:
    """The error names the columns that there are."""
    with pytest.raises(PlatformFileError, match=reason):
        moodle.worksheet([ADA], content, KEYS, **options)


def test_a_scale_is_no_maximum() -> None:
    """Where an assignment is graded in words, a row without a number is left alone."""
    filled = moodle.worksheet([ADA], EXPORTED.replace(b"100.00", b"Competent"), KEYS)

    assert [each.reason for each in filled.left_out] == ["the row has no maximum grade"]


def test_feedback_goes_back_in_the_folders_it_came_in() -> None:
    """Names of folders are returned as they are, and nothing is written outside of them."""
    pages = {
        "Zoë O'Brien_1002_assignsubmission_file": "<p>1</p>",
        "Ada Lovelace_1001_assignsubmission_file_solution.py": "<p>2</p>",
        "Grace Hopper_1003_assignsubmission_onlinetext": "<p>3</p>",
        "A_B_1004_assignsubmission_file": "nobody's",
        "../x_1_assignsubmission_file": "outside",
        "solution.py": "nobody's",
    }
    filled = moodle.feedback(pages)
    archive = zipfile.ZipFile(io.BytesIO(filled.content))

    assert archive.testzip() is None
    assert archive.namelist() == [
        "Zoë O'Brien_1002_assignsubmission_file/feedback.html",
        "Ada Lovelace_1001_assignsubmission_file_feedback.html",
        "Grace Hopper_1003_assignsubmission_onlinetext/feedback.html",
    ]
    assert archive.read(archive.namelist()[0]) == b"<p>1</p>"
    assert [each.name for each in filled.left_out] == list(pages)[3:]
    assert moodle.feedback(pages).content == filled.content
