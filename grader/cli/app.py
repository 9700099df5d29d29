"""The commands: each parses, calls, prints and exits; the work is in the modules beside this."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from grader import __version__, desk
from grader.cli import again, exits, feedback, look, options, references, render, review
from grader.cli import batch as batch_command
from grader.cli import doctor as doctor_command
from grader.cli import exercises as exercises_command
from grader.cli import quiz as quiz_command
from grader.cli.files import BadFileError, read_files
from grader.cli.serving import serving
from grader.database import Database
from grader.errors import ExerciseUnknownError, ServiceError, SettingsError
from grader.exercises import DEFAULT, Catalogue
from grader.gradebook import Gradebook
from grader.layouts import LAYOUTS, PROGRAMS, read_class
from grader.migrations import migrate
from grader.model.report import Report
from grader.model.rubric import Rubric
from grader.model.submission import Queue
from grader.service import Service
from grader.settings import Settings, read_settings

_ANSWERS = frozenset({".toml", ".json"})
_EXERCISE = typer.Option("--exercise", "-e", help="Which exercise it answers.")

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Grades Keras exercises: a submission never trains and never marks itself.",
)


# Without a name of its own, its commands stand beside these.
app.add_typer(look.app)
app.add_typer(review.app)
app.add_typer(references.app)
app.add_typer(feedback.app)
app.add_typer(again.app)


def main() -> None:
    """Run the command line."""
    exits.leave_with(app)


def _version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(f"grader {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=lambda value: _version(wanted=value), is_eager=True),
    ] = False,
) -> None:
    """Take the options that every command has."""
    del version


@app.command()
def submit(
    files: Annotated[list[Path], typer.Argument(help="Files to grade.", show_default=False)],
    exercise: Annotated[str, _EXERCISE] = DEFAULT,
    student: Annotated[str, typer.Option(help="Whose work it is.")] = "",
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document for each submission.")
    ] = False,
) -> None:
    """Grade files: live progress, then a score with reasons."""
    _grade(list(zip(files, read_files(files), strict=True)), exercise, student, as_json=as_json)


def _grade(
    files: list[tuple[Path, bytes]], exercise: str, student: str, *, as_json: bool
) -> NoReturn:
    """Hand files in, follow them, print their reports, and end with what came of them.

    Raises:
        Graded: All of them have reports.
    """
    settings = read_settings()
    console = Console(stderr=as_json, quiet=as_json)
    reports = []
    with serving(settings, console, len(files), exercise) as (gradebook, _, service):
        submissions = desk.hand_in(
            gradebook,
            service,
            _works(files, options.student_name(student) if student else options.user()),
            exercise=exercise,
            queue=Queue.INTERACTIVE,
        )
        with desk.withdrawn_if_interrupted(gradebook, service, submissions):
            for submission in submissions:
                console.print(
                    f"{render.plain(submission.file)}: submitted as {submission.id}",
                    highlight=False,
                    markup=False,
                )
                report = _followed(gradebook, service, submission.id, console)
                reports.append(report)
                if as_json:
                    typer.echo(render.document(report))
                else:
                    render.print_report(console, report)
    raise exits.Graded(reports)


def _works(files: list[tuple[Path, bytes]], student: str) -> list[desk.Work]:
    """Name files by their last part, where that tells them apart."""
    names = Counter(path.name for path, _ in files)
    return [
        desk.Work(student, path.name if names[path.name] == 1 else str(path), source)
        for path, source in files
    ]


def _followed(
    gradebook: Gradebook, service: Service, submission_id: str, console: Console
) -> Report:
    """Print epochs as they come, and return the report."""
    for event in desk.follow(gradebook, service, submission_id):
        if isinstance(event, desk.Graded):
            return event.report
        render.print_epoch(console, event.number, event.epoch)
    raise ServiceError("a submission was followed to no report")  # never: it ends with one


@app.command()
def batch(  # noqa: PLR0913, PLR0917 - what an instructor can say of a class
    paths: Annotated[
        list[Path],
        typer.Argument(help="An export, a zip, a folder, or files.", show_default=False),
    ],
    exercise: Annotated[str, _EXERCISE] = DEFAULT,
    layout: Annotated[
        str, typer.Option(help=f"How it is laid out: auto, {', '.join(LAYOUTS)}.")
    ] = "auto",
    roster: Annotated[
        Path | None, typer.Option(help="A CSV of the students.", show_default=False)
    ] = None,
    file: Annotated[
        str, typer.Option(help="Which file counts where there are several.", show_default=False)
    ] = "",
    limit: Annotated[
        int | None, typer.Option(help="Grade only so many.", min=1, show_default=False)
    ] = None,
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document for each submission.")
    ] = False,
) -> None:
    """Grade a class: what a platform exports, folders or files; a second call grades the rest.

    Raises:
        Graded: All of them have reports.
    """
    settings = read_settings()
    if layout not in ("auto", *LAYOUTS):
        raise SettingsError(f"--layout is '{layout}', but should be auto or {', '.join(LAYOUTS)}")
    rubric = _rubric(settings, exercise)
    intake = read_class(
        paths,
        layout,  # type: ignore[arg-type] # compared with all of them
        roster=roster,
        limit=limit,
        suffixes=_ANSWERS if rubric.kind == "answers" else PROGRAMS,
        wanted=file or None,
    )
    console = Console(stderr=as_json)
    batch_command.print_intake(console, intake, is_due=rubric.late is not None)
    if not intake.taken:
        raise BadFileError("there is nothing to grade in what was named")
    works = [desk.work_of(each) for each in intake.taken]
    with serving(settings, console, len(works), exercise) as (gradebook, queries, service):
        handed_in = desk.hand_in_class(gradebook, queries, service, works, exercise)
        with desk.withdrawn_if_interrupted(gradebook, service, handed_in.new):
            standings = desk.follow_class(gradebook, queries, service, handed_in.ids)
            total = len(set(handed_in.ids))
            seen = list(batch_command.watched(console, standings, total))
        reports = queries.reports(seen)
    graded = [reports[submission_id] for submission_id in handed_in.ids]
    if as_json:
        for report in graded:
            typer.echo(render.document(report))
    else:
        batch_command.print_class(console, graded, intake.missing)
    raise exits.Graded(graded)


def _rubric(settings: Settings, exercise: str) -> Rubric:
    try:
        return Catalogue(settings.rubric)[exercise].rubric
    except ExerciseUnknownError as error:
        raise SettingsError(str(error)) from error


@app.command()
def quiz(
    exercise: Annotated[
        str,
        typer.Option(
            "--exercise", "-e", help="Whose questions; else the first's.", show_default=False
        ),
    ] = "",
    student: Annotated[str, typer.Option(help="Whose work it is.")] = "",
    out: Annotated[
        Path | None,
        typer.Option(help="Also write the answers to this file of TOML.", show_default=False),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Ask an exercise's questions one after another, and grade the answers."""
    asked = quiz_command.chosen(Catalogue(read_settings().rubric), exercise)
    console = Console(stderr=as_json, highlight=False)
    with quiz_command.answers(console, asked, out) as (path, source):
        _grade([(path, source)], asked.rubric.exercise, student, as_json=as_json)


