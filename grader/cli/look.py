"""The commands that look at what was graded, and take it away: nothing is graded by them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader import desk
from grader.cli import options, records, render
from grader.cli.files import BadFileError
from grader.database import Database
from grader.errors import ServiceError, SettingsError
from grader.exercises import DEFAULT
from grader.gradebook import Entry, Gradebook, Pick, Queries, State, Wanted
from grader.model.report import Report
from grader.reports import listing
from grader.reports.document import lines
from grader.reports.formats import CLASS, INTO_THEIRS, REPORT
from grader.reports.table import table
from grader.settings import read_settings

_FORMATS = ", ".join(sorted({**CLASS, **INTO_THEIRS, **REPORT}))

app = typer.Typer()


@app.command(epilog=options.examples("grader show 5b461aa1", "grader show 5b461aa1 --source"))
def show(
    ids: Annotated[
        list[str],
        typer.Argument(
            metavar="ID...",
            help="Submissions; the beginning of an id will do.",
            autocompletion=options.complete_id,
        ),
    ],
    *,
    source: Annotated[bool, typer.Option(help="Print the files instead.")] = False,
    as_json: options.AsJson = False,
    as_csv: options.AsCsv = False,
) -> None:
    """Show submissions: whose they are, and their reports."""
    options.require_one(as_json=as_json, as_csv=as_csv)
    with opened() as (gradebook, queries):
        entries = [named(queries, each) for each in ids]
        if source:
            for entry in entries:
                _print_source(queries.source(entry.id))
            return
        reports = queries.reports(entry.id for entry in entries)
        if as_json or as_csv:
            found = [_required(entry, reports) for entry in entries]
            typer.echo(lines(found) if as_json else table(found), nl=False)
            return
        console = Console(highlight=False)
        for number, entry in enumerate(entries):
            if number:
                console.print()
            report = reports.get(entry.id)
            progress = None if report else gradebook.progress(entry.id)
            records.print_submission(console, entry, report, progress)


@app.command(
    epilog=options.examples(
        f"grader scores --exercise {DEFAULT}",
        "grader scores --verdict needs_review --since 2026-11-01",
        "grader scores --pick last --csv > scores.csv",
    )
)
def scores(  # noqa: PLR0913, PLR0917 - as many as there are filters
    exercise: options.ExerciseFilter = "",
    student: options.StudentFilter = "",
    verdict: options.VerdictFilter = None,
    since: options.Since = "",
    until: options.Until = "",
    pick: options.PickOption = Pick.BEST,
    *,
    as_json: options.AsJson = False,
    as_csv: options.AsCsv = False,
) -> None:
    """List what students have, a row for each and each exercise."""
    wanted = options.wanted(
        exercise=exercise, student=student, verdict=verdict, since=since, until=until, pick=pick
    )
    entries = _listed(wanted, by_student=True, as_json=as_json, as_csv=as_csv)
    if entries is not None:
        records.print_scores(Console(highlight=False), entries)


@app.command(epilog=options.examples("grader history 'Ada Lovelace'"))
def history(  # noqa: PLR0913 - as many as there are filters
    student: Annotated[str, typer.Argument(help="Whose.", show_default=False)],
    exercise: options.ExerciseFilter = "",
    verdict: options.VerdictFilter = None,
    since: options.Since = "",
    until: options.Until = "",
    *,
    as_json: options.AsJson = False,
    as_csv: options.AsCsv = False,
) -> None:
    """List all that a student has handed in, the oldest first."""
    wanted = options.wanted(
        exercise=exercise,
        student=options.student_name(student),
        verdict=verdict,
        since=since,
        until=until,
        pick=Pick.ALL,
    )
    entries = _listed(wanted, as_json=as_json, as_csv=as_csv)
    if entries is not None:
        records.print_history(Console(highlight=False), entries)


@app.command(
    epilog=options.examples(
        "grader export canvas --into gradebook.csv --out grades.csv",
        "grader export junit --out junit.xml",
        "grader export csv --exercise quiz > quiz.csv",
    )
)
def export(  # noqa: PLR0913, PLR0917 - as many as there are filters
    format_: Annotated[
        str,
        typer.Argument(
            metavar="FORMAT",
            help=f"One of {_FORMATS}.",
            show_default=False,
            autocompletion=options.complete_from({**CLASS, **INTO_THEIRS, **REPORT}),
        ),
    ],
    into: Annotated[
        Path | None,
        typer.Option(help="The platform's exported file to fill in.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Where to; else it is printed.", show_default=False),
    ] = None,
    column: Annotated[
        str, typer.Option(help="Which assignment or column is meant.", show_default=False)
    ] = "",
    roster: Annotated[
        Path | None, typer.Option(help="A CSV of the students.", show_default=False)
    ] = None,
    exercise: options.ExerciseFilter = "",
    student: options.StudentFilter = "",
    verdict: options.VerdictFilter = None,
    since: options.Since = "",
    until: options.Until = "",
    pick: options.PickOption = Pick.BEST,
) -> None:
    """Write reports for others: a spreadsheet, a build server, a learning platform's own file."""
    wanted = options.wanted(
        exercise=exercise, student=student, verdict=verdict, since=since, until=until, pick=pick
    )
    _require_format(format_, into)
    with opened() as (_, queries):
        entries = queries.entries(wanted)
        found = queries.reports(entry.id for entry in entries if entry.state is State.GRADED)
    reports = [found[entry.id] for entry in entries if entry.id in found]
    reports.sort(key=lambda report: (report.exercise, report.student.casefold()))
    if not reports:
        raise BadFileError("there is nothing to export: no report is of this kind")
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    if into is not None:
        _require_one_exercise(reports)
        exported = desk.fill_in(reports, format_, into, column=column, roster=roster)
    elif format_ in CLASS:
        exported = desk.export_class(reports, format_)
    else:
        exported = desk.export_each(reports, format_)
    _write(exported, out, into)
    for left_out in exported.left_out:
        said = render.plain(f"left out: {left_out.name}: {left_out.reason}")
        console.print(said, markup=False)
    if waiting := len(entries) - len(reports):
        console.print(f"left out: {waiting} not graded yet")


