"""The commands for files: hand them in, follow them, print their reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from grader import desk
from grader.cli import exits, options, render
from grader.cli.files import read_files
from grader.cli.look import named, opened
from grader.cli.serving import Serving, serving
from grader.cli.watching import Watching, shown
from grader.errors import ExerciseUnknownError, ServiceError, SettingsError
from grader.exercises import DEFAULT, Catalogue
from grader.model.report import Report
from grader.model.rubric import NO_TARGET
from grader.model.submission import Queue
from grader.reports.document import document
from grader.settings import Settings, read_settings

SUBMIT_EXAMPLES = options.examples(
    "grader submit solution.py",
    "grader submit answers.toml --exercise quiz --student 'Ada Lovelace'",
    "grader submit *.py --json > reports.jsonl",
)
WATCH_EXAMPLES = options.examples("grader watch 5b461aa1", "grader watch 5b461aa1 --json")


def submit(
    files: Annotated[list[Path], typer.Argument(help="Files to grade.", show_default=False)],
    exercise: options.ExerciseOption = DEFAULT,
    student: Annotated[str, typer.Option(help="Whose work it is.")] = "",
    *,
    waits: Annotated[
        bool,
        typer.Option(
            "--wait/--no-wait", help="Wait for the report; else print the ids for `grader watch`."
        ),
    ] = True,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document for each submission.")
    ] = False,
) -> None:
    """Grade files: live progress, then a score with reasons."""
    read = list(zip(files, read_files(files), strict=True))
    if waits:
        grade(read, exercise, student, as_json=as_json)
    _leave(read, exercise, student)


def watch(
    ids: Annotated[
        list[str],
        typer.Argument(
            metavar="ID...",
            help="Submissions; the beginning of an id will do.",
            autocompletion=options.complete_id,
        ),
    ],
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document for each submission.")
    ] = False,
) -> None:
    """Follow what was handed in until its report is there, and print it."""
    settings = read_settings()
    console = Console(stderr=as_json, quiet=as_json)
    with opened() as (_, queries):
        entries = [named(queries, each) for each in ids]
        reports = queries.reports(entry.id for entry in entries)
    if len(reports) < len(entries):
        exercises = {entry.exercise for entry in entries if entry.id not in reports}
        only = exercises.pop() if len(exercises) == 1 else None
        with serving(settings, console, len(entries), only) as found:
            waiting = [entry for entry in entries if entry.id not in reports]
            for entry in waiting:
                progress = found.gradebook.progress(entry.id)
                desk.wake(found.service, [entry], progress.queue if progress else Queue.BATCH)
            for entry in waiting:
                console.print(render.plain(f"{entry.file}: {entry.id}"), markup=False)
                reports[entry.id] = _followed(found, settings, entry.id, entry.exercise, console)
    shown_ = [reports[entry.id] for entry in entries]
    for report in shown_:
        _print(console, report, as_json=as_json)
    raise exits.Graded(shown_)


def grade(
    files: Sequence[tuple[Path, bytes]], exercise: str, student: str, *, as_json: bool
) -> NoReturn:
    """Hand files in, follow them, print their reports, and end with what came of them.

    Raises:
        Graded: All of them have reports.
    """
    settings = read_settings()
    console = Console(stderr=as_json, quiet=as_json)
    reports = []
    with serving(settings, console, len(files), exercise) as found:
        gradebook, _, service = found
        works = _works(files, student)
        submissions = desk.hand_in(
            gradebook, service, works, exercise=exercise, queue=Queue.INTERACTIVE
        )
        with desk.withdrawn_if_interrupted(gradebook, service, submissions):
            for submission in submissions:
                console.print(
                    f"{render.plain(submission.file)}: submitted as {submission.id}",
                    highlight=False,
                    markup=False,
                )
                report = _followed(found, settings, submission.id, exercise, console)
                reports.append(report)
                _print(console, report, as_json=as_json)
    raise exits.Graded(reports)


def _leave(files: Sequence[tuple[Path, bytes]], exercise: str, student: str) -> None:
    """Hand files in, and say under which ids."""
    settings = read_settings()
    if settings.broker_url is None:
        raise SettingsError("--no-wait is for a service: set GRADER_BROKER_URL, or wait")
    with serving(settings, Console(stderr=True), len(files), exercise) as (gradebook, _, service):
        submissions = desk.hand_in(
            gradebook,
            service,
            _works(files, student),
            exercise=exercise,
            queue=Queue.INTERACTIVE,
        )
    for submission in submissions:
        typer.echo(f"{submission.id} {render.plain(submission.file)}")


def _works(files: Sequence[tuple[Path, bytes]], student: str) -> list[desk.Work]:
    """Name files by their last part, where that tells them apart."""
    whose = options.student_name(student) if student else options.user()
    names = Counter(path.name for path, _ in files)
    return [
        desk.Work(whose, path.name if names[path.name] == 1 else str(path), source)
        for path, source in files
    ]


def _followed(
    serving_: Serving, settings: Settings, submission_id: str, exercise: str, console: Console
) -> Report:
    """Show what happens to a submission, and return the report."""
    gradebook, queries, service = serving_
    watching = Watching(
        console,
        usual_s=queries.usual_s(exercise),
        most_epochs=_most_epochs(settings, exercise),
    )
    with shown(console, watching):
        for event in desk.follow(gradebook, queries, service, submission_id):
            watching.see(event)
            if isinstance(event, desk.Graded):
                return event.report
    raise ServiceError("a submission was followed to no report")  # never: it ends with one


def _most_epochs(settings: Settings, exercise: str) -> int | None:
    """Return where a training is cut; a service may have exercises that are not installed here."""
    try:
        target = Catalogue(settings.rubric).rubric(exercise).target
    except (ExerciseUnknownError, SettingsError):
        return None
    return None if target is NO_TARGET else target.max_epochs


def _print(console: Console, report: Report, *, as_json: bool) -> None:
    if as_json:
        typer.echo(document(report), nl=False)
    else:
        render.print_report(console, report)
