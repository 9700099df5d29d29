"""The commands: each parses, calls, prints and exits; the work is in the modules beside this."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader import __version__, desk
from grader.cli import again, exits, feedback, look, options, references, render, review
from grader.cli import batch as batch_command
from grader.cli import doctor as doctor_command
from grader.cli import exercises as exercises_command
from grader.cli import init as init_command
from grader.cli import quiz as quiz_command
from grader.cli import submit as submit_command
from grader.cli.files import BadFileError
from grader.cli.serving import serving
from grader.database import Database
from grader.errors import ExerciseUnknownError, SettingsError
from grader.exercises import DEFAULT, Catalogue
from grader.layouts import LAYOUTS, PROGRAMS, read_class
from grader.migrations import migrate
from grader.model.rubric import Rubric
from grader.reports.document import document
from grader.settings import Settings, read_settings

_ANSWERS = frozenset({".toml", ".json"})

app = typer.Typer(
    no_args_is_help=True,
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


app.command(epilog=submit_command.SUBMIT_EXAMPLES)(submit_command.submit)
app.command(epilog=submit_command.WATCH_EXAMPLES)(submit_command.watch)


@app.command(
    epilog=options.examples(
        "grader batch submissions.zip --roster students.csv",
        "grader batch class/ --exercise quiz --layout plain",
        "grader batch export/ --limit 3 --jobs 1 --json",
    )
)
def batch(  # noqa: PLR0913, PLR0917 - what an instructor can say of a class
    paths: Annotated[
        list[Path],
        typer.Argument(help="An export, a zip, a folder, or files.", show_default=False),
    ],
    exercise: options.ExerciseOption = DEFAULT,
    layout: Annotated[
        str,
        typer.Option(
            help=f"How it is laid out: auto, {', '.join(LAYOUTS)}.",
            autocompletion=options.complete_from(("auto", *LAYOUTS)),
        ),
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
    jobs: Annotated[
        int | None,
        typer.Option(
            help="Grade so many at the same time; else one a core.",
            min=1,
            max=256,
            show_default=False,
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            help="Seed of the trainings; else GRADER_SEED.",
            min=0,
            max=2**31 - 1,
            show_default=False,
        ),
    ] = None,
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document for each submission.")
    ] = False,
) -> None:
    """Grade a class: what a platform exports, folders or files; a second call grades the rest."""
    settings = _with(read_settings(), jobs=jobs, seed=seed)
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
            typer.echo(document(report), nl=False)
    else:
        batch_command.print_class(console, graded, intake.missing)
    raise exits.Graded(graded)


def _with(settings: Settings, *, jobs: int | None, seed: int | None) -> Settings:
    """Return settings with what was said of one class.

    Raises:
        SettingsError: A service grades, which has settings of its own.
    """
    if settings.broker_url is not None and not (jobs is None and seed is None):
        raise SettingsError("--jobs and --seed are the service's own: set them for its workers")
    return replace(
        settings,
        workers=settings.workers if jobs is None else jobs,
        seed=settings.seed if seed is None else seed,
    )


def _rubric(settings: Settings, exercise: str) -> Rubric:
    try:
        return Catalogue(settings.rubric)[exercise].rubric
    except ExerciseUnknownError as error:
        raise SettingsError(str(error)) from error


@app.command(epilog=options.examples("grader quiz", "grader quiz --out answers.toml"))
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
        submit_command.grade([(path, source)], asked.rubric.exercise, student, as_json=as_json)


@app.command(epilog=options.examples("GRADER_BROKER_URL=redis://localhost grader worker"))
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


@app.command(epilog=options.examples("grader exercises", "grader exercises quiz"))
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


@app.command(name="migrate", epilog=options.examples("grader migrate"))
def migrate_command() -> None:
    """Bring the gradebook to the version that this grader needs; stop all workers first."""
    before, after = migrate(Database(read_settings().database_url))
    typer.echo(f"the gradebook was of version {before}, and is of {after} now")


@app.command(epilog=options.examples("grader init", "grader init course/ --exercise quiz"))
def init(
    folder: Annotated[
        Path, typer.Argument(help="Where to; else here.", show_default=False)
    ] = Path(),
    exercise: options.ExerciseOption = DEFAULT,
) -> None:
    """Write a rubric and settings to change, with comments: rubric.toml and grader.env."""
    for path in init_command.write(folder, Catalogue(), exercise):
        typer.echo(render.plain(str(path)))


@app.command(epilog=options.examples("grader doctor"))
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