@app.command()
def worker(
    exercise: Annotated[
        str, typer.Option(help="Grade only this exercise; without it, all.", show_default=False)
    ] = "",
    *,
    sweep: Annotated[
        bool, typer.Option(help="Also look for submissions that nobody works on.")
    ] = True,
) -> None:
    """Grade what comes over the queue, until interrupted."""
    from grader.tasks import Worker  # noqa: PLC0415 - only a worker needs Celery's worker
    from grader.wiring import dataset_for, open_catalogue  # noqa: PLC0415

    settings = read_settings()
    if settings.broker_url is None:
        raise SettingsError("GRADER_BROKER_URL is not set: a worker needs a Redis to serve")
    exercises = open_catalogue(settings, exercise or None)
    dataset = dataset_for(settings, exercises)
    Worker(settings, settings.broker_url, exercises, dataset, sweeps=sweep).run()


@app.command()
def exercises(
    name: Annotated[str, typer.Argument(help="Show what this one asks.", show_default=False)] = "",
) -> None:
    """List the exercises, or show what one of them asks."""
    catalogue = Catalogue(read_settings().rubric)
    console = Console(highlight=False)
    if not name:
        exercises_command.list_all(console, catalogue)
        return
    try:
        exercises_command.show(console, catalogue, name)
    except ExerciseUnknownError as error:
        raise SettingsError(str(error)) from error


@app.command(name="migrate")
def migrate_command() -> None:
    """Bring the gradebook to the version that this grader needs; stop all workers first."""
    before, after = migrate(Database(read_settings().database_url))
    typer.echo(f"the gradebook was of version {before}, and is of {after} now")


@app.command()
def doctor() -> None:
    """Show what grading needs and what to do about what is missing."""
    console = Console(highlight=False)
    missing = False
    for part in doctor_command.examine(read_settings()):
        missing = missing or not part.is_there
        style = "green" if part.is_there else "red"
        console.print(f"[{style}]{'ok' if part.is_there else 'NO':>2}[/]  {part.name:<26}", end="")
        console.print(part.found, markup=False)
        if part.remedy:
            console.print(f"    {part.remedy}", markup=False)
    raise typer.Exit(exits.NOT_GRADED if missing else exits.PASSED)
