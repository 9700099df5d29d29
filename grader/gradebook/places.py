"""Where a submission stands in the line, and how long one like it usually takes."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from grader.gradebook.tables import attempts, reports, submissions
from grader.model.submission import Queue

# So many of the newest are asked how long they took.
_SAMPLE = 20
_RANKS = {queue.value: rank for rank, queue in enumerate(Queue)}


class Place(NamedTuple):
    """A place in the line: how many are served `ahead` of it, and how many are `running`."""

    ahead: int
    running: int


def place_of(connection: Connection, submission_id: str, now_s: float) -> Place | None:
    """Return the place of a submission that waits; None of one that does not."""
    own = connection.execute(
        select(submissions.c.queue, submissions.c.submitted_at_s).where(
            submissions.c.id == submission_id, submissions.c.state == "queued"
        )
    ).one_or_none()
    if own is None:
        return None
    rank = _RANKS.get(own.queue, len(_RANKS))
    before = or_(
        _rank() < rank,
        and_(
            _rank() == rank,
            or_(
                submissions.c.submitted_at_s < own.submitted_at_s,
                # Handed in at once, they are served by their ids.
                and_(
                    submissions.c.submitted_at_s == own.submitted_at_s,
                    submissions.c.id < submission_id,
                ),
            ),
        ),
    )
    waiting = and_(submissions.c.state == "queued", before)
    running = and_(submissions.c.state == "leased", submissions.c.due_at_s > now_s)
    counted = connection.execute(
        select(
            func.count().filter(waiting).label("ahead"),
            func.count().filter(running).label("running"),
        )
        .select_from(submissions)
        .where(submissions.c.state.in_(["queued", "leased"]))
    ).one()
    return Place(counted.ahead, counted.running)


def usual_s(connection: Connection, exercise: str) -> float | None:
    """Return how long the newest gradings of an exercise took, in the middle; None of none."""
    took = (
        select((reports.c.made_at_s - attempts.c.began_at_s).label("took_s"))
        .join(
            attempts,
            and_(
                attempts.c.submission_id == reports.c.submission_id,
                attempts.c.number == reports.c.attempt,
            ),
        )
        .join(submissions, submissions.c.id == reports.c.submission_id)
        .where(submissions.c.exercise == exercise)
        .order_by(reports.c.made_at_s.desc())
        .limit(_SAMPLE)
    )
    found = sorted(connection.scalars(took).all())
    return found[len(found) // 2] if found else None


def _rank() -> ColumnElement[int]:
    return case(_RANKS, value=submissions.c.queue, else_=len(_RANKS))
