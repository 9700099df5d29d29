"""A class at once: hands in what is new or changed, and follows all until every report is there.

What was handed in before is known by its digest, so a second call, after a change or a crash,
grades only the rest.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from grader.desk.hand_in import Work, hand_in, wake
from grader.gradebook import Gradebook, Queries, State, Wanted
from grader.model.report import Verdict
from grader.model.submission import Queue, Submission
from grader.queue import create_app, enqueue
from grader.service import Service

_POLL_S = 0.5
_ASK_AGAIN_S = 15.0


class Standing(NamedTuple):
    """How far a class is; `graded` are ids whose reports are there since the last time."""

    done: int
    running: int
    waiting: int
    graded: tuple[str, ...] = ()


@dataclass(frozen=True)
class Batch:
    """A class that was handed in.

    Attributes:
        ids: The submission of each piece of work, in its order.
        new: Those that were handed in just now.
    """

    ids: tuple[str, ...]
    new: tuple[Submission, ...]


def hand_in_class(
    gradebook: Gradebook,
    queries: Queries,
    service: Service,
    works: Sequence[Work],
    exercise: str,
) -> Batch:
    """Hand in what was not graded before; what our fault kept from a grade counts as new.

    Raises:
        ServiceError: The gradebook or the queue cannot be reached.
    """
    digests = [work.submission(exercise).digest for work in works]
    known = queries.known(digests)
    entries = {entry.id: entry for entry in queries.entries(Wanted(ids=tuple(known.values())))}
    kept = {
        digest: entries[submission_id]
        for digest, submission_id in known.items()
        if submission_id in entries and entries[submission_id].verdict is not Verdict.ERROR
    }
    fresh = {
        digest: work for digest, work in zip(digests, works, strict=True) if digest not in kept
    }
    new = hand_in(gradebook, service, [*fresh.values()], exercise=exercise, queue=Queue.BATCH)
    wake(service, kept.values(), Queue.BATCH)
    ids = {digest: entry.id for digest, entry in kept.items()}
    ids |= {digest: submission.id for digest, submission in zip(fresh, new, strict=True)}
    return Batch(tuple(ids[digest] for digest in digests), tuple(new))


def follow_class(
    gradebook: Gradebook, queries: Queries, service: Service, ids: Sequence[str]
) -> Iterator[Standing]:
    """Tell how far a class is, again and again, until every report is there.

    Raises:
        ServiceError: The worker died.
    """
    app = create_app(service.broker_url)
    asked_s = time.monotonic()
    seen: set[str] = set()
    while True:
        states = {entry.id: entry.state for entry in queries.entries(Wanted(ids=tuple(set(ids))))}
        done = [each for each in dict.fromkeys(ids) if states.get(each) is State.GRADED]
        running = sum(state is State.LEASED for state in states.values())
        fresh = tuple(each for each in done if each not in seen)
        seen.update(fresh)
        yield Standing(len(done), running, len(states) - len(done) - running, fresh)
        if len(done) == len(states):
            return
        service.check()
        # An embedded worker does not sweep, and a service's may be down: who waits asks again.
        if time.monotonic() - asked_s > _ASK_AGAIN_S:
            asked_s = time.monotonic()
            for due in gradebook.take_due():
                enqueue(app, due.submission_id, due.attempt, due.queue)
        time.sleep(_POLL_S)
