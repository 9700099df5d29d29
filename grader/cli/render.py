"""Reports and epochs as text for a terminal.

Whatever a submission could have written (file names, error messages, return values) is shown as
plain characters: control characters are replaced, so that no escape sequence reaches the
terminal, and what continuous integration takes for a command at the beginning of a line is pulled
apart, because any word may come to stand there when lines are broken.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.model.report import CheckResult, EpochResult, Report, Status, Verdict

# A mark, and what stands for it where the terminal has no such character.
_MARKS = {
    Status.PASSED: ("✓", "+", "green"),
    Status.FAILED: ("✗", "x", "red"),
    Status.SKIPPED: ("-", "-", "bright_black"),
}
# What to call a verdict, and how it looks.
VERDICTS = {
    Verdict.PASSED: ("PASSED", "bold green"),
    Verdict.FAILED: ("NOT PASSED", "bold red"),
    Verdict.NEEDS_REVIEW: ("NEEDS REVIEW", "bold yellow"),
    Verdict.ERROR: ("NOT GRADED", "bold yellow"),
}

# GitHub's, Azure's and TeamCity's: `::error`, `##[error]`, `##vso[...]`, `##teamcity[...]`.
_COMMAND = re.compile(r"(?<=:)(?=:)|(?<=##)(?=\w*\[)")
_GOES_ON = "    | "
# One for each eighth of the height; Windows Terminal draws the first kind itself, in any font.
_BARS, _PLAIN_BARS = "▁▂▃▄▅▆▇█", "_.-~=+*#"
_MOST_BARS = 40
_FEWEST_MISTAKES = 1e-4


def plain(text: str) -> str:
    """Return text without what a terminal, or a build's log, would obey."""
    printable = "".join(
        character
        if character.isprintable() or unicodedata.category(character) == "Zs"
        else "\ufffd"
        for character in text
    )
    return _COMMAND.sub(" ", printable)


def print_epoch(console: Console, number: int, epoch: EpochResult) -> None:
    """Print one line of live progress."""
    loss = "nan" if epoch.loss is None else f"{epoch.loss:.4f}"
    console.print(
        f"  epoch {number:2d}   accuracy {epoch.accuracy:7.2%}   loss {loss}", highlight=False
    )


def curve(console: Console, accuracies: Sequence[float]) -> str:
    """Draw a small learning curve: a bar an epoch, higher where fewer mistakes are left.

    As in the pages, from 90 % to 99 % it is as far as from 99 % to 99.9 %.
    """
    bars = _BARS if _has(console, _BARS) else _PLAIN_BARS
    shown = accuracies[-_MOST_BARS:]
    levels = [
        -math.log10(max(1 - value if math.isfinite(value) else 1.0, _FEWEST_MISTAKES))
        for value in shown
    ]
    low, high = min(levels), max(levels)
    steps = [
        round((level - low) / (high - low) * (len(bars) - 1)) if high > low else len(bars) - 1
        for level in levels
    ]
    left_out = len(accuracies) - len(shown)
    return f"{'...' if left_out else ''}{''.join(bars[step] for step in steps)}"


def print_report(console: Console, report: Report) -> None:
    """Print a whole report."""
    table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False)
    table.add_column(width=1)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, justify="right")
    table.add_column(ratio=1)
    for check in report.checks:
        mark, plain_mark, style = _MARKS[check.status]
        shown = mark if _has(console, mark) else plain_mark
        table.add_row(Text(shown, style), check.id, _points(check), _words(check, style))
    console.print()
    console.print(table)
    if len(report.training.epochs) > 1:
        _print_curve(console, [epoch.accuracy for epoch in report.training.epochs])
    for note in report.notes:
        _print_note(console, note)
    word, style = VERDICTS[report.verdict]
    console.print()
    line = Text(f"{plain(report.file)}: ")
    line.append(word, style)
    if report.verdict in (Verdict.PASSED, Verdict.FAILED):
        line.append(f", {_number(report.score)} of {_number(report.max_score)} points")
        if report.decision:
            line.append(", as a human decided")
        elif report.late and report.late.deducted:
            line.append(f", after {_number(report.late.deducted)} for being late")
    console.print(line)


def _has(console: Console, character: str) -> bool:
    try:
        character.encode(console.encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _print_curve(console: Console, accuracies: list[float]) -> None:
    drawn = curve(console, accuracies)
    console.print()
    console.print(
        f"{drawn}  {_percent(accuracies[0])} to {_percent(accuracies[-1])} in"
        f" {len(accuracies)} epochs",
        highlight=False,
        markup=False,
    )


def _percent(share: float) -> str:
    """Write a share so that nothing is rounded up to what it has not reached."""
    if not math.isfinite(share):
        return "nan"
    return f"{math.floor(share * 10_000 + 1e-6) / 100:.2f}%"


def _print_note(console: Console, note: str) -> None:
    """Print a note; where it is broken, no word of it begins a line as one of ours would."""
    text = Text(f"note: {plain(note)}", "bright_black")
    for number, line in enumerate(text.wrap(console, console.width - len(_GOES_ON))):
        line.rstrip()
        console.print(Text(_GOES_ON if number else "", "bright_black").append_text(line))


def _points(check: CheckResult) -> str:
    return f"{_number(check.points)}/{_number(check.max_points)}"


def _number(points: float) -> str:
    return f"{points:g}"


def _words(check: CheckResult, style: str) -> Text:
    words = Text(plain(check.message), style if check.status is Status.SKIPPED else "")
    if check.help:
        words.append(f"\n{plain(check.help)}", "italic")
    return words
