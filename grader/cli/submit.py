"""Hands files in and follows them until their reports are there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from grader.cli import render
from grader.errors import ServiceError
from grader.gradebook import Gradebook, State
from grader.model.report import Report
from grader.model.submission import Queue, Submission, max_file_bytes
from grader.queue import create_app, enqueue
from grader.service import Service

_POLL_S = 0.2
_ASK_AGAIN_S = 15.0


class BadFileError(Exception):
    """Raised when what was named on the command line is not a file that can be handed in."""


def read_files(paths: list[Path]) -> list[bytes]:
    """Read every file before any is handed in.

    Raises:
        BadFileError: One of them cannot be handed in; its text says which and why.
    """
    return [_read(path) for path in paths]


def _read(path: Path) -> bytes:
    if path.is_dir():
        raise BadFileError(f"{path} is a folder; name the file to submit")
    max_bytes = max_file_bytes(path.name)
    try:
        with path.open("rb") as file:
            source = file.read(max_bytes + 1)
    except FileNotFoundError as error:
        raise BadFileError(f"{path} does not exist") from error
    except OSError as error:
        raise BadFileError(f"{path} cannot be read: {error.strerror}") from error
    if len(source) > max_bytes:
        raise BadFileError(f"{path} is larger than {max_bytes // 1024} KiB")
    return source


def hand_in(
    gradebook: Gradebook,
    service: Service,
    files: list[tuple[Path, bytes]],
    *,
    exercise: str,
    student: str,
) -> list[Submission]:
    """Write submissions to the gradebook, then put their ids on the queue."""
    submissions = [
        Submission(
            exercise=exercise,
            student=student,
            # A name on disk is bytes, and not always of characters.
            file=path.name.encode("utf-8", "replace").decode(),
            source=source,
        )
        for path, source in files
    ]
    gradebook.add(submissions, Queue.INTERACTIVE)
    app = create_app(service.broker_url)
    for submission in submissions:
        enqueue(app, submission.id, 0, Queue.INTERACTIVE)
    return submissions


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
