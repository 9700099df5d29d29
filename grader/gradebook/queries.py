"""What others read of the gradebook: lists of submissions, without their files and reports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, Select, and_, func, select

from grader.database import Database
from grader.gradebook.decisions import NEWEST, Decided, all_on, counted, newest_on
from grader.gradebook.gradebook import State
from grader.gradebook.places import Place, place_of, usual_s
from grader.gradebook.tables import decisions, submissions
from grader.model.report import Report, Verdict
from grader.model.submission import Queue, Submission


class Pick(StrEnum):
    """Which of a student's submissions to one exercise count."""

    ALL = "all"
    BEST = "best"
    LAST = "last"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which submissions are asked for; what is unset does not matter.

    `until_s` itself is not in the time that is asked for.
    """

    ids: tuple[str, ...] | None = None
    exercise: str | None = None
    student: str | None = None
    verdict: Verdict | None = None
    since_s: float | None = None
    until_s: float | None = None
    pick: Pick = Pick.ALL


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A submission in a list.

    `verdict` and `score` are what a human decided, where one has, and else the report's; unset
    while it is not graded. `submitted_at_s` is when it came into the gradebook, `handed_in_at_s`
    when the student handed it in, which is the same where nobody knows; seconds since 1970.
    """

    id: str
    exercise: str
    student: str
    file: str
    submitted_at_s: float
    handed_in_at_s: float
    state: State
    verdict: Verdict | None = None
    score: float | None = None
    max_score: float | None = None
    is_decided: bool = False


_HANDED_IN_AT_S = func.coalesce(submissions.c.handed_in_at_s, submissions.c.submitted_at_s)
_LISTED: Select[Any] = (
    select(
        submissions.c.id,
        submissions.c.exercise,
        submissions.c.student,
        submissions.c.file,
        submissions.c.submitted_at_s,
        _HANDED_IN_AT_S.label("handed_in_at_s"),
        submissions.c.state,
        func.coalesce(decisions.c.verdict, submissions.c.verdict).label("verdict"),
        func.coalesce(decisions.c.score, submissions.c.score).label("score"),
        submissions.c.max_score,
        decisions.c.number.is_not(None).label("is_decided"),
    )
    .outerjoin(NEWEST, NEWEST.c.submission_id == submissions.c.id)
    .outerjoin(
        decisions,
        and_(
            decisions.c.submission_id == NEWEST.c.submission_id,
            decisions.c.number == NEWEST.c.number,
        ),
    )
    .where(submissions.c.state != State.WITHDRAWN)
    .order_by(_HANDED_IN_AT_S, submissions.c.id)
)


