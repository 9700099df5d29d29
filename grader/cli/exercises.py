"""Shows which exercises there are, and what each asks of a student."""

from __future__ import annotations

from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from grader.cli.quiz import show_question
from grader.exercises import Catalogue, Exercise


def list_all(console: Console, catalogue: Catalogue) -> None:
    """Print a line for each exercise."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    for name in catalogue:
        table.add_row(Text(name, "bold"), Text(catalogue.rubric(name).title))
    console.print(table)
    console.print("\n`grader exercises NAME` shows what one of them asks.", markup=False)


def show(console: Console, exercise: Exercise) -> None:
    """Print what an exercise asks, and what its points are for."""
    rubric = exercise.rubric
    console.print(Text(rubric.title or rubric.exercise, "bold"))
    console.print()
    console.print(Markdown(rubric.asks.strip()))
    console.print()
    for number, question in enumerate(exercise.questions or (), 1):
        show_question(console, f"{number}", question)
        console.print()
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    for check in rubric.checks:
        unless = "" if check.required or rubric.passing_score else " Not needed to pass."
        table.add_row(f"{check.points:g}", Text(check.id), Text(exercise.asks(check) + unless))
    console.print(table)
    console.print()
    console.print(f"{rubric.max_score:g} points in all.{_what_passes(exercise)}", markup=False)


def _what_passes(exercise: Exercise) -> str:
    rubric = exercise.rubric
    required = sum(check.required for check in rubric.checks)
    words = []
    if required == len(rubric.checks):
        words.append("every check")
    elif required:
        words.append("every check that is needed")
    if rubric.passing_score:
        words.append(f"{rubric.passing_score:g} points")
    return f" To pass takes {' and '.join(words)}." if words else ""
