"""Hands work in: rows first, then ids on the queue, so that nothing is lost in between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from grader.gradebook import Entry, Gradebook, State
from grader.layouts import Taken
from grader.model.submission import Queue, Submission
from grader.queue import create_app, enqueue
from grader.service import Service


class Work(NamedTuple):
    """A file that somebody hands in; names as they came from disk or the command line.

    `handed_in_at_s` is when the student did so, where a platform tells.
    """

    student: str
    file: str
    source: bytes
    handed_in_at_s: float | None = None

    def submission(self, exercise: str) -> Submission:
        """Return it as a submission, with an id of its own."""
        return Submission(
            exercise=exercise,
            student=_characters(self.student),
            file=_characters(self.file),
            source=self.source,
            handed_in_at_s=self.handed_in_at_s,
        )


def work_of(taken: Taken) -> Work:
    """Return what was taken of a class as work to hand in."""
    handed_in = taken.handed_in.timestamp() if taken.handed_in else None
    return Work(taken.student.label, taken.file, taken.source, handed_in)


def hand_in(
    gradebook: Gradebook, service: Service, works: Sequence[Work], *, exercise: str, queue: Queue
) -> list[Submission]:
    """Write submissions to the gradebook, then put their ids on a queue.

    Raises:
        ServiceError: The gradebook or the queue cannot be reached; what is in the gradebook by then
            is graded all the same, once a worker looks for it.
    """
    submissions = [work.submission(exercise) for work in works]
    if not submissions:
        return []
    gradebook.add(submissions, queue)
    app = create_app(service.broker_url)
    for submission in submissions:
        enqueue(app, submission.id, 0, queue)
    return submissions


def wake(service: Service, entries: Iterable[Entry], queue: Queue) -> None:
    """Put what waits since an earlier call on this service's queue: its own may be gone."""
    app = create_app(service.broker_url)
    for entry in entries:
        if entry.state in (State.QUEUED, State.LEASED):
            enqueue(app, entry.id, 0, queue)


@contextmanager
def withdrawn_if_interrupted(
    gradebook: Gradebook, service: Service, submissions: Sequence[Submission]
) -> Iterator[None]:
    """Withdraw submissions when their embedded service ends early: nobody would grade them."""
    try:
        yield
    except BaseException:
        if service.worker is not None:
            for submission in submissions:
                gradebook.withdraw(submission.id)
        raise


def _characters(name: str) -> str:
    """Return a name as text: on disk and on the command line it is bytes of any encoding."""
    return name.encode("utf-8", "replace").decode()
