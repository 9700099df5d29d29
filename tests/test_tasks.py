"""What a worker does with a submission that has to be tried again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from grader import tasks
from grader.database import Database
from grader.gradebook import Gradebook
from grader.model.submission import Queue, Submission


@pytest.mark.parametrize("queue", Queue)
def test_a_retry_stays_on_its_queue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, queue: Queue
) -> None:
    """A class that fails through our fault does not come before a student who waits."""
    gradebook = Gradebook(Database(f"sqlite:///{tmp_path}/gradebook.sqlite"))
    submission = Submission(exercise="quiz", student="ada", file="a.toml", source=b"")
    gradebook.add([submission], queue)
    attempt = gradebook.lease(submission.id)
    assert attempt is not None
    gradebook.give_back(attempt, "SandboxError: no box")
    again: list[tuple[Any, ...]] = []
    monkeypatch.setattr(tasks, "run_attempt", lambda *_: True)
    monkeypatch.setattr(tasks, "enqueue", lambda _, *told: again.append(told))
    worker = tasks.Worker.__new__(tasks.Worker)
    worker._gradebook, worker._grader, worker._app = gradebook, object(), None  # type: ignore[assignment]
    worker._grade(submission.id)
    gradebook.close()

    assert again == [(submission.id, 1, queue)]
