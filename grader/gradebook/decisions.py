"""What humans decided: rows that stand beside reports, the newest of which counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, func, insert, select

from grader.gradebook.tables import decisions
from grader.model.report import Decision, Report, Verdict


class Decided(NamedTuple):
    """A decision as it is kept, with its number among those on one submission."""

    submission_id: str
    number: int
    verdict: Verdict
    score: float
    reason: str
    by: str
    at_s: float


# The number of the newest decision on each submission.
NEWEST = (
    select(decisions.c.submission_id, func.max(decisions.c.number).label("number"))
    .group_by(decisions.c.submission_id)
    .subquery()
)


def add(connection: Connection, decided: Decided) -> None:
    """Write a decision as the newest on its submission; `number` is counted here."""
    newest = connection.scalar(
        select(func.max(decisions.c.number)).where(
            decisions.c.submission_id == decided.submission_id
        )
    )
    connection.execute(
        insert(decisions).values(
            submission_id=decided.submission_id,
            number=(newest or 0) + 1,
            verdict=decided.verdict,
            score=decided.score,
            reason=decided.reason,
            decided_by=decided.by,
            decided_at_s=decided.at_s,
        )
    )


def all_on(connection: Connection, submission_id: str) -> list[Decided]:
    """List what was decided on a submission, the oldest first."""
    rows = connection.execute(
        select(decisions)
        .where(decisions.c.submission_id == submission_id)
        .order_by(decisions.c.number)
    )
    return [_decided(row) for row in rows]


def newest_on(connection: Connection, ids: Sequence[str]) -> dict[str, Decided]:
    """Return the newest decision on each of these submissions that has one."""
    asked: Select[Any] = (
        select(decisions)
        .join(
            NEWEST,
            (NEWEST.c.submission_id == decisions.c.submission_id)
            & (NEWEST.c.number == decisions.c.number),
        )
        .where(decisions.c.submission_id.in_(ids))
    )
    return {row.submission_id: _decided(row) for row in connection.execute(asked)}


def counted(report: Report, decided: Decided | None) -> Report:
    """Return a report with what a human decided in place of what the machine found."""
    if decided is None:
        return report
    return report.decided(
        Decision(
            verdict=decided.verdict,
            score=decided.score,
            reason=decided.reason,
            by=decided.by,
            at_s=decided.at_s,
            machine_verdict=report.verdict,
            machine_score=report.score,
        )
    )


def _decided(row: Any) -> Decided:
    return Decided(
        submission_id=row.submission_id,
        number=row.number,
        verdict=Verdict(row.verdict),
        score=row.score,
        reason=row.reason,
        by=row.decided_by,
        at_s=row.decided_at_s,
    )
