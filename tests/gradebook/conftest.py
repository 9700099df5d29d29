"""An empty gradebook on every backend that it supports, and a clock that a test moves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.database import Database
from grader.gradebook import Gradebook
from grader.model.report import Report, Verdict
from grader.model.submission import Queue, Submission
from tests.servers import postgresql


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        """Start somewhere."""
        self.now_s = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now_s


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Return the address of a real PostgreSQL server."""
    with postgresql() as url:
        yield url


@pytest.fixture
def clock() -> Clock:
    """Return a clock that the gradebook goes by."""
    return Clock()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'deep' / 'gradebook.sqlite'}"
    return str(request.getfixturevalue("server"))


@pytest.fixture
def gradebook(url: str, clock: Clock) -> Iterator[Gradebook]:
    """Return a gradebook."""
    gradebook = Gradebook(Database(url, clock))
    yield gradebook
    gradebook.close()


def add(gradebook: Gradebook) -> Submission:
    """Add a submission."""
    submission = Submission(exercise="mnist-conv", student="ada", file="a.py", source=b"\0\xff")
    gradebook.add([submission], Queue.BATCH)
    return submission


def report(submission: Submission, score: float = 100.0) -> Report:
    """Return a report on a submission."""
    return Report(
        submission_id=submission.id,
        student=submission.student,
        file=submission.file,
        verdict=Verdict.PASSED,
        score=score,
        max_score=100.0,
        checks=(),
    )
