"""An export of Moodle is read in each of its forms, and its folders can be handed back."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.layouts import MoodleIds, read_class
from grader.layouts.moodle import parse
from tests.layouts.exports import (
    PROGRAM,
    files_of,
    moodle_folder,
    moodle_name,
    packed,
    reasons,
    write,
)
from tests.redteam.mutation import effort


def test_an_export_gives_each_student_the_file(tmp_path: Path) -> None:
    """Folders in a folder, typed text beside files, and an archive in an archive."""
    export = tmp_path / "course-hw-7.zip"
    export.write_bytes(
        packed(
            {
                moodle_folder("Jörg O'Neil", 7) + "/x.py": PROGRAM,
                moodle_folder("Jörg O'Neil", 7, "onlinetext") + "/onlinetext.html": "typed",
                moodle_folder("Anna 2 B_C", 8) + "/sub/y.ipynb": "{}",
                moodle_folder("Zed", 9) + "/z.zip": packed({"z.py": PROGRAM}),
            }
        )
    )

    intake = read_class([export])

    assert intake.layout == "Moodle: 4 of 4 names are <name>_<number>_assignsubmission_…"
    assert files_of(intake) == {"Anna 2 B C": "y.ipynb", "Jörg ONeil": "x.py", "Zed": "z.py"}
    assert reasons(intake) == {"onlinetext.html": "is text that was typed into Moodle, and no file"}


@pytest.mark.parametrize(
    "folder", ["Ann B_12_assignsubmission_file", "Ann_12_assignsubmission_file_"]
)
def test_a_folder_is_kept_byte_for_byte(tmp_path: Path, folder: str) -> None:
    """Moodle knows a folder again only by its whole name, with an underscore at the end or not."""
    (taken,) = read_class([write(tmp_path / "m", {f"{folder}/x.py": PROGRAM})]).taken

    assert taken.ids == MoodleIds("12", folder)


def test_a_flat_export_is_read(tmp_path: Path) -> None:
    """The same stands before each file's name, and the name may have it once more."""
    name = f"{moodle_folder('Ann B', 12)}_a_1_assignsubmission_file_b.py"

    (taken,) = read_class([write(tmp_path / "m", {name: PROGRAM})]).taken

    assert (taken.student.name, taken.file) == ("Ann B", "a_1_assignsubmission_file_b.py")
    assert taken.ids == MoodleIds("12", "Ann B_12_assignsubmission_file")


def test_anonymous_participants_are_told_apart(tmp_path: Path) -> None:
    """With anonymous marking all have one name; Moodle's tables add the number to it."""
    files = {f"{moodle_folder('Deelnemer', number)}/x.py": PROGRAM for number in (3, 4)}

    intake = read_class([write(tmp_path / "m", files)])

    assert files_of(intake) == {"Deelnemer 3": "x.py", "Deelnemer 4": "x.py"}


def test_who_is_in_no_group_has_no_number(tmp_path: Path) -> None:
    """Where groups hand in, the default group's folder is named without one."""
    files = {
        f"{moodle_folder('Group 1', 3)}/x.py": PROGRAM,
        "Default group_assignsubmission_file/x.py": PROGRAM,
    }

    intake = read_class([write(tmp_path / "m", files)])

    assert files_of(intake) == {"Default group": "x.py", "Group 1": "x.py"}


@effort
@given(st.text())
def test_no_name_is_too_odd(name: str) -> None:
    """Whatever a folder is called, it is a name of Moodle's or it is not."""
    found = parse(name)

    assert found is None or name.startswith(found.folder)


_NAMES = st.text(min_size=1).filter(lambda name: moodle_name(name) == name.replace("_", " "))


@effort
@given(_NAMES, st.integers(1, 10**9), st.text(min_size=1))
def test_what_moodle_writes_is_read_back(name: str, participant: int, file: str) -> None:
    """Names that the rule has made give back what it was given, flat or not."""
    folder = moodle_folder(name, participant)

    for written, flat in ((folder, ""), (f"{folder}_{file}", file)):
        found = parse(written)

        assert found is not None
        assert (found.name, found.participant) == (moodle_name(name), str(participant))
        assert (found.plugin, found.folder, found.file) == ("file", folder, flat)
