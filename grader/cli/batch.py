"""Prints a class: what was taken, how far it is, and what came of it."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from grader.cli.render import VERDICTS, plain
from grader.cli.watching import duration
from grader.desk import Standing
from grader.layouts import Intake, Student
from grader.model.report import Report, Status, Verdict

# How often a line is printed where nobody can watch a bar.
_LINE_EVERY_S = 10.0
_MOST_MISTAKES = 3
_GRADES = (Verdict.PASSED, Verdict.FAILED)


def print_intake(console: Console, intake: Intake, *, is_due: bool = False) -> None:
    """Say what is graded and what is not, before anything is.

    Where the work `is_due` at some time, also of how many nobody knows when they came.
    """
    console.print(plain(intake.layout), markup=False)
    litter = sum(each.is_litter for each in intake.passed_over)
    for each in intake.passed_over:
        if not each.is_litter:
            _line(console, f"  passed over: {each.where} {each.reason}")
    if litter:
        console.print(f"  passed over: {litter} files that nobody handed in on purpose")
    for student in intake.missing:
        _line(console, f"  nothing handed in: {student.label}")
    untimed = sum(each.handed_in is None for each in intake.taken)
    if is_due and untimed:
        marked = sum(each.handed_in is None and each.is_late is True for each in intake.taken)
        also = f" ({marked} of them marked as late)" if marked else ""
        console.print(
            f"  not known when they were handed in: {untimed}{also}; nothing is deducted from them"
        )
    taken = len(intake.taken)
    console.print(f"{taken} {'submission' if taken == 1 else 'submissions'} to grade")


def watched(console: Console, standings: Iterator[Standing], total: int) -> Iterator[str]:
    """Show how far a class is, and give the ids of what is graded as it comes."""
    if not console.is_terminal:
        yield from _in_lines(console, standings, total)
        return
    columns = (
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TextColumn("{task.fields[words]}"),
        TimeRemainingColumn(),
    )
    pace = _Pace()
    with Progress(*columns, console=console, transient=True) as bars:
        bar = bars.add_task("", total=total, words="")
        for standing in standings:
            pace.see(standing)
            words = f"{standing.running} running, {standing.waiting} waiting{pace.rate}"
            bars.update(bar, completed=standing.done, words=words)
            yield from standing.graded


def _in_lines(console: Console, standings: Iterator[Standing], total: int) -> Iterator[str]:
    pace = _Pace()
    printed_s = -_LINE_EVERY_S
    for standing in standings:
        yield from standing.graded
        pace.see(standing)
        if standing.done < total and pace.took_s - printed_s < _LINE_EVERY_S:
            continue
        printed_s = pace.took_s
        console.print(
            f"{standing.done} of {total} done, {standing.running} running,"
            f" {standing.waiting} waiting, {pace.took_s:.0f} s{pace.rate}{pace.left(total)}",
            highlight=False,
        )


class _Pace:
    """How fast a class is graded: what was graded before, by an earlier call, does not count."""

    def __init__(self) -> None:
        self._began_s = time.monotonic()
        self._before: int | None = None
        self._done = 0
        self.took_s = 0.0

    def see(self, standing: Standing) -> None:
        """Take note of how far it is."""
        if self._before is None:
            self._before = standing.done
        self._done = standing.done
        self.took_s = time.monotonic() - self._began_s

    @property
    def rate(self) -> str:
        """Say how many are graded in a minute, once one was."""
        graded = self._graded
        return f", {graded / self.took_s * 60:.3g} a minute" if graded and self.took_s else ""

    def left(self, total: int) -> str:
        """Say how long the rest takes, once one was graded."""
        if not self._graded or self._done >= total:
            return ""
        return f", about {duration(self.took_s / self._graded * (total - self._done))} left"

    @property
    def _graded(self) -> int:
        return self._done - (self._before or 0)


def print_class(
    console: Console, reports: Sequence[Report], missing: Iterable[Student] = ()
) -> None:
    """Print a row for each student, then the class as a whole."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("student", ratio=2, overflow="fold")
    table.add_column("file", ratio=2, overflow="fold")
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for report in reports:
        word, style = VERDICTS[report.verdict]
        points = f"{report.score:g}" if report.verdict in _GRADES else "-"
        table.add_row(
            Text(plain(report.student)), Text(plain(report.file)), points, Text(word, style)
        )
    for student in missing:
        table.add_row(
            Text(plain(student.label)), "", "-", Text("NOTHING HANDED IN", "bright_black")
        )
    console.print()
    console.print(table)
    console.print()
    for line in summary(reports):
        _line(console, line)


def summary(reports: Sequence[Report]) -> list[str]:
    """Say how a class did: verdicts, points, and the checks that fail most, with what was found."""
    verdicts = Counter(report.verdict for report in reports)
    lines = [
        ", ".join(
            f"{verdicts[each]} {VERDICTS[each][0].lower()}" for each in Verdict if verdicts[each]
        )
    ]
    points = [report.score for report in reports if report.verdict in _GRADES]
    if len(points) > 1:
        low, middle, high = statistics.quantiles(points, n=4, method="inclusive")
        lines.append(f"points: median {middle:g}, quartiles {low:g} and {high:g}")
    failing = Counter(
        check.id for report in reports for check in report.checks if check.status is Status.FAILED
    )
    for check_id, count in failing.most_common(_MOST_MISTAKES):
        found = Counter(
            check.message
            for report in reports
            for check in report.checks
            if check.id == check_id and check.status is Status.FAILED
        )
        (message, _), *_ = found.most_common(1)
        lines.append(f"{check_id} failed {count} x, such as: {message}")
    return lines


def _line(console: Console, text: str) -> None:
    console.print(plain(text), markup=False, highlight=False)
