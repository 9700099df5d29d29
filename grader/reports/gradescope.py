"""Gradescope's `results.json`.

A test without points is a line to read. Results without any points are none to Gradescope, which
then gives no grade and tells those who run the course.
"""

from __future__ import annotations

from typing import Any

from grader.model.report import CheckResult, Report, Status
from grader.reports.characters import visible
from grader.reports.document import within, written
from grader.reports.outcome import headline, is_grade, words

_AT_MOST_BYTES = 1_000_000


def results(report: Report) -> str:
    """Return the results of one submission; without any score where there is no grade."""
    return within(_AT_MOST_BYTES, lambda at_most: written(_results(report, at_most)))


def _results(report: Report, at_most: int) -> dict[str, Any]:
    said = {
        "output": "\n".join([headline(report), *(visible(note, at_most) for note in report.notes)]),
        "output_format": "text",
        "test_output_format": "text",
        "execution_time": report.timing.graded_s,
    }
    if not is_grade(report):
        return said
    tests = [_test(check, at_most) for check in report.checks]
    return {"score": round(report.score, 6), **said, "tests": tests}


def _test(check: CheckResult, at_most: int) -> dict[str, Any]:
    said = {"name": visible(check.id, at_most), "output": words(check, at_most)}
    if check.status is Status.SKIPPED:
        return said
    return {
        "score": round(check.points, 6),
        "max_score": check.max_points,
        "status": check.status.value,
        **said,
    }
