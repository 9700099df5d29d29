"""The commands that grade again: a class by the rubric of today, or one to settle an appeal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader import desk
from grader.cli import batch, exits, options, render
from grader.cli.files import BadFileError
from grader.cli.look import named, opened
from grader.cli.serving import serving
from grader.errors import SettingsError
from grader.exercises import DEFAULT
from grader.gradebook import Entry, Pick, State
from grader.model.report import EpochResult, Report, Verdict
from grader.protocol import Epoch
from grader.reports.document import line
from grader.reports.outcome import number
from grader.settings import read_settings

_SAME = "The same came out, digit for digit."

app = typer.Typer()


@app.command(
    epilog=options.examples(
        f"grader regrade --exercise {DEFAULT}", "grader regrade 5b461aa1 9a00c2f1"
    )
)
def regrade(  # noqa: PLR0913, PLR0917 - as many as there are filters
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID...]", help="Which ones; else all that the options leave."),
    ] = None,
    exercise: options.ExerciseFilter = "",
    student: options.StudentFilter = "",
    verdict: options.VerdictFilter = None,
    since: options.Since = "",
    until: options.Until = "",
    pick: options.PickOption = Pick.ALL,
    *,
    as_json: options.AsJson = False,
) -> None:
    """Grade again by the rubric and the checks of today; what was trained is not trained again."""
    settings = read_settings()
    wanted = options.wanted(
        exercise=exercise, student=student, verdict=verdict, since=since, until=until, pick=pick
    )
    with opened() as (_, queries):
        chosen = [named(queries, each) for each in ids] if ids else queries.entries(wanted)
        entries = [entry for entry in chosen if entry.state is State.GRADED]
        before = queries.reports(entry.id for entry in entries)
    if not entries:
        raise BadFileError("there is nothing to grade again: no report is of this kind")
    exercises = {entry.exercise for entry in entries}
    only = exercises.pop() if len(exercises) == 1 else None
    console = Console(stderr=as_json, highlight=False)
    with serving(settings, console, len(entries), only) as (gradebook, queries, service):
        with desk.graded_again(gradebook, service, [entry.id for entry in entries]) as again:
            standings = desk.follow_class(gradebook, queries, service, again)
            list(batch.watched(console, standings, len(again)))
        after = queries.reports(again)
        failed = [each for each in again if gradebook.outcomes(each)[-1] != "graded"]
    changes = {
        each: desk.Change(desk.machine(before[each]), desk.machine(after[each])) for each in again
    }
    if as_json:
        for entry in entries:
            if entry.id in changes:
                typer.echo(_document(entry, changes[entry.id], failed), nl=False)
    else:
        _print_changes(console, entries, changes, after, failed)
    raise exits.Ended(exits.NOT_GRADED if failed else exits.PASSED)


@app.command(epilog=options.examples("grader replay 5b461aa1"))
def replay(
    submission: Annotated[str, typer.Argument(metavar="ID", help="Which one.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Grade one again from nothing, and say whether the same comes out, digit for digit."""
    # Only graders have NumPy.
    from grader.desk.replay import replay as replayed  # noqa: PLC0415

    settings = read_settings()
    with opened() as (_, queries):
        entry = named(queries, submission)
        found = queries.reports([entry.id]).get(entry.id)
        work = queries.submission(entry.id)
    if found is None or desk.machine(found).verdict is Verdict.ERROR:
        raise SettingsError(f"submission {entry.id} was not graded: there is nothing to compare")
    before = desk.machine(found)
    console = Console(stderr=as_json, highlight=False)
    seen = 0

    def on_epoch(epoch: Epoch) -> None:
        nonlocal seen
        seen += 1
        render.print_epoch(console, seen, EpochResult(epoch.accuracy, epoch.loss))

    after = replayed(settings, work, before, on_epoch)
    differing, reasons = desk.differing(before, after), desk.reasons(before, after)
    if as_json:
        told = {"submission_id": entry.id, "is_same": not differing, "differing": differing}
        typer.echo(line(told | {"reasons": reasons}), nl=False)
    else:
        _print_replay(console, differing, reasons)
    raise exits.Ended(exits.NOT_PASSED if differing else exits.PASSED)


def _print_replay(console: Console, differing: Sequence[str], reasons: Sequence[str]) -> None:
    said = differing or [_SAME]
    for each in said:
        console.print(Text(render.plain(each)))
    if reasons:
        console.print("Not as it was when it was graded:")
    for each in reasons:
        console.print(Text(f"  {render.plain(each)}"))
    if differing and not reasons:
        console.print(
            "Nothing that it depends on has changed; arrays for calls are drawn anew each time."
        )


def _document(entry: Entry, change: desk.Change, failed: Sequence[str]) -> str:
    before, after = change
    return line(
        {
            "submission_id": entry.id,
            "student": entry.student,
            "exercise": entry.exercise,
            "before": {"verdict": before.verdict.value, "score": before.score},
            "after": {"verdict": after.verdict.value, "score": after.score},
            "gain": change.gain,
            "is_graded_again": entry.id not in failed,
            "is_decided": entry.is_decided,
        }
    )


def _print_changes(
    console: Console,
    entries: Sequence[Entry],
    changes: dict[str, desk.Change],
    reports: dict[str, Report],
    failed: Sequence[str],
) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("id", "student", "before", "now", ""):
        table.add_column(
            name,
            ratio=1 if name == "student" else None,
            overflow="fold",
            no_wrap=name != "student",
        )
    for entry in entries:
        change = changes.get(entry.id)
        if change is not None and change.is_one:
            decided = ", but a human decided" if reports[entry.id].decision else ""
            table.add_row(
                entry.id[:8],
                Text(render.plain(entry.student)),
                _shown(change.before),
                _shown(change.after),
                f"{change.gain:+g}{decided}" if change.gain else decided.lstrip(", "),
            )
    if table.row_count:
        console.print()
        console.print(table)
    gains = [change.gain for change in changes.values()]
    console.print()
    console.print(
        f"{len(changes)} graded again: {sum(gain > 0 for gain in gains)} gain,"
        f" {sum(gain < 0 for gain in gains)} lose,"
        f" {len(changes) - table.row_count} stay as they were"
    )
    trained_s = sum(reports[each].timing.trained_s for each in changes)
    if any(report.training.epochs for report in reports.values()):
        console.print(f"Trainings took {number(trained_s)} s; what is stored takes next to none.")
    if failed:
        console.print(f"{len(failed)} could not be graded, and keep what they had.")


def _shown(report: Report) -> str:
    word, _ = render.VERDICTS[report.verdict]
    return f"{number(report.score)} {word}"
