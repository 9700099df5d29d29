"""What a page says of the checks: what to mend first, then what was left out, then what holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from grader.model.report import CheckResult, Report, Status, Verdict
from grader.pages.handed import Handed
from grader.reports.outcome import is_grade, number, share

_WORDS = {
    Verdict.PASSED: "Passed",
    Verdict.FAILED: "Not passed",
    Verdict.NEEDS_REVIEW: "Needs a human review",
    Verdict.ERROR: "Not graded",
}
_WHY = {
    Verdict.NEEDS_REVIEW: "There are no points until somebody has looked at it.",
    Verdict.ERROR: "The grader failed, not the submission, and there are no points.",
}


@dataclass(frozen=True)
class Outcome:
    """How a submission ended: its class for the style, and words; `points` only of a grade."""

    verdict: Verdict
    words: str
    points: str
    share: float
    why: str
    is_decided: bool


@dataclass(frozen=True)
class CheckShown:
    """A check: what it looks for, what was found, and in which places of the file."""

    id: str
    asks: str
    points: str
    max_points: str
    message: str
    help: str
    places: tuple[int, ...]


def outcome(handed: Handed) -> Outcome:
    """Say how a submission ended."""
    report, verdict, score = handed.report, handed.report.verdict, handed.report.score
    return Outcome(
        verdict=verdict,
        words=_WORDS[verdict],
        points=f"{number(score)} of {number(report.max_score)} points" if is_grade(report) else "",
        share=share(report) or 0.0,
        why=_late(report) if is_grade(report) else _WHY[verdict],
        is_decided=report.decision is not None,
    )


def shown(
    checks: Iterable[CheckResult],
    status: Status,
    asks: Mapping[str, str],
    places: Mapping[str, tuple[int, ...]],
) -> list[CheckShown]:
    """Return the checks that ended so; those that cost most come first."""
    found = [check for check in checks if check.status is status]
    return [
        CheckShown(
            id=check.id,
            asks=asks.get(check.id, ""),
            points=number(check.points),
            max_points=number(check.max_points),
            message=check.message,
            help=check.help,
            places=places.get(check.id, ()),
        )
        for check in sorted(found, key=lambda check: check.points - check.max_points)
    ]


def _late(report: Report) -> str:
    late = report.late
    return f"{number(late.deducted)} points were deducted for being late." if late else ""