def _print_source(source: bytes) -> None:
    """Print a file as it is, but to a terminal without what one would obey."""
    if not sys.stdout.isatty():
        typer.echo(source, nl=False)
        return
    for line in source.decode("utf-8", "replace").splitlines():
        typer.echo(render.plain(line.expandtabs()))


@contextmanager
def opened() -> Iterator[tuple[Gradebook, Queries]]:
    """Open the gradebook that the settings name, to read from."""
    database = Database(read_settings().database_url)
    gradebook = Gradebook(database)
    try:
        yield gradebook, Queries(database)
    finally:
        gradebook.close()


def named(queries: Queries, text: str) -> Entry:
    """Return the one submission whose id begins so.

    Raises:
        SettingsError: There is none, or there are several.
    """
    found = queries.matching(text) if text else []
    if len(found) == 1:
        return found[0]
    if not found:
        raise SettingsError(f"there is no submission {text}; `grader scores` lists them")
    raise SettingsError(f"several submissions begin with {text}: name more of the id")


def _required(entry: Entry, reports: dict[str, Report]) -> Report:
    if entry.id not in reports:
        raise ServiceError(f"submission {entry.id} has no report yet")
    return reports[entry.id]


def _listed(
    wanted: Wanted, *, by_student: bool = False, as_json: bool, as_csv: bool
) -> Sequence[Entry] | None:
    """Return what is wanted, unless it was printed for a program."""
    options.require_one(as_json=as_json, as_csv=as_csv)
    with opened() as (_, queries):
        entries = queries.entries(wanted)
    if by_student:
        entries.sort(key=lambda entry: (entry.exercise, entry.student.casefold()))
    if not (as_json or as_csv):
        return entries
    typer.echo(listing.lines(entries) if as_json else listing.table(entries), nl=False)
    return None


def _require_format(format_: str, into: Path | None) -> None:
    if format_ not in {**CLASS, **INTO_THEIRS, **REPORT}:
        raise SettingsError(f"there is no format '{format_}'; there are {_FORMATS}")
    if format_ in INTO_THEIRS and into is None:
        raise SettingsError(
            f"{format_} is a file of the platform's own: export it there, and name it with --into"
        )
    if format_ not in INTO_THEIRS and into is not None:
        raise SettingsError(f"{format_} fills in no file; --into is for {', '.join(INTO_THEIRS)}")


def _require_one_exercise(reports: Sequence[Report]) -> None:
    exercises = sorted({report.exercise for report in reports})
    if len(exercises) > 1:
        raise SettingsError(
            f"there are reports of {' and '.join(exercises)}: say which with --exercise"
        )


def _write(exported: desk.Exported, out: Path | None, into: Path | None) -> None:
    files = exported.files
    if out is None and len(files) > 1:
        raise SettingsError("this format makes several files: name a folder for them with --out")
    if out is None:
        typer.echo(next(iter(files.values())), nl=False)
        return
    if into is not None and out.exists() and out.samefile(into):
        raise SettingsError(f"{out} is the platform's export itself: name another file")
    if all("/" not in name for name in files) and len(files) == 1 and not out.is_dir():
        out.write_bytes(next(iter(files.values())))
        return
    for name, content in files.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
