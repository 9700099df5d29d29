"""PrairieLearn's `results.json`, of which it takes a megabyte at most."""

from __future__ import annotations

from typing import Any

from grader.model.report import CheckResult, Report
from grader.reports.characters import visible
from grader.reports.document import within, written
from grader.reports.outcome import headline, share, words

_AT_MOST_BYTES = 1_000_000


def results(report: Report) -> str:
    """Return the results of one submission; not gradable, at no cost, where there is no grade."""
    return within(_AT_MOST_BYTES, lambda at_most: written(_results(report, at_most)))


def _results(report: Report, at_most: int) -> dict[str, Any]:
    notes = "\n".join(visible(note, at_most) for note in report.notes)
    said = {"message": headline(report), "output": notes}
    earned = share(report)
    if earned is None:
        return {"gradable": False, **said}
    tests = [_test(check, at_most) for check in report.checks]
    return {"gradable": True, "score": round(earned, 6), **said, "tests": tests}


def _test(check: CheckResult, at_most: int) -> dict[str, Any]:
    return {
        "name": visible(check.id, at_most),
        "points": round(check.points, 6),
        "max_points": check.max_points,
        "message": check.status.value,
        "output": words(check, at_most),
    }
