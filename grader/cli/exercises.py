"""Shows which exercises there are, and what each asks of a student."""

from __future__ import annotations

from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from grader.cli.quiz import show_question
from grader.exercises import Catalogue, Exercise
from grader.model.rubric import Rubric, RubricCheck


def list_all(console: Console, catalogue: Catalogue) -> None:
    """Print a line for each exercise."""
    table = _table()
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name in catalogue:
        table.add_row(Text(name, "bold"), Text(catalogue.rubric(name).title))
    console.print(table)
    console.print("\n`grader exercises NAME` shows what one of them asks.", markup=False)


def show(console: Console, catalogue: Catalogue, name: str) -> None:
    """Print what an exercise asks, what its points are for, and how to hand it in.

    Raises:
        ExerciseUnknownError: There is no such exercise.
        SettingsError: It cannot be used.
    """
    rubric, exercise = catalogue.rubric(name), _judged(catalogue, name)
    console.print(Text(rubric.title, "bold"))
    console.print()
    _print_asked(console, rubric.asks.strip())
    console.print()
    questions = exercise.questions if exercise else None
    for number, question in enumerate(questions or (), 1):
        show_question(console, f"{number}", question)
        console.print()
    table = _table()
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    for check in rubric.checks:
        asks = exercise.asks(check) if exercise else check.asks
        table.add_row(f"{check.points:g}", Text(check.id), Text(f"{asks}{_also(rubric, check)}"))
    console.print(table)
    console.print()
    console.print(
        f"{rubric.max_score:g} points in all.{_what_passes(rubric)} Hand it in with"
        f" `grader submit FILE --exercise {name}`.",
        markup=False,
    )


def _judged(catalogue: Catalogue, name: str) -> Exercise | None:
    """Return an exercise with its checks, unless they need what only graders have."""
    try:
        return catalogue[name]
    except ModuleNotFoundError:
        return None


def _table() -> Table:
    return Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)


def _print_asked(console: Console, asked: str) -> None:
    """Print Markdown; who sends it to a file gets it as it was written."""
    if console.is_terminal:
        console.print(Markdown(asked))
    else:
        console.print(asked, markup=False, soft_wrap=True)


def _also(rubric: Rubric, check: RubricCheck) -> str:
    """Say what a check is for beside its points."""
    gate = " Nothing else is graded without it." if check.gate else ""
    needed = check.required or not any(each.required for each in rubric.checks)
    return gate if needed else f"{gate} Not needed to pass."


def _what_passes(rubric: Rubric) -> str:
    required = sum(check.required for check in rubric.checks)
    words = []
    if required == len(rubric.checks):
        words.append("every check")
    elif required:
        words.append("every check that is needed")
    if rubric.passing_score:
        words.append(f"{rubric.passing_score:g} points")
    return f" To pass takes {' and '.join(words)}." if words else ""
