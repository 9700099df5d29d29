"""Handing in without waiting, and following later: by whoever is there to grade."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.database import Database
from grader.gradebook import Gradebook
from grader.model.submission import Queue, Submission
from tests.cli.terminal import typed
from tests.conftest import require
from tests.servers import redis


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Return settings with a home of their own; the quiz is graded without a box."""
    require("redis-server", "setpriv")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GRADER_")}
    return {**kept, "GRADER_HOME": str(tmp_path), "GRADER_WORKERS": "1"}


def run(environment: dict[str, str], *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "grader", *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_who_does_not_wait_gets_ids_to_watch(
    environment: dict[str, str], tmp_path: Path, samples: Path
) -> None:
    """The service grades meanwhile; watching what is graded prints the report at once."""
    answers = samples / "quiz/correct/all_right/answers.toml"
    with redis(tmp_path) as broker:
        served = {**environment, "GRADER_BROKER_URL": broker}
        left = run(served, "submit", answers, "--exercise", "quiz", "--no-wait")
        submission_id, name = left.stdout.split()
        worker = subprocess.Popen(
            [sys.executable, "-m", "grader", "worker", "--exercise", "quiz"],
            env=served,
            stderr=subprocess.DEVNULL,
        )
        try:
            watched = run(served, "watch", submission_id[:6])
        finally:
            worker.terminate()
            worker.wait(60)
    again = run(environment, "watch", submission_id, "--json")

    assert (left.returncode, name) == (0, "answers.toml")
    assert watched.returncode == again.returncode == 0, watched.stderr
    assert "answers.toml: PASSED, 100 of 100 points" in watched.stdout
    assert json.loads(again.stdout)["submission_id"] == submission_id


def test_what_waits_is_graded_by_whoever_watches(
    environment: dict[str, str], tmp_path: Path, samples: Path
) -> None:
    """Where there is no service, as where one died, watching grades."""
    source = (samples / "quiz/correct/one_wrong/answers.toml").read_bytes()
    submission = Submission(exercise="quiz", student="Ada", file="answers.toml", source=source)
    gradebook = Gradebook(Database(f"sqlite:///{tmp_path}/gradebook.sqlite"))
    gradebook.add([submission], Queue.BATCH)
    gradebook.close()
    watched = run(environment, "watch", submission.id)

    assert watched.returncode == 0, watched.stderr
    assert "answers.toml: PASSED, 85 of 100 points" in watched.stdout


def test_not_waiting_needs_a_service(environment: dict[str, str], samples: Path) -> None:
    """A private worker ends with the command: nobody would grade it."""
    answers = samples / "quiz/correct/all_right/answers.toml"
    done = run(environment, "submit", answers, "--exercise", "quiz", "--no-wait")

    assert done.returncode == 2
    assert "--no-wait is for a service" in done.stderr


@pytest.mark.parametrize("colours", [{}, {"NO_COLOR": "1"}])
def test_at_a_terminal_nothing_is_left_of_the_last_line(
    environment: dict[str, str], samples: Path, colours: dict[str, str]
) -> None:
    """Eighty columns hold all lines, and there are colours only where they are wanted."""
    answers = samples / "quiz/correct/one_wrong/answers.toml"
    seen = typed(["submit", str(answers), "--exercise", "quiz"], [], {**environment, **colours})
    lines = seen.screen

    assert seen.code == 0, seen.text
    assert lines[0].startswith("answers.toml: submitted as")
    assert lines[1] == ""
    assert lines[2].startswith("✓  ")
    assert lines[-1] == "answers.toml: PASSED, 85 of 100 points"
    assert ("\x1b[32m" in seen.raw) is not bool(colours)
