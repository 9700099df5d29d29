"""Every format by its name: what it takes, and the files that it makes, by theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from grader.model.report import Report
from grader.reports import (
    canvas,
    coursera,
    github,
    gradescope,
    junit,
    markdown,
    moodle,
    prairielearn,
    table,
)
from grader.reports.document import document, lines
from grader.reports.theirs import Filled, Keys

Files = Mapping[str, str]
OfReport = Callable[[Report], Files]
OfClass = Callable[[Sequence[Report]], Files]
# The reports, the exported file, what the platform calls the students, and which column of the
# file is meant, empty where there can be no doubt.
IntoTheirs = Callable[[Sequence[Report], bytes, Keys, str], Filled]


def _one(name: str, write: Callable[[Report], str]) -> OfReport:
    return lambda report: {name: write(report)}


def _many(name: str, write: Callable[[Sequence[Report]], str]) -> OfClass:
    return lambda reports: {name: write(reports)}


# Of one report; a grader inside of another platform writes it where that platform looks for it.
REPORT: Mapping[str, OfReport] = {
    "coursera": coursera.files,
    "gradescope": _one("results.json", gradescope.results),
    "json": _one("report.json", document),
    "markdown": _one("report.md", markdown.report_text),
    "prairielearn": _one("results.json", prairielearn.results),
}

# Of any number of reports.
CLASS: Mapping[str, OfClass] = {
    "csv": _many("reports.csv", table.table),
    "github": _many("annotations.txt", github.commands),
    "github-summary": _many("summary.md", github.summary),
    "jsonl": _many("reports.jsonl", lines),
    "junit": _many("junit.xml", junit.suites),
    "markdown-class": _many("reports.md", markdown.class_text),
}

# Of any number of reports, put into a file that the platform has exported.
INTO_THEIRS: Mapping[str, IntoTheirs] = {
    "canvas": canvas.fill,
    "moodle": moodle.worksheet,
}
