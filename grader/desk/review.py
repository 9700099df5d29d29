"""A human's decision on a submission: what it comes to, and that it is kept."""

from __future__ import annotations

from dataclasses import dataclass

from grader.errors import SettingsError
from grader.gradebook import Decided, Gradebook
from grader.model.report import Report, Verdict
from grader.model.rubric import Rubric

_GRADES = (Verdict.PASSED, Verdict.FAILED)


@dataclass(frozen=True)
class Ruling:
    """What a human says: a verdict, points or both, why, and who it is."""

    verdict: Verdict | None
    points: float | None
    reason: str
    by: str


def decide(gradebook: Gradebook, report: Report, rubric: Rubric, ruling: Ruling) -> Decided:
    """Keep a decision beside a report, which stays as the machine made it.

    Points are final. A verdict without points leaves those of a grade; where there is no grade,
    who passes gets all points, less what being late costs, and who does not gets none. Points
    without a verdict leave that of a grade; else they pass if they reach what the rubric asks.

    Raises:
        SettingsError: There are not so many points, or the verdict is no grade.
    """
    if ruling.verdict not in (None, *_GRADES):
        raise SettingsError("--verdict can be passed or failed: a decision is a grade")
    if ruling.points is not None and not 0 <= ruling.points <= report.max_score:
        raise SettingsError(
            f"--points is {ruling.points:g}, but should be from 0 to {report.max_score:g}"
        )
    decided = Decided(
        submission_id=report.submission_id,
        number=0,
        verdict=ruling.verdict or _verdict(report, rubric, ruling.points or 0.0),
        score=_points(report, ruling.verdict) if ruling.points is None else ruling.points,
        reason=ruling.reason,
        by=ruling.by,
        at_s=0.0,
    )
    gradebook.decide(decided)
    return decided


def _verdict(report: Report, rubric: Rubric, points: float) -> Verdict:
    if report.verdict in _GRADES:
        return report.verdict
    enough = rubric.passing_score or report.max_score
    return Verdict.PASSED if points >= enough else Verdict.FAILED


def _points(report: Report, verdict: Verdict | None) -> float:
    if report.verdict in _GRADES:
        return report.score
    if verdict is not Verdict.PASSED:
        return 0.0
    percent = report.late.percent if report.late else 0.0
    return report.max_score * (1 - percent / 100)
