"""Prints what the gradebook holds: a submission, lists of submissions."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.cli.render import VERDICTS, plain, print_epoch, print_report
from grader.gradebook import Entry, State
from grader.gradebook.gradebook import Progress
from grader.model.report import Report, Verdict
from grader.reports.listing import points
from grader.reports.outcome import number

# Enough of an id to name a submission by.
_DIGITS = 8
_STATES = {State.QUEUED: "waits", State.LEASED: "is graded"}


def print_submission(
    console: Console, entry: Entry, report: Report | None, progress: Progress | None
) -> None:
    """Print whose a submission is, and its report, or how far it is."""
    _line(console, f"{entry.exercise}, by {entry.student}")
    _line(console, f"submission {entry.id}, handed in {moment(entry.handed_in_at_s)}")
    if report is not None:
        print_report(console, report)
        return
    attempt = progress.attempt if progress else 0
    tries = f", in attempt {attempt}" if attempt > 1 else ""
    _line(console, f"It {_STATES.get(entry.state, entry.state)}{tries}; there is no report yet.")
    for place, epoch in enumerate(progress.epochs if progress else (), 1):
        print_epoch(console, place, epoch)


def print_scores(console: Console, entries: Sequence[Entry]) -> None:
    """Print a row for each student and exercise, then the whole."""
    several = len({entry.exercise for entry in entries}) > 1
    table = _table("id", "student", *(["exercise"] if several else []), "handed in", "points", "")
    for entry in entries:
        exercise = [Text(plain(entry.exercise))] if several else []
        table.add_row(
            entry.id[:_DIGITS],
            Text(plain(entry.student)),
            *exercise,
            moment(entry.handed_in_at_s)[:10],
            _points(entry),
            _verdict(entry),
        )
    _print(console, table, entries)


def print_history(console: Console, entries: Sequence[Entry]) -> None:
    """Print a row for each submission of one student, the oldest first."""
    several = len({entry.exercise for entry in entries}) > 1
    table = _table("id", "file", *(["exercise"] if several else []), "handed in", "points", "")
    for entry in entries:
        exercise = [Text(plain(entry.exercise))] if several else []
        table.add_row(
            entry.id[:_DIGITS],
            Text(plain(entry.file)),
            *exercise,
            moment(entry.handed_in_at_s),
            _points(entry),
            _verdict(entry),
        )
    _print(console, table, entries)


def moment(seconds: float) -> str:
    """Return a time as this machine's clock shows it."""
    return f"{datetime.fromtimestamp(seconds).astimezone():%Y-%m-%d %H:%M}"


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in columns:
        words = name in ("student", "file", "exercise")
        table.add_column(
            name,
            ratio=(1 if name == "exercise" else 2) if words else None,
            overflow="fold",
            no_wrap=not words,
            justify="right" if name == "points" else "left",
        )
    return table


def _print(console: Console, table: Table, entries: Sequence[Entry]) -> None:
    if not entries:
        console.print("No submission is of this kind.")
        return
    console.print(table)
    console.print()
    for line in _summary(entries):
        _line(console, line)


def _summary(entries: Sequence[Entry]) -> list[str]:
    verdicts = Counter(entry.verdict for entry in entries)
    words = [f"{verdicts[each]} {VERDICTS[each][0].lower()}" for each in Verdict if verdicts[each]]
    if verdicts[None]:
        words.append(f"{verdicts[None]} not graded yet")
    lines = [", ".join(words)]
    shares = [earned for entry in entries if (earned := points(entry)) is not None]
    same = len({(entry.exercise, entry.max_score) for entry in entries if entry.max_score}) == 1
    if len(shares) > 1 and same:
        low, middle, high = statistics.quantiles(shares, n=4, method="inclusive")
        lines.append(f"points: median {number(middle)}, quartiles {number(low)} and {number(high)}")
    return lines


def _points(entry: Entry) -> str:
    earned = points(entry)
    return "-" if earned is None else f"{number(earned)}/{number(entry.max_score or 0)}"


def _verdict(entry: Entry) -> Text:
    if entry.verdict is None:
        return Text("NOT YET", "bright_black")
    word, style = VERDICTS[entry.verdict]
    return Text(word, style)


def _line(console: Console, text: str) -> None:
    console.print(plain(text), markup=False, highlight=False)
