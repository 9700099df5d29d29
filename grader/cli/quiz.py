"""Asks an exercise's questions at the terminal, one after another.

Whoever leaves before the end has handed in nothing; what was answered by then is written to the
file that was asked for, or shown, so that nothing is lost.
"""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.checks.questions import (
    ChoiceQuestion,
    Question,
    Questions,
    by_pixels,
    text_of,
)
from grader.checks.said import Unclear, letters_of, size_of
from grader.checks.said import chosen as chosen_letter
from grader.cli import render
from grader.cli.exits import Graded
from grader.cli.files import BadFileError
from grader.errors import ExerciseUnknownError, SettingsError
from grader.exercises import Catalogue, Exercise

_BACK = "<"
_FILE = Path("answers.toml")

ReadLine = Callable[[], str]


class LeftError(Exception):
    """Raised when somebody leaves before the last question is done."""


def chosen(catalogue: Catalogue, name: str) -> Exercise:
    """Return the exercise of a name, or the first one that asks questions.

    Raises:
        SettingsError: There is no such exercise, or it asks none.
    """
    asking = [each for each in catalogue if catalogue.rubric(each).kind == "answers"]
    if not (name or asking):
        raise SettingsError("there is no exercise that asks questions")
    try:
        exercise = catalogue[name or asking[0]]
    except ExerciseUnknownError as error:
        raise SettingsError(str(error)) from error
    if exercise.questions is None:
        raise SettingsError(
            f"'{exercise.rubric.exercise}' asks no questions; there are {', '.join(asking)}"
        )
    return exercise


@contextmanager
def answers(console: Console, exercise: Exercise, out: Path | None) -> Iterator[tuple[Path, bytes]]:
    """Ask, and give the file that was answered; whatever goes wrong, the answers are not lost.

    Raises:
        BadFileError: Nobody sits at a terminal, `out` cannot be written, or nothing was answered.
    """
    questions = exercise.questions
    if questions is None:  # never: `chosen` has seen to it
        raise AssertionError
    _require_terminal(exercise.rubric.exercise)
    if out is not None:
        _require_new(out)
    given: dict[str, str] = {}
    end = "Nothing was handed in."
    try:
        ask(console, questions, given, _line)
        source = as_toml(exercise.rubric.exercise, given)
        if out is not None:
            _write(out, source)
        end = "Your answers were not graded."
        yield out or _FILE, source.encode()
    except Graded:
        raise
    except BaseException as error:
        with contextlib.suppress(OSError):
            _keep(console, end, as_toml(exercise.rubric.exercise, given) if given else "", out)
        if isinstance(error, LeftError):
            raise KeyboardInterrupt from error
        raise


def ask(console: Console, questions: Questions, given: dict[str, str], read_line: ReadLine) -> None:
    """Put answers into `given`, question by question, until whoever answers is content.

    Raises:
        LeftError: There is nothing more to read.
    """
    console.print(
        f"{len(questions)} questions. Enter alone skips one, {_BACK} goes back, Ctrl-C leaves.",
        markup=False,
    )
    place = 0
    while place < len(questions):
        place = _ask_one(console, questions, place, given, read_line)
    while (again := _confirm(console, questions, given, read_line)) is not None:
        _ask_one(console, questions, again, given, read_line)


def as_toml(exercise: str, given: Mapping[str, str]) -> str:
    """Write answers as the file that could have been handed in."""
    lines = [f'{name} = "{answer}"' for name, answer in given.items()]
    return "\n".join([f"# Answers to {exercise}.", *lines]) + "\n"


def _ask_one(
    console: Console, questions: Questions, place: int, given: dict[str, str], read_line: ReadLine
) -> int:
    """Ask one question until it is answered or left; return which is next."""
    question = questions[place]
    console.print()
    show_question(console, f"{place + 1} of {len(questions)}", question)
    while True:
        before = given.get(question.name)
        line = _prompted(console, _prompt(question, before), read_line)
        if line == _BACK:
            return max(0, place - 1)
        if not line:
            return place + 1
        answer = _understood(question, line)
        if isinstance(answer, str):
            given[question.name] = answer
            return place + 1
        console.print(render.plain(f"{answer.found}. {answer.asked}"), markup=False)


def show_question(console: Console, place: str, question: Question) -> None:
    """Print a question, and what there is to choose from."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    table.add_row(Text(place, "bold"), Text(text_of(question), "bold"))
    if isinstance(question, ChoiceQuestion):
        for letter, choice in question.lettered.items():
            table.add_row(Text(letter, justify="right"), Text(choice.text))
    console.print(table)


def _prompt(question: Question, before: str | None) -> str:
    asked = (
        f"a letter, {letters_of(question)}"
        if isinstance(question, ChoiceQuestion)
        else "rows x columns"
    )
    return f"{asked} (now {before}): " if before else f"{asked}: "


def _understood(question: Question, line: str) -> str | Unclear:
    """Return an answer in the form that a file has it."""
    if isinstance(question, ChoiceQuestion):
        return chosen_letter(line, question)
    size = size_of(line)
    return size if isinstance(size, Unclear) else by_pixels(size)


def _confirm(
    console: Console, questions: Questions, given: Mapping[str, str], read_line: ReadLine
) -> int | None:
    """Show all answers; return the one question that is to be asked again, or None."""
    console.print()
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    for number, name in enumerate(questions.names, 1):
        table.add_row(str(number), name, given.get(name, "not answered"))
    console.print(table)
    console.print()
    while True:
        line = _prompted(console, "Enter hands them in; a number goes back to it: ", read_line)
        if not line and given:
            return None
        if not line:
            console.print("Nothing is answered yet. Ctrl-C leaves.", markup=False)
        elif line == _BACK:
            return len(questions) - 1
        elif line.isdecimal() and len(line) <= 3 and 1 <= int(line) <= len(questions):
            return int(line) - 1
        else:
            console.print(f"There are the numbers from 1 to {len(questions)}.", markup=False)


def _prompted(console: Console, prompt: str, read_line: ReadLine) -> str:
    console.print(prompt, end="", markup=False, soft_wrap=True)
    line = read_line()
    if not line:
        raise LeftError
    return line.strip()


def _line() -> str:
    return sys.stdin.readline()


def _require_terminal(exercise: str) -> None:
    if sys.stdin is None or not sys.stdin.isatty():
        raise BadFileError(
            "the questions are asked at a terminal, and there is none; hand in a file of answers"
            f" with `grader submit FILE --exercise {exercise}`"
        )
    if isinstance(sys.stdin, io.TextIOWrapper):
        # Whatever somebody types is an answer, and at worst a wrong one.
        sys.stdin.reconfigure(errors="replace")


def _require_new(out: Path) -> None:
    if out.exists() or out.is_symlink():
        raise BadFileError(f"{out} exists already; name another file for the answers")
    if not out.parent.is_dir():
        raise BadFileError(f"{out} cannot be written: there is no folder {out.parent}")


def _write(out: Path, source: str) -> None:
    with out.open("x", encoding="utf-8") as file:
        file.write(source)


def _keep(console: Console, end: str, source: str, out: Path | None) -> None:
    """Say what has become of the answers."""
    console.print()
    if not source:
        console.print(end, markup=False)
        return
    if out is not None:
        with contextlib.suppress(OSError):
            if not out.exists():
                _write(out, source)
            console.print(f"{end} What you have answered is in {out}.", markup=False)
            return
    console.print(f"{end} This is what you have answered:\n\n{source}", markup=False)
