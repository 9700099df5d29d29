"""A layout is recognised by what only its platform writes; what looks like it in part is not it."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.layouts import LAYOUTS, read_class
from tests.layouts.exports import PROGRAM, canvas_file, files_of, moodle_folder, reasons, write


@pytest.mark.parametrize(
    "names",
    [
        ["lab_1_2_anna.py", "lab_1_2_bo.py"],
        ["lab_1_7_anna.py", "lab_2_8_bo.py"],
        ["Anna_1_2_x.py", "Bo_3_4_x.py"],
        ["anna m_1_2_x.py", "bo_3_4_x.py"],
        ["anna_1_2_x.py", "bo_1_3_x.py"],
        ["anna_1_2_x.py", "bo.py", "carl.py"],
        ["anna_1_x.py", "bo_2_x.py"],
        ["2023_10_11_anna.py", "2023_10_12_bo.py"],
    ],
)
def test_what_only_looks_like_canvas_is_plain(tmp_path: Path, names: list[str]) -> None:
    """Numbers in the names of files are not Canvas's, and each file stays a student's."""
    intake = read_class([write(tmp_path / "class", dict.fromkeys(names, PROGRAM))])

    assert {taken.layout for taken in intake.taken} == {"plain"}
    assert len(intake.taken) == len(names)


@pytest.mark.parametrize(
    "names",
    [
        ["anna_1_assignsubmission/x.py", "bo_2_assignsubmission/x.py"],
        ["anna_file/x.py", "bo_2_assignsubmissions_file/x.py"],
        ["submission_anna/x.py", "submission_bo/x.py"],
        ["anna/submission_metadata.yml", "anna/x.py", "bo/x.py"],
        ["anna/submitted/x.py", "bo/x.py"],
        ["anna/deep/.git/HEAD", "anna/x.py", "bo/x.py"],
        ["anna/.gitignore", "anna/x.py", "bo/.github/x", "bo/x.py"],
    ],
)
def test_what_only_looks_like_another_platform_is_plain(tmp_path: Path, names: list[str]) -> None:
    """Folders that begin or end like a platform's are those of two students."""
    intake = read_class([write(tmp_path / "class", dict.fromkeys(names, PROGRAM))])

    assert {taken.layout for taken in intake.taken} == {"plain"}
    assert len(intake.taken) == 2


def test_a_stray_file_does_not_hide_an_export(tmp_path: Path) -> None:
    """An instructor's notes beside an export are passed over."""
    files = {canvas_file(f"A, {n}", n, 100 + n, "x.py"): PROGRAM for n in (1, 2)}

    intake = read_class([write(tmp_path / "c", files | {"notes.py": "x"})])

    assert intake.layout == "Canvas: 2 of 3 files are named <name>_<user>_<attachment>_<file>"
    assert reasons(intake) == {"notes.py": "is not named as Canvas names files"}


def test_an_export_in_an_only_folder_is_recognised(tmp_path: Path) -> None:
    """Whoever unpacks an export by hand gets a folder in a folder."""
    name = canvas_file("A, B", 1, 2, "x.py")
    write(tmp_path / "a" / "b" / "c", {name: PROGRAM})
    write(tmp_path / "a", {".DS_Store": ""})

    intake = read_class([tmp_path / "a"])

    assert [(each.layout, each.where) for each in intake.taken] == [("canvas", f"a/b/c/{name}")]
    assert reasons(intake) == {".DS_Store": "was left by the system that packed it"}


def test_several_exports_are_one_class(tmp_path: Path) -> None:
    """Two platforms beside one another, each with its own rule."""
    canvas = write(tmp_path / "c", {canvas_file("A, B", 1, 2, "x.py"): PROGRAM})
    moodle = write(tmp_path / "m", {f"{moodle_folder('C D', 7)}/y.py": PROGRAM})

    intake = read_class([moodle, canvas])

    assert files_of(intake) == {"ab": "x.py", "C D": "y.py"}
    assert intake.layout == (
        "Canvas: 1 of 1 files are named <name>_<user>_<attachment>_<file>; "
        "Moodle: 1 of 1 names are <name>_<number>_assignsubmission_…"
    )


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_can_be_asked_for(tmp_path: Path, layout: str) -> None:
    """A layout that does not fit takes nothing it cannot name, and tells of all."""
    class_ = write(tmp_path / "class", {"lab_1_2_anna.py": "1", "bo/x.py": "2", "c/d/e.py": "3"})

    intake = read_class([class_], layout)  # type: ignore[arg-type] # one of LAYOUTS

    assert intake.layout.endswith(": as asked")
    assert len(intake.taken) + len(intake.passed_over) == 3


def test_what_looks_otherwise_can_be_asked_for(tmp_path: Path) -> None:
    """Numbers that no export has are read as Canvas's if whoever asks knows better."""
    class_ = write(tmp_path / "class", {"lab_1_7_anna.py": "1", "lab_2_8_bo.py": "2"})

    assert [taken.student.id for taken in read_class([class_], "canvas").taken] == ["1", "2"]


@pytest.mark.parametrize("layout", ["auto", *LAYOUTS])
def test_nothing_is_a_class_as_well(tmp_path: Path, layout: str) -> None:
    """No path, an empty folder, and a path that is not there."""
    (tmp_path / "empty").mkdir()

    for paths in ([], [tmp_path / "empty"], [tmp_path / "empty", tmp_path / "empty"]):
        intake = read_class(paths, layout)  # type: ignore[arg-type] # one of LAYOUTS

        assert (intake.taken, intake.passed_over) == ((), ())
    for paths in ([tmp_path / "gone"], [tmp_path / "gone", tmp_path / "gone.zip"]):
        intake = read_class(paths, layout)  # type: ignore[arg-type] # one of LAYOUTS

        assert {each.reason for each in intake.passed_over} == {"does not exist"}
