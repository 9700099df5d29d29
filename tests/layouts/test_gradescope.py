"""An export of Gradescope says who is who in its metadata, groups and earlier submissions too."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from grader.layouts import GradescopeIds, Student, read_class
from tests.layouts.exports import PROGRAM, files_of, packed, reasons, write

ANN = {":name": "Ann Ü. B", ":sid": "0100", ":email": "ann@x.org"}
BO = {":name": "Bo", ":sid": "0200", ":email": "bo@x.org"}


def metadata(submissions: dict[str, tuple[list[dict[str, str]], str]]) -> str:
    """Write metadata as Gradescope does, with scores and histories that are nobody's business."""
    facts: dict[str, Any] = {
        f"submission_{number}": {
            ":submitters": people,
            ":created_at": time,
            ":score": 1.0,
            ":results": {"tests": [{"output": "[[[[ {{ <<: *x"}]},
            ":history": [{":created_at": "2001-01-01 00:00:00 Z", ":id": 1}],
        }
        for number, (people, time) in submissions.items()
    }
    return yaml.safe_dump(facts, allow_unicode=True)


@pytest.mark.parametrize("is_packed", [False, True])
def test_an_export_gives_each_submission_its_students(tmp_path: Path, *, is_packed: bool) -> None:
    """A group is graded once, and each of it is known."""
    files = {
        "submission_metadata.yml": metadata({"5": ([ANN, BO], "2023-09-21 10:00:00.123456789 Z")}),
        "submission_5/src/a.py": PROGRAM,
    }
    export = tmp_path / "export.zip"
    export.write_bytes(packed({f"assignment_9_export/{k}": v for k, v in files.items()}))
    path = export if is_packed else write(tmp_path / "assignment_9_export", files)

    intake = read_class([path])
    (taken,) = intake.taken

    assert intake.layout == "Gradescope: there is a file submission_metadata.yml"
    assert taken.student == Student("Ann Ü. B", "0100", email="ann@x.org")
    assert taken.partners == (Student("Bo", "0200", email="bo@x.org"),)
    assert taken.ids == GradescopeIds("5")
    assert taken.handed_in == datetime(2023, 9, 21, 10, 0, 0, 123456, UTC)
    assert reasons(intake) == {"submission_metadata.yml": "says whose the submissions are"}


def test_the_newest_submission_of_a_student_counts(tmp_path: Path) -> None:
    """Who has left a group is graded in the newer one, and who stayed in the old one."""
    export = write(
        tmp_path / "e",
        {
            "submission_metadata.yml": metadata(
                {
                    "1": ([ANN], "2023-09-20 10:00:00 Z"),
                    "2": ([ANN, BO], "2023-09-21 10:00:00 Z"),
                    "3": ([ANN], "2023-09-22 12:00:00 +0200"),
                }
            ),
            "submission_1/a.py": "1",
            "submission_2/a.py": "2",
            "submission_3/a.py": "3",
        },
    )

    intake = read_class([export])

    assert [(t.student.name, t.partners, t.source) for t in intake.taken] == [
        ("Ann Ü. B", (), b"3"),
        ("Bo", (), b"2"),
    ]
    assert reasons(intake)["a.py"] == "is of an earlier submission; submission_3 counts"


def test_of_two_exports_the_newer_submission_counts(tmp_path: Path) -> None:
    """Whichever is named first."""
    for name, number, time in (
        ("one", "1", "2023-09-20 10:00:00 Z"),
        ("two", "2", "2023-09-21 10:00:00 Z"),
    ):
        files = {
            "submission_metadata.yml": metadata({number: ([ANN], time)}),
            f"submission_{number}/a.py": number,
        }
        write(tmp_path / name, files)

    for paths in ([tmp_path / "one", tmp_path / "two"], [tmp_path / "two", tmp_path / "one"]):
        (taken,) = read_class(paths).taken

        assert taken.source == b"2"


def test_metadata_and_folders_that_do_not_agree_are_told(tmp_path: Path) -> None:
    """A folder that nobody is named for is graded; a name without a folder is a row."""
    export = write(
        tmp_path / "e",
        {
            "submission_metadata.yml": metadata({"5": ([ANN], ""), "6": ([], "")}),
            "submission_7/a.py": PROGRAM,
            "notes/x.py": PROGRAM,
        },
    )

    intake = read_class([export])

    assert files_of(intake) == {"submission_7": "a.py"}
    gone = "is named in submission_metadata.yml, and its files are not there"
    assert reasons(intake) == {
        "submission_5": gone,
        "submission_6": gone,
        "x.py": "lies in no folder of a submission",
        "submission_metadata.yml": "says whose the submissions are",
    }


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "- a list",
            "a: b: c",
            "\t",
            "!!python/object/apply:os.system [x]",
            "x: !!timestamp no",
        ),
        *("[" * 5000, "{a: " * 5000, "- " * 3000, "submission_5: {:submitters: {a: b}}", "&a [*a]"),
        *("submission_5:\n  :submitters: 3\n", "submission_5:\n  :submitters: [3, {:name: [x]}]\n"),
        "a: &a {k: 1}\nb: &b {<<: [*a, *a, *a]}\nc: {<<: [*b, *b, *b]}\n",
        b"\xff\xfe\xfa",
    ],
)
def test_metadata_of_another_kind_cost_nobody_the_submission(
    tmp_path: Path, text: str | bytes
) -> None:
    """What is not as Gradescope writes it names nobody, and the files are there all the same."""
    export = write(tmp_path / "e", {"submission_metadata.yml": text, "submission_5/a.py": PROGRAM})

    intake = read_class([export])

    assert [taken.source for taken in intake.taken] == [PROGRAM.encode()]


def test_an_export_without_metadata_is_recognised(tmp_path: Path) -> None:
    """Its folders have their names."""
    intake = read_class([write(tmp_path / "e", {"submission_5/a.py": PROGRAM})])

    assert intake.layout == "Gradescope: 1 of 1 folders are named submission_<number>"
    assert files_of(intake) == {"submission_5": "a.py"}