class Queries:
    """Reads lists from the database of a gradebook."""

    def __init__(self, database: Database) -> None:
        """Read from a database that a `Gradebook` has opened."""
        self._database = database

    def entries(self, wanted: Wanted) -> list[Entry]:
        """List submissions, the oldest first; those that were withdrawn are left out."""
        with self._database.reading() as connection:
            rows = connection.execute(_LISTED.where(*_conditions(wanted))).all()
        entries = [_entry(row) for row in rows]
        if wanted.pick is not Pick.ALL:
            entries = _picked(entries, wanted.pick)
        # Asked of what was picked: who passed at last has no failed submission that counts.
        return [each for each in entries if wanted.verdict in (None, each.verdict)]

    def matching(self, beginning: str, limit: int = 5) -> list[Entry]:
        """List submissions whose ids begin so; of an id that is whole, no others."""
        begins = submissions.c.id.startswith(beginning, autoescape=True)
        with self._database.reading() as connection:
            rows = connection.execute(_LISTED.where(begins).limit(limit)).all()
        entries = [_entry(row) for row in rows]
        return [each for each in entries if each.id == beginning] or entries

    def reports(self, ids: Iterable[str]) -> dict[str, Report]:
        """Return the newest report of each of these submissions that has one, by id.

        What a human decided counts in it.
        """
        found: dict[str, Report] = {}
        with self._database.reading() as connection:
            for part in _parts([*ids]):
                rows = connection.execute(
                    select(submissions.c.id, submissions.c.report).where(
                        submissions.c.id.in_(part), submissions.c.report.is_not(None)
                    )
                )
                decided = newest_on(connection, part)
                found |= {
                    row.id: counted(Report.from_json(row.report), decided.get(row.id))
                    for row in rows.all()
                }
        return found

    def place(self, submission_id: str) -> Place | None:
        """Return where in the line a submission stands; None of one that does not wait."""
        with self._database.reading() as connection:
            return place_of(connection, submission_id, self._database.now_s(connection))

    def usual_s(self, exercise: str) -> float | None:
        """Return how many seconds a grading of an exercise takes of late; None if none was."""
        with self._database.reading() as connection:
            return usual_s(connection, exercise)

    def submission(self, submission_id: str) -> Submission:
        """Return a submission as it was handed in."""
        with self._database.reading() as connection:
            row = connection.execute(
                select(submissions).where(submissions.c.id == submission_id)
            ).one()
        return Submission(
            id=row.id,
            exercise=row.exercise,
            student=row.student,
            file=row.file,
            source=bytes(row.source),
            handed_in_at_s=row.handed_in_at_s,
        )

    def source(self, submission_id: str) -> bytes:
        """Return the file of a submission."""
        with self._database.reading() as connection:
            found: bytes = connection.execute(
                select(submissions.c.source).where(submissions.c.id == submission_id)
            ).scalar_one()
        return bytes(found)

    def decisions(self, submission_id: str) -> list[Decided]:
        """List what humans decided on a submission, the oldest first."""
        with self._database.reading() as connection:
            return all_on(connection, submission_id)

    def sources(self, ids: Iterable[str]) -> dict[str, bytes]:
        """Return the file of each of these submissions, by id."""
        found: dict[str, bytes] = {}
        with self._database.reading() as connection:
            for part in _parts([*ids]):
                rows = connection.execute(
                    select(submissions.c.id, submissions.c.source).where(submissions.c.id.in_(part))
                )
                found |= {row.id: bytes(row.source) for row in rows}
        return found

    def known(self, digests: Iterable[str]) -> dict[str, str]:
        """Return the ids of what was handed in before, by digest; the newest, if it was often."""
        found: dict[str, str] = {}
        with self._database.reading() as connection:
            for part in _parts([*digests]):
                rows = connection.execute(
                    select(submissions.c.digest, submissions.c.id)
                    .where(submissions.c.digest.in_(part), submissions.c.state != State.WITHDRAWN)
                    .order_by(submissions.c.submitted_at_s)
                )
                found |= {row.digest: row.id for row in rows}
        return found


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        id=row.id,
        exercise=row.exercise,
        student=row.student,
        file=row.file,
        submitted_at_s=row.submitted_at_s,
        handed_in_at_s=row.handed_in_at_s,
        state=State(row.state),
        verdict=Verdict(row.verdict) if row.verdict else None,
        score=row.score,
        max_score=row.max_score,
        is_decided=bool(row.is_decided),
    )


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    columns = submissions.c
    conditions: list[ColumnElement[bool]] = []
    if wanted.ids is not None:
        conditions.append(columns.id.in_(wanted.ids))
    else:
        # Reference solutions are nobody's work: only who knows of one asks for it.
        conditions.append(columns.queue != Queue.CI)
    if wanted.exercise is not None:
        conditions.append(columns.exercise == wanted.exercise)
    if wanted.student is not None:
        conditions.append(columns.student == wanted.student)
    if wanted.since_s is not None:
        conditions.append(wanted.since_s <= _HANDED_IN_AT_S)
    if wanted.until_s is not None:
        conditions.append(wanted.until_s > _HANDED_IN_AT_S)
    return conditions


def _picked(entries: Sequence[Entry], pick: Pick) -> list[Entry]:
    """Keep one submission of each student to each exercise, in the order of the list."""
    kept: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        place = entry.student, entry.exercise
        before = kept.get(place)
        if before is None or pick is Pick.LAST or _merit(entry) >= _merit(before):
            kept[place] = entry
    ids = {entry.id for entry in kept.values()}
    return [entry for entry in entries if entry.id in ids]


def _merit(entry: Entry) -> tuple[bool, float]:
    """Order submissions: one that passed is better than one that did not, then points count."""
    return entry.verdict is Verdict.PASSED, -1.0 if entry.score is None else entry.score


def _parts(digests: Sequence[str], size: int = 500) -> Iterable[Sequence[str]]:
    """Divide a list: a statement takes only so many values."""
    return (digests[start : start + size] for start in range(0, len(digests), size))
