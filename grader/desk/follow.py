"""Follows a submission until its report is there: a stream of events, which others show."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from grader.errors import ServiceError
from grader.gradebook import Gradebook, Place, Queries, State
from grader.model.report import EpochResult, Report
from grader.queue import create_app, enqueue
from grader.service import Service

_POLL_S = 0.2
# Counting a long line takes longer than looking at one row.
_COUNT_EVERY_S = 1.0
_ASK_AGAIN_S = 15.0


class Waits(NamedTuple):
    """It waits, at another place in the line than before."""

    place: Place


class Began(NamedTuple):
    """A worker has it now; `attempt` is above 1 where it is tried again."""

    attempt: int


class EpochSeen(NamedTuple):
    """An epoch was trained; `number` counts from 1, and anew where a submission is tried again."""

    number: int
    epoch: EpochResult


class Graded(NamedTuple):
    """The report is there; nothing comes after it."""

    report: Report


Event: TypeAlias = Waits | Began | EpochSeen | Graded


def follow(
    gradebook: Gradebook, queries: Queries, service: Service, submission_id: str
) -> Iterator[Event]:
    """Wait for a report, and tell of the place in the line, the beginning and epochs as they come.

    Raises:
        ServiceError: The worker died, or the submission was withdrawn.
    """
    told = attempt = 0
    place: Place | None = None
    app = create_app(service.broker_url)
    asked_s, counted_s = time.monotonic(), 0.0
    while True:
        progress = gradebook.progress(submission_id)
        if progress is None or progress.state is State.WITHDRAWN:
            raise ServiceError(f"submission {submission_id} is not in the gradebook any more")
        now_s = time.monotonic()
        if progress.state is State.QUEUED and now_s - counted_s > _COUNT_EVERY_S:
            counted_s, before = now_s, place
            place = queries.place(submission_id)
            if place is not None and place != before:
                yield Waits(place)
        if progress.attempt != attempt:
            told, attempt, place = 0, progress.attempt, None
            yield Began(attempt)
        for number, epoch in enumerate(progress.epochs[told:], told + 1):
            yield EpochSeen(number, epoch)
        told = len(progress.epochs)
        if progress.report is not None:
            yield Graded(progress.report)
            return
        service.check()
        # An embedded worker does not sweep, and a service's may be down: who waits asks again.
        if now_s - asked_s > _ASK_AGAIN_S:
            asked_s = now_s
            for due in gradebook.take_due(only=submission_id):
                enqueue(app, due.submission_id, due.attempt, due.queue)
        time.sleep(_POLL_S)
