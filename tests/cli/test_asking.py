"""Questions at a terminal: whoever answers them can go back and leave, and loses nothing."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from grader.cli.quiz import LeftError, as_toml, ask, chosen
from grader.errors import SettingsError
from grader.exercises import Catalogue
from grader.preflight.answers import read_answers
from tests.cli.terminal import Seen, typed
from tests.conftest import require

EXERCISE = "quiz"
QUESTIONS = Catalogue()[EXERCISE].questions
assert QUESTIONS is not None
RIGHT = ["b\n", "A\n", "c\n", "26x26\n", "(13, 13)\n", "d\n"]


def asked(*lines: str) -> tuple[dict[str, str], str]:
    """Answer with these lines, one after another; return the answers and what was shown."""
    screen, given, waiting = io.StringIO(), dict[str, str](), [f"{line}\n" for line in lines]
    console = Console(file=screen, width=80, color_system=None)
    assert QUESTIONS is not None
    try:
        ask(console, QUESTIONS, given, lambda: waiting.pop(0) if waiting else "")
    except LeftError:
        given["left"] = ""
    assert not waiting

    return given, screen.getvalue()


def test_answers_are_written_as_they_are_understood() -> None:
    """Letters small, sizes with an x, in the order of the questions, and the file can be read."""
    given, _ = asked("B", "It keeps less of the image, and what it keeps are the features",
                     "(c)", "26", "[13, 13]", "d", "")  # fmt: skip
    source = as_toml(EXERCISE, given).encode()

    assert [*given.items()] == [
        ("convolution", "b"),
        ("pooling", "a"),
        ("recognition", "c"),
        ("size_after_filter", "26 x 26"),
        ("size_after_pooling", "13 x 13"),
        ("speed", "d"),
    ]
    assert read_answers(source, "answers.toml")[1].given == given


def test_a_question_can_be_skipped_and_asked_again() -> None:
    """Enter skips, a sign goes back, and at the end a number goes back to its question."""
    given, shown = asked("", "a", "<", "b", "", "", "", "", "1", "c", "7", "0", "x", "")

    assert given == {"pooling": "b", "convolution": "c"}
    assert "(now a)" in shown
    assert shown.count("There are the numbers from 1 to 6.") == 3
    assert "not answered" in shown


def test_back_from_the_first_question_stays_there() -> None:
    """And back from the last look goes to the last question."""
    given, shown = asked("<", "a", *[""] * 5, "<", "d", "")

    assert given == {"convolution": "a", "speed": "d"}
    assert shown.count("1 of 6") == 2
    assert shown.count("6 of 6") == 2


def test_what_is_not_understood_is_asked_again() -> None:
    """With the reason, and without a control character of what was typed."""
    given, shown = asked("e", "\x1b[2J::error::", "ab", "b", "", "", "six", "26", "", "", "")

    assert given == {"convolution": "b", "size_after_filter": "26 x 26"}
    assert '"e" is none of the choices.' in shown
    assert '"six" is not a size.' in shown
    assert "There are several answers, a and b; one is asked." in shown
    assert shown.replace("\n", "").isprintable()
    assert "::" not in shown


def test_nothing_is_not_handed_in() -> None:
    """Enter at the end hands in answers, if there are any."""
    given, shown = asked(*[""] * 8)

    assert given == {"left": ""}
    assert "Nothing is answered yet." in shown


def test_an_exercise_without_questions_is_refused() -> None:
    """One that asks questions is found without its name."""
    catalogue = Catalogue()
    other = next(name for name in catalogue if catalogue.rubric(name).kind != "answers")

    assert chosen(catalogue, "").rubric.exercise == EXERCISE
    assert chosen(catalogue, EXERCISE).questions
    with pytest.raises(SettingsError, match=f"'{other}' asks no questions; there are {EXERCISE}"):
        chosen(catalogue, other)
    with pytest.raises(SettingsError, match="there is no exercise 'nothing'"):
        chosen(catalogue, "nothing")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Settings without MNIST, a network or bubblewrap."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("redis-server", "setpriv"):
        if found := shutil.which(name):
            (programs / name).symlink_to(found)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GRADER_")}
    return {
        **kept,
        "PATH": str(programs),
        "GRADER_HOME": str(tmp_path / "home"),
        "GRADER_MNIST_URL": "http://127.0.0.1:1/none",
    }


def test_without_a_terminal_nobody_is_asked(environment: dict[str, str]) -> None:
    """One line says what to do instead, and it is no verdict."""
    done = subprocess.run(
        [sys.executable, "-m", "grader", "quiz"],
        env=environment,
        input="b\n" * 20,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "grader submit FILE --exercise quiz" in done.stderr


def test_a_whole_quiz_is_graded(environment: dict[str, str], tmp_path: Path) -> None:
    """Asked, confirmed, written to a file, and graded without a box and without any data."""
    require("redis-server", "setpriv")
    out = tmp_path / "mine.toml"
    seen = typed(["quiz", "--out", str(out)], [*RIGHT, "\n"], environment)

    assert seen.code == 0, seen.text
    assert "mine.toml: PASSED, 100 of 100 points" in seen.words
    assert "13 x 13 is right: blocks of 2 x 2" in seen.words
    assert read_answers(out.read_bytes(), out.name)[1].given["speed"] == "d"

    graded = subprocess.run(
        [sys.executable, "-m", "grader", "submit", str(out), "--exercise", "quiz", "--json"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert graded.returncode == 0, graded.stderr
    assert '"score":100.0' in graded.stdout


def test_whoever_leaves_has_handed_in_nothing(environment: dict[str, str], tmp_path: Path) -> None:
    """Ctrl-C and Ctrl-D say so, and show what was answered by then, or where it is."""
    shown = typed(["quiz"], ["b\n", "\n", "\x03"], environment)
    out = tmp_path / "mine.toml"
    kept = typed(["quiz", "--out", str(out)], ["b\n", "\n", "\x04"], environment)

    assert "Nothing was handed in. This is what you have answered:" in shown.words
    assert 'convolution = "b"' in shown.text
    assert f"Nothing was handed in. What you have answered is in {out}." in _unbroken(kept)
    assert 'convolution = "b"' in out.read_text()
    assert (shown.code, kept.code) == (3, 3)
    assert not (tmp_path / "home" / "gradebook.sqlite").exists()


def test_whoever_leaves_at_once_loses_nothing(environment: dict[str, str]) -> None:
    """There is nothing to show."""
    seen = typed(["quiz"], ["\x03"], environment)

    assert "Nothing was handed in." in seen.words
    assert "you have answered" not in seen.words
    assert seen.code == 3


def test_what_cannot_be_graded_is_not_lost(environment: dict[str, str], tmp_path: Path) -> None:
    """Without Redis nothing is graded; the answers are shown."""
    (tmp_path / "programs" / "redis-server").unlink()
    seen = typed(["quiz"], ["b\n", *["\n"] * 6], environment)

    assert seen.code == 3
    assert "Your answers were not graded. This is what you have answered:" in seen.words
    assert 'convolution = "b"' in seen.text
    assert "redis-server is missing" in seen.words


def test_a_file_that_is_there_stays_as_it_is(environment: dict[str, str], tmp_path: Path) -> None:
    """Before anything is asked."""
    there = tmp_path / "there.toml"
    there.write_text("mine")
    again = typed(["quiz", "--out", str(there)], [], environment)
    nowhere = typed(["quiz", "--out", str(tmp_path / "no" / "x.toml")], [], environment)

    assert (again.code, nowhere.code) == (2, 2)
    assert "exists already" in again.words
    assert "there is no folder" in nowhere.words
    assert there.read_text() == "mine"


def _unbroken(seen: Seen) -> str:
    """Join lines that were broken within a path."""
    return seen.text.replace(".\n", ". ").replace("\n", "")
