"""What an exercise asks is shown from its own folder, and fits on a terminal."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console
from rich.markdown import Markdown

from grader.checks.questions import ChoiceQuestion, text_of
from grader.cli.exercises import list_all, show
from grader.exercises import Catalogue

CATALOGUE = Catalogue()
WIDTH = 80


def printed(name: str = "", *, terminal: bool = True, catalogue: Catalogue = CATALOGUE) -> str:
    """Return what a terminal of 80 columns, or a file, gets."""
    screen = io.StringIO()
    console = Console(
        file=screen, width=WIDTH, force_terminal=terminal, color_system=None, highlight=False
    )
    if name:
        show(console, catalogue, name)
    else:
        list_all(console, catalogue)
    return screen.getvalue()


def run(
    *arguments: str, settings: dict[str, str] | None = None, script: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run the command line."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GRADER_")}
    program = ["-c", script] if script else ["-m", "grader"]
    return subprocess.run(
        [sys.executable, *program, *arguments],
        env={**kept, "COLUMNS": str(WIDTH), **(settings or {})},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_exercise_is_listed_with_its_title() -> None:
    """A line for each, in the order of their names."""
    lines = printed().splitlines()

    assert [line.split()[0] for line in lines[: len(CATALOGUE)]] == sorted(CATALOGUE)
    assert all(
        CATALOGUE.rubric(name).title in line for name, line in zip(CATALOGUE, lines, strict=False)
    )


@pytest.mark.parametrize("name", CATALOGUE)
def test_everything_that_is_asked_is_shown(name: str) -> None:
    """The task, each check with its points and its sentence, the sum, and how to hand in."""
    exercise, shown = CATALOGUE[name], printed(name)
    words = " ".join(shown.split())
    screen = io.StringIO()
    Console(file=screen, width=WIDTH, color_system=None).print(Markdown(exercise.rubric.asks))

    assert screen.getvalue().strip() in shown
    for check in exercise.rubric.checks:
        (row,) = (line for line in shown.splitlines() if line.split()[1:2] == [check.id])

        assert row.split()[0] == f"{check.points:g}"
        assert exercise.asks(check).split()[0] in row
    assert f"{exercise.rubric.max_score:g} points in all." in words
    assert f"Hand it in with `grader submit FILE --exercise {name}`." in words


@pytest.mark.parametrize("name", CATALOGUE)
def test_no_line_is_wider_than_the_terminal(name: str) -> None:
    """Nor is a word of a table cut off."""
    shown = printed(name)

    assert max(map(len, shown.splitlines())) <= WIDTH
    assert "…" not in shown


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_file_gets_the_task_as_it_was_written(name: str) -> None:
    """Markdown is read as well as rendered, and what is code in it stays so."""
    assert CATALOGUE.rubric(name).asks.strip() in printed(name, terminal=False)


@pytest.mark.parametrize(
    "name", [name for name in CATALOGUE if CATALOGUE.rubric(name).kind == "answers"]
)
def test_questions_are_shown_with_what_there_is_to_choose(name: str) -> None:
    """All of it, and nothing of what is right."""
    words = " ".join(printed(name).split())
    questions = CATALOGUE[name].questions
    assert questions

    for question in questions:
        assert text_of(question) in words
        if isinstance(question, ChoiceQuestion):
            assert all(choice.text in words for choice in question.choices)
            assert not any(" ".join(choice.why.split()) in words for choice in question.choices)


def test_a_copy_of_a_rubric_is_what_is_shown(tmp_path: Path) -> None:
    """Students read the points that they will get, and what they need to pass."""
    copy = tmp_path / "mine.toml"
    copy.write_text(
        'exercise = "quiz"\ntitle = "Three of them"\npassing_score = 4\n'
        '[[check]]\nid = "interface"\npoints = 1\n'
        '[[check]]\nid = "pooling"\npoints = 2.5\nrequired = false\nasks = "It is not too easy."\n'
        '[[check]]\nid = "speed"\npoints = 3\n'
    )
    words = " ".join(printed("quiz", catalogue=Catalogue(copy)).split())
    done = run("exercises", "quiz", settings={"GRADER_RUBRIC": str(copy)})

    assert words.startswith("Three of them ")
    assert "2.5 pooling It is not too easy. Not needed to pass." in words
    assert "6.5 points in all. To pass takes every check that is needed and 4 points." in words
    assert done.stdout.startswith("Three of them\n")


def test_a_gate_is_told() -> None:
    """What nothing else is graded without."""
    name = next(
        name for name in CATALOGUE if any(check.gate for check in CATALOGUE.rubric(name).checks)
    )

    assert "Nothing else is graded without it." in " ".join(printed(name).split())


@pytest.mark.parametrize("name", ["nothing", "../quiz", "Quiz", "\x1b[2J"])
def test_an_unknown_exercise_is_one_line(name: str) -> None:
    """With those that there are, and no verdict."""
    done = run("exercises", name)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert f"there are {', '.join(CATALOGUE)}" in done.stderr
    assert done.stderr.replace("\n", "").isprintable()


def test_who_only_hands_in_can_read_what_is_asked() -> None:
    """Where NumPy and the worker's other packages are missing, only the checks' sentences are."""
    script = (
        "import sys\n"
        "sys.modules.update(dict.fromkeys(['numpy', 'scipy', 'psutil', 'pyseccomp']))\n"
        "from grader.cli import main\n"
        "main()\n"
    )
    for name in CATALOGUE:
        done = run("exercises", name, script=script)

        assert done.returncode == 0, done.stderr
        assert CATALOGUE.rubric(name).asks.strip() in done.stdout
        assert "points in all" in done.stdout
