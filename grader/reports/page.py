"""HTML of a report: for platforms that show some, with nothing in it but text."""

from __future__ import annotations

import re
from html import escape

from grader.model.report import CheckResult, Report, Status
from grader.reports.characters import LONG, visible
from grader.reports.outcome import headline, is_grade, number, words

# A page that is printed to a build's log holds none of its commands; who sees the page sees it all.
_COMMAND = re.compile(r"(?<=:):|(?<=#)#")
_MARKS = {Status.PASSED: "passed", Status.FAILED: "failed", Status.SKIPPED: "skipped"}


def page(report: Report, at_most: int = LONG) -> str:
    """Return a page on one report, which loads nothing and runs nothing."""
    title = _text(f"{report.exercise or 'Report'}: {report.file}", at_most)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{title}</title>\n</head>\n<body>\n<h1>{title}</h1>\n"
        f"{comment(report, at_most)}\n</body>\n</html>\n"
    )


def comment(report: Report, at_most: int = LONG) -> str:
    """Return what a page says of a report, in one line of HTML."""
    checks = "".join(_check(report, check, at_most) for check in report.checks)
    notes = "".join(f"<p>Note: {_text(note, at_most)}</p>" for note in report.notes)
    listed = f"<ul>{checks}</ul>" if checks else ""
    return f"<p><strong>{_text(headline(report), at_most)}</strong></p>{listed}{notes}"


def _check(report: Report, check: CheckResult, at_most: int) -> str:
    points = f", {number(check.points)} of {number(check.max_points)}" if is_grade(report) else ""
    name = _text(check.id, at_most)
    says = _text(words(check, at_most), 2 * at_most)
    return f"<li><strong>{name}</strong> ({_MARKS[check.status]}{points})<br>{says}</li>"


def _text(text: str, at_most: int) -> str:
    shown = "<br>".join(escape(visible(text, at_most)).split("\n"))
    return _COMMAND.sub(lambda found: f"&#{ord(found[0])};", shown)
