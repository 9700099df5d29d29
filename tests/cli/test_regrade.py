"""A class is graded again by another rubric; an appeal is settled by a run from nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from grader.desk import differing, machine, reasons
from grader.model.report import Decision, EpochResult, Origin, Status, Training, Verdict
from tests.cli.gradebooks import Run, fill, runner
from tests.conftest import require
from tests.reports.samples import report


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Return settings with a home of their own; the quiz is graded, so nothing is run."""
    require("redis-server")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GRADER_")}
    return {**environment, "GRADER_HOME": str(tmp_path / "home"), "GRADER_WORKERS": "2"}


def grader(environment: dict[str, str], *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the real command."""
    return subprocess.run(
        [sys.executable, "-m", "grader", *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def documents(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """Return the documents that a command printed."""
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_class_is_graded_again_by_another_rubric(
    environment: dict[str, str], tmp_path: Path, samples: Path
) -> None:
    """Who gains and who loses is shown; what a human decided stays; a replay tells the rubric."""
    folder = tmp_path / "class"
    for student, sample in (("ada", "all_right"), ("bob", "one_wrong"), ("eva", "one_wrong")):
        (folder / student).mkdir(parents=True)
        source = (samples / "quiz/correct" / sample / "answers.toml").read_bytes()
        (folder / student / "answers.toml").write_bytes(source)
    first = documents(grader(environment, "batch", folder, "--exercise", "quiz", "--json"))
    ids = {each["student"]: each["submission_id"] for each in first}
    grader(environment, "review", ids["eva"], "--points", "99", "--reason", "Appeal.")
    rubric = tmp_path / "rubric.toml"
    rubric.write_text('exercise = "quiz"\npassing_score = 90\n')
    changed = {**environment, "GRADER_RUBRIC": str(rubric)}
    done = grader(changed, "regrade")
    scores = {each["student"]: each for each in documents(grader(environment, "scores", "--json"))}
    replayed = grader(environment, "replay", ids["bob"])
    same = grader(changed, "replay", ids["ada"])

    assert done.returncode == 0, done.stderr
    assert "bob      85 PASSED  85 NOT PASSED" in done.stdout
    assert "but a human decided" in done.stdout
    assert "3 graded again: 0 gain, 0 lose, 1 stay as they were" in done.stdout
    assert all(len(line) <= 80 for line in done.stdout.splitlines())
    assert {name: each["verdict"] for name, each in scores.items()} == {
        "ada": "passed",
        "bob": "failed",
        "eva": "passed",
    }
    assert scores["eva"]["score"] == 99
    assert replayed.returncode == 1, replayed.stderr
    assert "verdict: failed before, passed now" in replayed.stdout
    assert "rubric: " in replayed.stdout
    assert (same.returncode, same.stdout) == (0, "The same came out, digit for digit.\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("regrade", "zz"), "no submission zz"),
        (("regrade", "--student", "nobody"), "nothing to grade again"),
        (("regrade", "e1"), "nothing to grade again"),
        (("replay", "e1"), "was not graded"),
    ],
)
def test_wrong_usage_is_one_line_and_no_verdict(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    words: str,
) -> None:
    """Where there is nothing to grade again, nothing was."""
    fill(tmp_path)
    run: Run = runner(tmp_path, monkeypatch, capsys)
    done = run(*arguments)

    assert done.code == 2
    assert words in done.err
    assert len(done.err.splitlines()) == 1


BEFORE = report(Verdict.FAILED, origin=Origin(rubric="1" * 64, seed=1, versions={"keras": "3.1"}))


def test_what_differs_is_said_to_the_last_digit() -> None:
    """Verdict, points, checks and the first epoch that is another; not what went by the clock."""
    first, *others = BEFORE.training.epochs
    training = Training(epochs=(EpochResult(first.accuracy + 1e-16, first.loss), *others))
    other = msgspec.structs.replace(BEFORE, training=training)
    longer = Training(epochs=(*BEFORE.training.epochs, first))
    changed = msgspec.structs.replace(BEFORE.checks[0], status=Status.FAILED, points=0.0)

    assert differing(BEFORE, report(Verdict.FAILED, timing={"graded_s": 99.0})) == []
    assert len(differing(BEFORE, other)) == (first.accuracy + 1e-16 != first.accuracy)
    assert differing(BEFORE, msgspec.structs.replace(BEFORE, training=longer)) == [
        "epochs: 2 before, 3 now"
    ]
    assert differing(
        BEFORE, msgspec.structs.replace(BEFORE, verdict=Verdict.PASSED, score=3.5)
    ) == [
        "verdict: failed before, passed now",
        f"points: {BEFORE.score:g} before, 3.5 now",
    ]
    assert differing(BEFORE, msgspec.structs.replace(BEFORE, checks=(changed,))) == [
        "interface: passed, 10 points before; failed, 0 points now",
        "layers: is only in the one of before",
        "target: is only in the one of before",
    ]


def test_what_has_changed_since_is_named() -> None:
    """The rubric, the seed and the versions; a report from before there were digests says so."""
    after = msgspec.structs.replace(
        BEFORE, origin=Origin(rubric="2" * 64, seed=1, versions={"keras": "3.2"}, run="x")
    )

    assert reasons(BEFORE, after) == [
        "rubric: 111111111111 before, 222222222222 now",
        "keras: 3.1 before, 3.2 now",
    ]
    assert reasons(BEFORE, BEFORE) == []
    assert reasons(report(Verdict.FAILED), after) == [
        "the report of before does not say how it came about"
    ]


def test_the_machine_is_compared_with_itself() -> None:
    """Not with what a human decided."""
    decision = Decision(
        verdict=Verdict.PASSED,
        score=50,
        reason="why",
        by="eva",
        at_s=0,
        machine_verdict=BEFORE.verdict,
        machine_score=BEFORE.score,
    )

    assert machine(BEFORE.decided(decision)) == BEFORE
    assert machine(BEFORE) == BEFORE
