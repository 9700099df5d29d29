"""GitHub Actions: annotations, which are commands in a step's output, and a job's summary."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.model.report import CheckResult, Report, Verdict
from grader.reports.characters import SHORT, logged
from grader.reports.markdown import class_text
from grader.reports.outcome import failed, headline, words

# GitHub drops what comes after them, in silence.
_OF_A_KIND = 10
# It loses a longer summary whole.
_SUMMARY_BYTES = 1024 * 1024
# A line in a cell of a notebook is no line of the file.
_LINE = re.compile(r"(?<!\d, )\bline (\d{1,6})\b")


def commands(reports: Sequence[Report]) -> str:
    """Return a command for each failed check, and for each report without a grade.

    Of either kind there are as many as GitHub shows, those that cost most first; the last one
    says how many more there would have been.
    """
    costs = [
        (check.points - check.max_points, _failed(report, check))
        for report in reports
        if report.verdict is Verdict.FAILED
        for check in failed(report)
    ]
    errors = [_ended(report, "error") for report in reports if report.verdict is Verdict.ERROR]
    errors += [line for _, line in sorted(costs, key=lambda cost: cost[0])]
    waiting = [report for report in reports if report.verdict is Verdict.NEEDS_REVIEW]
    warnings = [_ended(report, "warning") for report in waiting]
    return "".join([*_shown("error", errors), *_shown("warning", warnings)])


def summary(reports: Sequence[Report]) -> str:
    """Return a job's summary, no longer than GitHub takes it."""
    return class_text(reports, at_most_bytes=_SUMMARY_BYTES)


def command(kind: str, properties: dict[str, str], message: str) -> str:
    """Return a command in one line; nothing in it ends it or begins another."""
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    shown = "\n".join(map(logged, message.split("\n")))
    return f"::{kind} {told}::{_data(shown)}\n"


def _shown(kind: str, lines: Sequence[str]) -> list[str]:
    if len(lines) <= _OF_A_KIND:
        return [*lines]
    left = len(lines) - _OF_A_KIND + 1
    return [*lines[: _OF_A_KIND - 1], f"::{kind} title=More::and {left} more like these\n"]


def _failed(report: Report, check: CheckResult) -> str:
    said = words(check)
    found = _LINE.search(said)
    place = {"file": report.file} | ({"line": found[1]} if found else {})
    return command("error", place | {"title": f"{report.student}: {check.id}"}, said)


def _ended(report: Report, kind: str) -> str:
    place = {"file": report.file, "title": report.student}
    return command(kind, place, "\n".join([headline(report), *report.notes]))


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(logged(text, SHORT)).replace(":", "%3A").replace(",", "%2C")
