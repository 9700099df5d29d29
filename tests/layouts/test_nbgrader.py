"""A course of nbgrader is read, whichever of its folders is named."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.layouts import NbgraderIds, read_class
from tests.layouts.exports import files_of, packed, reasons, write

_SUBMITTED = {
    "anna/ps1/a.ipynb": "{}",
    "anna/ps1/timestamp.txt": "2015-02-02 15:58:23.948203 UTC\n",
    "bo/ps1/a.ipynb": "{}",
    "bo/ps1/.ipynb_checkpoints/a-checkpoint.ipynb": "{}",
}
_COURSE = {f"submitted/{path}": content for path, content in _SUBMITTED.items()} | {
    "source/ps1/a.ipynb": "{}",
    "nbgrader_config.py": "c = get_config()",
}


@pytest.mark.parametrize("how", ["course", "submitted", "students", "archive"])
def test_a_course_is_read_from_wherever(tmp_path: Path, how: str) -> None:
    """The course, its folder, its students one by one, or an archive of it."""
    course = write(tmp_path / "course", _COURSE)
    archive = tmp_path / "course.zip"
    archive.write_bytes(packed({f"course/{path}": text for path, text in _COURSE.items()}))
    paths = {
        "course": [course],
        "submitted": [course / "submitted"],
        "students": [course / "submitted" / name for name in ("bo", "anna")],
        "archive": [archive],
    }[how]

    intake = read_class(paths)

    assert intake.layout.startswith("nbgrader: ")
    assert files_of(intake) == {"anna": "a.ipynb", "bo": "a.ipynb"}
    assert intake.taken[0].ids == NbgraderIds("anna", "ps1")
    assert [taken.handed_in for taken in intake.taken] == [
        datetime(2015, 2, 2, 15, 58, 23, 948203, UTC),
        None,
    ]


def test_what_lies_beside_is_told(tmp_path: Path) -> None:
    """Each folder beside `submitted` is one line, and checkpoints are litter."""
    intake = read_class([write(tmp_path / "course", _COURSE)])

    assert reasons(intake) == {
        "source": "lies beside the folder `submitted`",
        "nbgrader_config.py": "lies beside the folder `submitted`",
        "timestamp.txt": "is the time stamp of nbgrader",
        ".ipynb_checkpoints": "is a copy that a program has made",
    }


def test_an_assignment_can_be_wanted(tmp_path: Path) -> None:
    """Who has two assignments is asked which, even where the notebooks are the same."""
    course = write(tmp_path / "course", _COURSE | {"submitted/bo/ps2/a.ipynb": "{}"})

    assert files_of(read_class([course])) == {"anna": "a.ipynb"}
    assert reasons(read_class([course]))["a.ipynb"] == (
        "is one of several files that could be meant: ps1/a.ipynb, ps2/a.ipynb"
    )

    wanted = read_class([course], wanted="ps1/*")

    assert [taken.ids for taken in wanted.taken] == [
        NbgraderIds("anna", "ps1"),
        NbgraderIds("bo", "ps1"),
    ]


@pytest.mark.parametrize("text", ["", "yesterday", "9999-99-99", "x" * 5000])
def test_a_time_that_is_none_is_left_out(tmp_path: Path, text: str) -> None:
    """A time stamp is a help, and never a reason."""
    course = write(
        tmp_path / "course",
        {"submitted/a/ps1/x.ipynb": "{}", "submitted/a/ps1/timestamp.txt": text},
    )

    (taken,) = read_class([course]).taken

    assert taken.handed_in is None
