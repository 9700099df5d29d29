"""An export of Canvas is read by the rule that Canvas writes it by, whatever people are called."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from grader.layouts import CanvasIds, read_class
from grader.layouts.canvas import parse
from tests.layouts.exports import (
    PROGRAM,
    canvas_display,
    canvas_file,
    files_of,
    packed,
    reasons,
    write,
)
from tests.redteam.mutation import effort


def test_an_export_gives_each_student_the_file_under_its_own_name(tmp_path: Path) -> None:
    """Umlauts, apostrophes, digits and underscores in names cost nobody a submission."""
    class_ = write(
        tmp_path / "submissions",
        {
            canvas_file("O'Brien, Pat", 11, 101, "my hw (final).py"): PROGRAM,
            canvas_file("Müller, Anna-Lena", 12, 102, "sol_1_2.py", late=True): PROGRAM,
            canvas_file("Under_score, Al 3", 13, 103, "a.ipynb"): "{}",
            canvas_file("Łukasz", 14, 104, "late_5_6_x.py"): PROGRAM,
            "smithold_late_15_105_x.py": PROGRAM,
        },
    )

    intake = read_class([class_])

    assert intake.layout == "Canvas: 5 of 5 files are named <name>_<user>_<attachment>_<file>"
    assert files_of(intake) == {
        "obrienpat": "my hw (final).py",
        "müllerannalena": "sol_1_2.py",
        "under_scoreal3": "a.ipynb",
        "łukasz": "late_5_6_x.py",
        "smithold": "x.py",
    }
    assert {taken.student.label for taken in intake.taken if taken.is_late} == {
        "müllerannalena",
        "smithold",
    }
    assert intake.passed_over == ()


def test_what_canvas_wants_to_see_again_is_kept(tmp_path: Path) -> None:
    """User, attachment and the name in the export stand beside each submission."""
    name = canvas_file("Ann, B", 11, 101, "x.py")

    (taken,) = read_class([write(tmp_path / "c", {name: PROGRAM})]).taken

    assert taken.ids == CanvasIds("11", "101", name)
    assert (taken.student.id, taken.layout, taken.source) == ("11", "canvas", PROGRAM.encode())


def test_anonymous_students_are_told_apart(tmp_path: Path) -> None:
    """With anonymous marking an id of letters and digits stands for the student."""
    class_ = write(
        tmp_path / "c",
        {
            canvas_file("", 0, 101, "x.py", anonymous="aB3x"): PROGRAM,
            canvas_file("", 0, 102, "x.py", anonymous="77777", late=True): PROGRAM,
            "anon_zz9_text.html": "typed",
        },
    )

    intake = read_class([class_])

    assert [(taken.student.id, taken.is_late) for taken in intake.taken] == [
        ("77777", True),
        ("aB3x", False),
    ]
    assert intake.taken[1].ids == CanvasIds("", "101", "anon_aB3x_101_x.py", "aB3x")
    assert reasons(intake) == {
        "anon_zz9_text.html": "is text that was typed into Canvas, and no file"
    }


def test_of_two_exports_in_one_folder_the_later_file_counts(tmp_path: Path) -> None:
    """Canvas numbers a name that is used again, and attachments go up."""
    class_ = write(
        tmp_path / "c",
        {
            canvas_file("Ann, B", 11, 120, "hw-1.py"): "new",
            canvas_file("Ann, B", 11, 101, "hw.py"): "old",
            canvas_file("Carl, D", 12, 99, "hw.py"): "one",
            canvas_file("Carl, D", 12, 100, "hw.py"): "two",
        },
    )

    for wanted in (None, "hw.py"):
        intake = read_class([class_], wanted=wanted)

        assert [taken.source for taken in intake.taken] == [b"new", b"two"]
        assert reasons(intake) == {
            "annb_11_101_hw.py": "is an earlier version; hw-1.py counts",
            "carld_12_99_hw.py": "is an earlier version; c/carld_12_100_hw.py counts",
        }


def test_an_archive_that_a_student_has_packed_is_opened(tmp_path: Path) -> None:
    """What is in it is the student's, and what macOS adds is told to be litter."""
    inner = packed({"hw/sol.py": PROGRAM, "hw/data.csv": "1", "__MACOSX/hw/._sol.py": "x"})
    export = tmp_path / "submissions.zip"
    export.write_bytes(packed({canvas_file("Ann, B", 11, 101, "hw.zip"): inner}))

    intake = read_class([export])
    (taken,) = intake.taken

    assert (taken.file, taken.where) == ("sol.py", "submissions.zip/annb_11_101_hw.zip/hw/sol.py")
    assert taken.ids == CanvasIds("11", "101", "annb_11_101_hw.zip")
    assert [(each.reason, each.is_litter) for each in intake.passed_over] == [
        ("does not end in .py or .ipynb", False),
        ("was left by the system that packed it", True),
    ]


def test_litter_beside_a_file_is_nobodys_name(tmp_path: Path) -> None:
    """MacOS writes `._` before the name of a file, which is no student's."""
    name = canvas_file("Ann, B", 11, 101, "x.py")

    intake = read_class([write(tmp_path / "c", {name: PROGRAM, f"._{name}": "x", ".DS_Store": ""})])

    assert files_of(intake) == {"annb": "x.py"}
    assert all(each.is_litter and each.student is None for each in intake.passed_over)


@effort
@given(st.text())
def test_no_name_is_too_odd(name: str) -> None:
    """Whatever a file is called, it is a name of Canvas's or it is not."""
    found = parse(name)

    assert found is None or found.user or found.anonymous


_NUMBERS = st.integers(1, 10**9)
_ANONYMOUS = st.from_regex(r"[A-Za-z0-9]{5}", fullmatch=True)
_LETTERS = st.characters(categories=("L", "M"))
_WORDS = st.lists(st.text(_LETTERS, min_size=1), min_size=1).map(" ".join)
_FILES = st.text(min_size=1).filter(lambda name: name not in ("text.html", "link.html"))


@effort
@given(name=_WORDS, user=_NUMBERS, attachment=_NUMBERS, file=_FILES, late=st.booleans())
def test_what_canvas_writes_is_read_back(
    name: str, user: int, attachment: int, file: str, *, late: bool
) -> None:
    """Names that the rule has made give back what it was given."""
    found = parse(canvas_file(name, user, attachment, file, late=late))

    assert found is not None
    assert (found.user, found.attachment, found.is_late) == (str(user), str(attachment), late)
    assert found.file == canvas_display(file)


@effort
@given(anonymous=_ANONYMOUS, file=_FILES, late=st.booleans())
def test_what_canvas_writes_of_the_anonymous_is_read_back(
    anonymous: str, file: str, *, late: bool
) -> None:
    """Whether an anonymous id is all digits or none."""
    found = parse(canvas_file("", 0, 7, file, late=late, anonymous=anonymous))

    assert found is not None
    assert (found.anonymous, found.attachment, found.is_late) == (anonymous, "7", late)
    assert found.file == canvas_display(file)
