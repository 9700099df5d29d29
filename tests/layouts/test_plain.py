"""A class without a platform: a file, a folder or an archive for each student."""

from __future__ import annotations

from pathlib import Path

from grader.layouts import read_class
from tests.layouts.exports import PROGRAM, files_of, packed, reasons, write

CLASS: dict[str, str | bytes] = {
    "anna.py": PROGRAM,
    "bo/s.ipynb": "{}",
    "zoe.zip": packed({"x/s.py": PROGRAM}),
    "README.md": "x",
}


def test_a_name_is_that_of_a_file_or_a_folder(tmp_path: Path) -> None:
    """A file beside them that is no program is nobody's."""
    intake = read_class([write(tmp_path / "class", CLASS)])

    assert intake.layout == "One file or folder a student: no platform names files like these"
    assert files_of(intake) == {"anna": "anna.py", "bo": "s.ipynb", "zoe": "s.py"}
    assert [(each.where, each.student) for each in intake.passed_over] == [
        ("class/README.md", None)
    ]


def test_students_may_be_named_one_by_one(tmp_path: Path) -> None:
    """As a shell names them all, in any order and twice."""
    paths = [write(tmp_path / "class", CLASS) / name for name in CLASS]

    assert files_of(read_class([*paths[::-1], *paths])) == files_of(
        read_class([tmp_path / "class"])
    )


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    """`*/solution.py` names a file of each student."""
    write(tmp_path, {"anna/solution.py": "1", "bo/solution.py": "2"})

    intake = read_class([tmp_path / "bo" / "solution.py", tmp_path / "anna" / "solution.py"])

    assert [(taken.student.name, taken.source) for taken in intake.taken] == [
        ("anna", b"1"),
        ("bo", b"2"),
    ]


def test_a_single_file_is_a_class(tmp_path: Path) -> None:
    """Whoever names one file means it."""
    intake = read_class([write(tmp_path, {"anna.py": PROGRAM}) / "anna.py"])

    assert files_of(intake) == {"anna": "anna.py"}


def test_a_class_may_lie_in_a_folder_of_its_own(tmp_path: Path) -> None:
    """As archives are made; a class of one student is none of that student's files."""
    archive = tmp_path / "class.zip"
    archive.write_bytes(packed({"class/anna.py": "1", "class/bo.py": "2", "__MACOSX/x": ""}))
    write(tmp_path / "years", {"ws/anna/s.py": "1", "ws/bo/s.py": "2"})
    write(tmp_path / "one", {"anna/s.py": "1"})

    assert files_of(read_class([archive])) == {"anna": "anna.py", "bo": "bo.py"}
    assert files_of(read_class([tmp_path / "years"])) == {"anna": "s.py", "bo": "s.py"}
    assert files_of(read_class([tmp_path / "one"])) == {"anna": "s.py"}


def test_a_student_with_two_files_is_not_guessed_at(tmp_path: Path) -> None:
    """Both are passed over by name, unless one is wanted or both are the same."""
    class_ = write(
        tmp_path / "class",
        {
            "anna/a.py": "1",
            "anna/old/b.py": "2",
            "bo/s.py": "1",
            "bo/copy/s.py": "1",
            "carl/s.py": "1",
            "carl/s.ipynb": "1",
        },
    )

    intake = read_class([class_])

    assert files_of(intake) == {"bo": "s.py"}
    assert {each.reason for each in intake.passed_over} == {
        "is one of several files that could be meant: a.py, old/b.py",
        "is the same as copy/s.py",
        "is one of several files that could be meant: s.ipynb, s.py",
    }
    assert files_of(read_class([class_], wanted="B.py"))["anna"] == "b.py"
    assert files_of(read_class([class_], wanted="*.py")) == {
        "anna": "a.py",
        "bo": "s.py",
        "carl": "s.py",
    }
    assert (
        reasons(read_class([class_], wanted="a.py"))["b.py"] == "is not what is asked for; a.py is"
    )


def test_answers_are_handed_in_as_toml_or_json(tmp_path: Path) -> None:
    """What may be handed in is the exercise's to say."""
    class_ = write(tmp_path / "class", {"anna.toml": "a = 1", "bo.JSON": "{}", "carl.py": "1"})

    intake = read_class([class_], suffixes=frozenset({".toml", ".json"}))

    assert files_of(intake) == {"anna": "anna.toml", "bo": "bo.JSON"}
    assert reasons(intake) == {"carl.py": "does not end in .toml or .json"}


def test_only_so_many_are_taken(tmp_path: Path) -> None:
    """The first by name, and the rest is told."""
    class_ = write(tmp_path / "class", {f"{name}.py": "1" for name in ("Bo", "anna", "carl")})

    intake = read_class([class_], limit=2)

    assert list(files_of(intake)) == ["anna", "Bo"]
    assert reasons(intake) == {"carl.py": "is not among the first 2"}


def test_many_files_for_one_reason_are_one_line(tmp_path: Path) -> None:
    """A thousand pictures beside a program do not hide what else is told."""
    files = {f"anna/{number}.png": "" for number in range(1000)}

    intake = read_class([write(tmp_path / "class", files | {"anna/s.py": "1"})])

    assert [each.where for each in intake.passed_over] == ["class/anna/0.png and 999 more"]


def test_archives_that_are_not_opened_are_told(tmp_path: Path) -> None:
    """And what is opened instead."""
    intake = read_class([write(tmp_path / "class", {"anna/s.tar.gz": "", "anna/s.rar": ""})])

    assert set(reasons(intake).values()) == {"is an archive of a kind that is not opened; .zip is"}
