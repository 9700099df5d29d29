"""A gradebook with a class in it, and the command line on it, in this process."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from grader.cli import exits
from grader.cli.app import app
from grader.database import Database
from grader.gradebook import Gradebook
from grader.model.report import CheckResult, Report, Status, Verdict
from grader.model.submission import Queue, Submission

# 2026-11-20, 12:00 UTC; the rows are a day apart.
BEGAN_S = 1_795_176_000.0
DAY_S = 86_400.0
ROWS = (
    ("a1", "Ada Lovelace", "quiz", Verdict.PASSED, 90.0),
    ("b1", "Zoë O'Brien", "quiz", Verdict.FAILED, 40.0),
    ("b2", "Zoë O'Brien", "quiz", Verdict.FAILED, 30.0),
    ("c1", "Grace Hopper", "quiz", Verdict.NEEDS_REVIEW, 10.0),
    ("d1", "Ada Lovelace", "mnist-conv", Verdict.PASSED, 100.0),
    ("e1", "Emmy Noether", "quiz", None, None),
)


class Ran(NamedTuple):
    """What a command ended with, and what it printed."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


def fill(home: Path) -> None:
    """Make a gradebook with the submissions of `ROWS`."""
    now_s = [BEGAN_S]
    gradebook = Gradebook(Database(f"sqlite:///{home}/gradebook.sqlite", lambda: now_s[0]))
    for name, student, exercise, verdict, score in ROWS:
        submission = Submission(
            id=name * 8, exercise=exercise, student=student, file="a.toml", source=name.encode()
        )
        gradebook.add([submission], Queue.BATCH)
        if verdict is not None and score is not None:
            attempt = gradebook.lease(submission.id)
            assert attempt is not None
            gradebook.finish(attempt, report_on(submission, verdict, score))
        now_s[0] += DAY_S
    gradebook.close()


def report_on(submission: Submission, verdict: Verdict, score: float) -> Report:
    """Return a report with one check, whose message a submission could have written."""
    check = CheckResult(
        id="answers",
        status=Status.PASSED if score >= 90 else Status.FAILED,
        points=score,
        max_points=100.0,
        message="Says \x1b[2J and ::error::.",
    )
    return Report(
        submission_id=submission.id,
        exercise=submission.exercise,
        student=submission.student,
        file=submission.file,
        verdict=verdict,
        score=score,
        max_score=100.0,
        checks=(check,),
    )


def runner(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return what runs a command in this process, on the gradebook in a folder."""
    monkeypatch.setenv("GRADER_HOME", str(home))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    # The handlers of this process are the tests' own.
    monkeypatch.setattr(signal, "signal", lambda *_: None)

    def run(*arguments: str | Path) -> Ran:
        code: object = None
        with contextlib.suppress(SystemExit):
            try:
                exits.leave_with(lambda: app([*map(str, arguments)]))
            except SystemExit as end:
                code = end.code
        assert isinstance(code, int)
        return Ran(code, *capsys.readouterr())

    return run
