"""What a report comes to: points where it is a grade, and one sentence where it is not."""

from __future__ import annotations

from grader.model.report import CheckResult, Report, Status, Verdict
from grader.reports.characters import LONG, visible

_GRADES = (Verdict.PASSED, Verdict.FAILED)


def is_grade(report: Report) -> bool:
    """Return whether a report's points may be counted."""
    return report.verdict in _GRADES


def share(report: Report) -> float | None:
    """Return the share of the points, from 0 to 1; None where there is no grade."""
    if not is_grade(report) or report.max_score <= 0:
        return None
    return min(1.0, max(0.0, report.score / report.max_score))


def scaled(report: Report, maximum: float) -> float | None:
    """Return a grade in points of another maximum; None where there is no grade."""
    earned = share(report)
    return None if earned is None else earned * maximum


def number(value: float) -> str:
    """Write a number with at most two decimals, in no country's way."""
    # Adding 0 makes zero of what would be written as -0.
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")


def headline(report: Report) -> str:
    """Say in one sentence how a submission ended."""
    match report.verdict:
        case Verdict.PASSED:
            return f"Passed: {_of(report)}."
        case Verdict.FAILED:
            return f"Not passed: {_of(report)}."
        case Verdict.NEEDS_REVIEW:
            return "Needs a human review: there are no points until somebody has looked at it."
        case Verdict.ERROR:
            return "Not graded: the grader failed, not the submission, and there are no points."


def failed(report: Report) -> list[CheckResult]:
    """Return the checks that failed, those that cost most first."""
    found = [check for check in report.checks if check.status is Status.FAILED]
    return sorted(found, key=lambda check: check.points - check.max_points)


def words(check: CheckResult, at_most: int = LONG) -> str:
    """Return what a check says, and its help below."""
    said = (visible(text, at_most) for text in (check.message, check.help) if text)
    return "\n".join(said)


def _of(report: Report) -> str:
    if report.decision:
        return f"{number(report.score)} of {number(report.max_score)} points, as a human decided"
    late = report.late
    after = f", after {number(late.deducted)} for being late" if late and late.deducted else ""
    return f"{number(report.score)} of {number(report.max_score)} points{after}"
