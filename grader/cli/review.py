"""The command for what a human has to decide: it lists, shows, and takes decisions."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from grader import desk
from grader.cli import options, records, render
from grader.cli.look import named, opened
from grader.errors import SettingsError
from grader.exercises import Catalogue
from grader.gradebook import Entry, Queries, Wanted
from grader.model.report import Report, Verdict
from grader.reports import listing
from grader.reports.document import document
from grader.settings import read_settings

_LONGEST_REASON = 1000

app = typer.Typer()


@app.command(
    epilog=options.examples(
        "grader review",
        "grader review 5b461aa1 --verdict passed --reason 'the layer is sound'",
        "grader review 5b461aa1 --points 80 --reason 'appeal of 3 May'",
    )
)
def review(  # noqa: PLR0913, PLR0917 - what a human can say
    submission: Annotated[
        str, typer.Argument(metavar="[ID]", help="Which one; else all are listed.")
    ] = "",
    verdict: Annotated[
        Verdict | None, typer.Option(help="Decide: passed or failed.", show_default=False)
    ] = None,
    points: Annotated[
        float | None, typer.Option(help="Decide: how many points.", show_default=False)
    ] = None,
    reason: Annotated[
        str, typer.Option(help="Why; the student reads it.", show_default=False)
    ] = "",
    by: Annotated[str, typer.Option(help="Who decides; else you.", show_default=False)] = "",
    exercise: options.ExerciseFilter = "",
    student: options.StudentFilter = "",
    *,
    as_json: options.AsJson = False,
    as_csv: options.AsCsv = False,
) -> None:
    """List what a human must decide, show one of them, or decide it."""
    options.require_one(as_json=as_json, as_csv=as_csv)
    decides = verdict is not None or points is not None
    if not submission:
        if decides or reason:
            raise SettingsError("a decision is on one submission: name its id")
        _list(exercise, student, as_json=as_json, as_csv=as_csv)
        return
    with opened() as (gradebook, queries):
        entry = named(queries, submission)
        report = queries.reports([entry.id]).get(entry.id)
        if report is None:
            raise SettingsError(f"submission {entry.id} has no report yet: there is nothing to do")
        if decides:
            ruling = desk.Ruling(
                verdict,
                points,
                options.one_line("--reason", reason, _LONGEST_REASON),
                options.one_line("--by", by) if by else options.user(),
            )
            settings = read_settings()
            rubric = Catalogue(settings.rubric).rubric(entry.exercise)
            desk.decide(gradebook, report, rubric, ruling)
            report = queries.reports([entry.id])[entry.id]
        elif reason:
            raise SettingsError("--reason is for a decision: add --verdict, --points or both")
        if as_json:
            typer.echo(document(report), nl=False)
            return
        if as_csv:
            typer.echo(listing.table([named(queries, entry.id)]), nl=False)
            return
        _show(queries, entry, report, is_new=decides)


def _list(exercise: str, student: str, *, as_json: bool, as_csv: bool) -> None:
    wanted = Wanted(
        exercise=exercise or None,
        student=options.student_name(student) if student else None,
        verdict=Verdict.NEEDS_REVIEW,
    )
    with opened() as (_, queries):
        entries = queries.entries(wanted)
        reports = queries.reports(entry.id for entry in entries)
    if as_json or as_csv:
        typer.echo(listing.lines(entries) if as_json else listing.table(entries), nl=False)
        return
    console = Console(highlight=False)
    for entry in entries:
        console.print(_named(entry), markup=False)
        for note in reports[entry.id].notes[:1]:
            console.print(Padding(Text(render.plain(note)), (0, 0, 0, 2)))
    if not entries:
        console.print("Nothing waits for a human.")
        return
    console.print()
    console.print(f"{len(entries)} to decide: `grader review ID` shows one.", markup=False)


def _named(entry: Entry) -> str:
    return render.plain(f"{entry.id[:8]}  {entry.exercise}, by {entry.student}: {entry.file}")


def _show(queries: Queries, entry: Entry, report: Report, *, is_new: bool) -> None:
    console = Console(highlight=False)
    records.print_submission(console, entry, report, None)
    decisions = queries.decisions(entry.id)
    if len(decisions) > 1:
        console.print()
        console.print("Earlier decisions:")
    for each in decisions[:-1]:
        said = f"  {records.moment(each.at_s)}, {each.by}: {each.verdict.value}, {each.score:g}"
        console.print(Text(render.plain(f"{said} points. {each.reason}")))
    if not is_new:
        console.print()
        console.print(
            f"`grader show {entry.id[:8]} --source` prints the file. Decide with `grader review"
            f" {entry.id[:8]} --verdict passed --reason ...`, --points or both.",
            markup=False,
        )
