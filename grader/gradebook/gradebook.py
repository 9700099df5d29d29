"""What the rest of the grader can do with the gradebook."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import bindparam, case, insert, select, update

from grader.database import Database
from grader.errors import LeaseLostError
from grader.gradebook import decisions
from grader.gradebook.tables import attempts, epochs, reports, submissions
from grader.migrations import prepare
from grader.model.report import EpochResult, Report, Verdict
from grader.model.submission import Attempt, Queue, Submission

MAX_ATTEMPTS = 3
LEASE_S = 60.0
REDELIVER_S = 30.0
MAX_REDELIVER_S = 900.0
# Not the file: it may be 10 MiB, and these are asked for again and again.
_OF_DUE = (
    submissions.c.id,
    submissions.c.attempt,
    submissions.c.queue,
    submissions.c.submitted_at_s,
)


class State(StrEnum):
    """Where a submission is."""

    QUEUED = "queued"
    LEASED = "leased"
    GRADED = "graded"
    WITHDRAWN = "withdrawn"


# Built once, because building a statement takes longer than running it.
_LEASE = (
    update(submissions)
    .where(
        submissions.c.id == bindparam("asked_id"),
        (submissions.c.state == State.QUEUED)
        | ((submissions.c.state == State.LEASED) & (submissions.c.due_at_s <= bindparam("now_s"))),
    )
    .values(state=State.LEASED, attempt=submissions.c.attempt + 1, due_at_s=bindparam("until_s"))
    .returning(submissions)
)
# What is set comes with the values.
_CHANGE = update(submissions).where(
    submissions.c.id == bindparam("held_id"),
    submissions.c.attempt == bindparam("held_attempt"),
    submissions.c.state == State.LEASED,
)
_END_ATTEMPT = update(attempts).where(
    attempts.c.submission_id == bindparam("held_id"),
    attempts.c.number == bindparam("held_attempt"),
)
_PROGRESS = select(
    submissions.c.state, submissions.c.attempt, submissions.c.report, submissions.c.queue
).where(submissions.c.id == bindparam("asked_id"))
_EPOCHS = (
    select(epochs.c.accuracy, epochs.c.loss)
    .where(
        epochs.c.submission_id == bindparam("asked_id"),
        epochs.c.attempt == bindparam("asked_attempt"),
    )
    .order_by(epochs.c.number)
)


class Due(NamedTuple):
    """A submission that nobody is working on, and the queue it belongs to."""

    submission_id: str
    attempt: int
    queue: Queue


class Progress(NamedTuple):
    """What is known of a submission so far."""

    state: State
    attempt: int
    epochs: tuple[EpochResult, ...]
    report: Report | None
    queue: Queue


class Gradebook:
    """The database behind the service; safe to use from many processes at once."""

    def __init__(self, database: Database) -> None:
        """Use `database`, and create the gradebook's tables where it is empty.

        Raises:
            ServiceError: It cannot be reached, or is of another version.
        """
        self._database = database
        prepare(database)

    def close(self) -> None:
        """Close all connections."""
        self._database.close()

    def add(self, added: Sequence[Submission], queue: Queue) -> None:
        """Add submissions, all or none; they are safe in the database when this returns."""
        with self._database.writing() as connection:
            now_s = self._database.now_s(connection)
            connection.execute(
                insert(submissions),
                [
                    {
                        **msgspec.structs.asdict(submission),
                        "digest": submission.digest,
                        "handed_in_at_s": _handed_in_at_s(submission, queue, now_s),
                        "queue": queue,
                        "submitted_at_s": now_s,
                        "state": State.QUEUED,
                        "attempt": 0,
                        "due_at_s": now_s + REDELIVER_S,
                    }
                    for submission in added
                ],
            )

    def lease(self, submission_id: str) -> Attempt | None:
        """Lease a submission, or return None when somebody else works on it or it has ended."""
        with self._database.writing() as connection:
            now_s = self._database.now_s(connection)
            asked = {"asked_id": submission_id, "now_s": now_s, "until_s": now_s + LEASE_S}
            row = connection.execute(_LEASE, asked).one_or_none()
            if row is None:
                return None
            connection.execute(
                insert(attempts),
                {"submission_id": row.id, "number": row.attempt, "began_at_s": now_s},
            )
        submission = Submission(
            id=row.id,
            exercise=row.exercise,
            student=row.student,
            file=row.file,
            source=bytes(row.source),
            handed_in_at_s=row.handed_in_at_s,
        )
        return Attempt(
            submission=submission,
            number=row.attempt,
            queued_s=now_s - row.submitted_at_s,
            tried_before=row.tried_before,
        )

    def renew(self, attempt: Attempt) -> None:
        """Hold the lease for another while.

        Raises:
            LeaseLostError: Somebody else has it by now.
        """
        self._change(attempt, due_in_s=LEASE_S)

    def add_epoch(self, attempt: Attempt, number: int, accuracy: float, loss: float | None) -> None:
        """Record an epoch for those who watch."""
        with self._database.writing() as connection:
            connection.execute(
                insert(epochs),
                {
                    "submission_id": attempt.submission.id,
                    "attempt": attempt.number,
                    "number": number,
                    "accuracy": accuracy,
                    "loss": loss,
                },
            )

    def finish(self, attempt: Attempt, report: Report) -> None:
        """Record the report of an attempt.

        Raises:
            LeaseLostError: Somebody else has the submission by now; the report is dropped.
        """
        if attempt.tried_before and report.verdict is Verdict.ERROR:
            # Our fault must not take away what was graded before.
            self._change(attempt, "not graded again", state=State.GRADED)
            return
        document = report.to_json()
        self._change(
            attempt,
            "graded",
            document,
            state=State.GRADED,
            report=document,
            verdict=report.verdict,
            score=report.score,
            max_score=report.max_score,
        )

    def give_back(self, attempt: Attempt, reason: str) -> None:
        """End an attempt that failed through our fault, so that it is tried again.

        Raises:
            LeaseLostError: Somebody else has the submission by now.
        """
        self._change(attempt, reason, due_in_s=0.0, state=State.QUEUED)

    def decide(self, decided: decisions.Decided) -> None:
        """Keep what a human decided, now, beside the report."""
        with self._database.writing() as connection:
            now_s = self._database.now_s(connection)
            decisions.add(connection, decided._replace(at_s=now_s))

    def reopen(self, ids: Sequence[str]) -> list[Due]:
        """Have graded submissions graded again; what they had counts until there is a new report.

        Returns what has to be put on the queue: only what is graded can be graded again.
        """
        opened = []
        with self._database.writing() as connection:
            now_s = self._database.now_s(connection)
            for submission_id in ids:
                row = connection.execute(
                    update(submissions)
                    .where(submissions.c.id == submission_id, submissions.c.state == State.GRADED)
                    .values(
                        state=State.QUEUED,
                        tried_before=submissions.c.attempt,
                        due_at_s=now_s + REDELIVER_S,
                        queue=case((submissions.c.queue == Queue.CI, Queue.CI), else_=Queue.BATCH),
                    )
                    .returning(submissions.c.attempt, submissions.c.queue)
                ).one_or_none()
                if row is not None:
                    opened.append(Due(submission_id, row.attempt, Queue(row.queue)))
        return opened

    def keep(self, ids: Sequence[str]) -> None:
        """End the grading again of submissions, which keep the reports that they have."""
        with self._database.writing() as connection:
            for submission_id in ids:
                connection.execute(
                    update(submissions)
                    .where(
                        submissions.c.id == submission_id,
                        submissions.c.tried_before > 0,
                        submissions.c.state.in_([State.QUEUED, State.LEASED]),
                    )
                    .values(state=State.GRADED)
                )

    def withdraw(self, submission_id: str) -> None:
        """End a submission that whoever submitted it no longer wants graded."""
        open_ = submissions.c.state.in_([State.QUEUED, State.LEASED])
        with self._database.writing() as connection:
            connection.execute(
                update(submissions)
                .where(submissions.c.id == submission_id, open_)
                .values(state=State.WITHDRAWN)
            )

    def take_due(self, only: str | None = None) -> list[Due]:
        """List submissions to hand to the queue again, and put off their next time.

        Args:
            only: Id of the one submission to look at; None means all.
        """
        with self._database.writing() as connection:
            now_s = self._database.now_s(connection)
            due = (submissions.c.due_at_s <= now_s) & submissions.c.state.in_(
                [State.QUEUED, State.LEASED]
            )
            if only is not None:
                due &= submissions.c.id == only
            rows = connection.execute(select(*_OF_DUE).where(due)).all()
            for row in rows:
                # Put off only where nobody was faster; a leased row stays leasable by its own time.
                connection.execute(
                    update(submissions)
                    .where(submissions.c.id == row.id, submissions.c.state == State.QUEUED)
                    .values(due_at_s=now_s + _patience_s(now_s - row.submitted_at_s))
                )
        return [Due(row.id, row.attempt, Queue(row.queue)) for row in rows]

    def progress(self, submission_id: str) -> Progress | None:
        """Return what is known of a submission, or None when there is none of this id."""
        with self._database.reading() as connection:
            row = connection.execute(_PROGRESS, {"asked_id": submission_id}).one_or_none()
            if row is None:
                return None
            trained = connection.execute(
                _EPOCHS, {"asked_id": submission_id, "asked_attempt": row.attempt}
            ).all()
            decided = decisions.newest_on(connection, [submission_id]) if row.report else {}
        return Progress(
            state=State(row.state),
            attempt=row.attempt,
            epochs=tuple(EpochResult(epoch.accuracy, epoch.loss) for epoch in trained),
            report=(
                decisions.counted(Report.from_json(row.report), decided.get(submission_id))
                # While it is graded again, whoever follows waits for the new one.
                if row.report and row.state == State.GRADED
                else None
            ),
            queue=Queue(row.queue),
        )

    def outcomes(self, submission_id: str) -> list[str | None]:
        """List how each attempt at a submission ended, oldest first."""
        with self._database.reading() as connection:
            found: Sequence[str | None] = connection.scalars(
                select(attempts.c.outcome)
                .where(attempts.c.submission_id == submission_id)
                .order_by(attempts.c.number)
            ).all()
        return list(found)

    def _change(
        self,
        attempt: Attempt,
        outcome: str | None = None,
        report_made: str | None = None,
        due_in_s: float | None = None,
        **values: Any,
    ) -> None:
        held = {"held_id": attempt.submission.id, "held_attempt": attempt.number}
        with self._database.writing() as connection:
            if due_in_s is not None:
                values["due_at_s"] = self._database.now_s(connection) + due_in_s
            if not connection.execute(_CHANGE, held | values).rowcount:
                raise LeaseLostError(
                    f"attempt {attempt.number} at {attempt.submission.id} is no longer ours"
                )
            if outcome is not None:
                connection.execute(_END_ATTEMPT, held | {"outcome": outcome})
            if report_made is not None:
                connection.execute(
                    insert(reports),
                    {
                        "submission_id": attempt.submission.id,
                        "attempt": attempt.number,
                        "report": report_made,
                        "made_at_s": self._database.now_s(connection),
                    },
                )


def _handed_in_at_s(submission: Submission, queue: Queue, now_s: float) -> float | None:
    """Return when something was handed in; who waits for the answer does so now."""
    if submission.handed_in_at_s is None and queue is Queue.INTERACTIVE:
        return now_s
    return submission.handed_in_at_s


def _patience_s(waited_s: float) -> float:
    """Return when to hand over again what has waited so long.

    The longer, the rarer, because behind a backlog messages must not pile up; but a lost one must
    be noticed, however old its submission is.
    """
    return min(max(REDELIVER_S, waited_s), MAX_REDELIVER_S)
