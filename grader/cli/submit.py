"""Hands files in and follows them until their reports are there."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from grader.cli import render
from grader.errors import ServiceError
from grader.gradebook import Gradebook, State
from grader.model.report import Report
from grader.model.submission import Queue, Submission
from grader.queue import create_app, enqueue
from grader.service import Service

_POLL_S = 0.2
_ASK_AGAIN_S = 15.0


def hand_in(
    gradebook: Gradebook,
    service: Service,
    files: list[tuple[Path, bytes]],
    *,
    exercise: str,
    student: str,
) -> list[Submission]:
    """Write submissions to the gradebook, then put their ids on the queue."""
    names = Counter(path.name for path, _ in files)
    submissions = [
        Submission(
            exercise=exercise,
            student=_characters(student),
            file=_characters(path.name if names[path.name] == 1 else str(path)),
            source=source,
        )
        for path, source in files
    ]
    gradebook.add(submissions, Queue.INTERACTIVE)
    app = create_app(service.broker_url)
    for submission in submissions:
        enqueue(app, submission.id, 0, Queue.INTERACTIVE)
    return submissions


def _characters(name: str) -> str:
    """Return a name as text: on disk and on the command line it is bytes of any encoding."""
    return name.encode("utf-8", "replace").decode()


def follow(
    gradebook: Gradebook, service: Service, submission_id: str, console: Console | None
) -> Report:
    """Wait for a report, showing epochs on `console` as they come.

    Raises:
        ServiceError: The worker died, or the submission was withdrawn.
    """
    shown = attempt = 0
    app = create_app(service.broker_url)
    asked_s = time.monotonic()
    while True:
        progress = gradebook.progress(submission_id)
        if progress is None or progress.state is State.WITHDRAWN:
            raise ServiceError(f"submission {submission_id} is not in the gradebook any more")
        if progress.attempt != attempt:
            shown, attempt = 0, progress.attempt
        for number, epoch in enumerate(progress.epochs[shown:], shown + 1):
            if console:
                render.print_epoch(console, number, epoch)
        shown = len(progress.epochs)
        if progress.report is not None:
            return progress.report
        service.check()
        # An embedded worker does not sweep, and a service's may be down: who waits asks again.
        if time.monotonic() - asked_s > _ASK_AGAIN_S:
            asked_s = time.monotonic()
            for due in gradebook.take_due(only=submission_id):
                enqueue(app, due.submission_id, due.attempt, due.queue)
        time.sleep(_POLL_S)


@contextmanager
def withdrawn_if_interrupted(
    gradebook: Gradebook, service: Service, submissions: list[Submission]
) -> Iterator[None]:
    """Withdraw submissions when their embedded service ends early: nobody would grade them."""
    try:
        yield
    except BaseException:
        if service.worker is not None:
            for submission in submissions:
                gradebook.withdraw(submission.id)
        raise
