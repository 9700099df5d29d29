"""A class in one command: what is taken, passed over and missing, and what a second call does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import require


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Return settings with a home of their own; the class answers the quiz, so nothing is run."""
    require("redis-server")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GRADER_")}
    return {**environment, "GRADER_HOME": str(tmp_path / "home"), "GRADER_WORKERS": "2"}


@pytest.fixture
def class_folder(tmp_path: Path, samples: Path) -> Path:
    """Return the folder of a class of four, of whom one handed in a picture."""
    folder = tmp_path / "class"
    right = (samples / "quiz/correct/all_right/answers.toml").read_bytes()
    wrong = (samples / "quiz/correct/one_wrong/answers.toml").read_bytes()
    for student, content in (("ada", right), ("bob", wrong), ("eva", b"\x00\xff"), ("kim", right)):
        (folder / student).mkdir(parents=True)
        (folder / student / "answers.toml").write_bytes(content)
    (folder / "kim" / "answers.toml").rename(folder / "kim" / "photo.jpg")
    return folder


def batch(environment: dict[str, str], *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Grade a class with the real command."""
    command = [sys.executable, "-m", "grader", "batch", "--exercise", "quiz"]
    return subprocess.run(
        [*command, *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_a_class_is_graded_and_one_bad_file_is_a_row(
    environment: dict[str, str], class_folder: Path, tmp_path: Path
) -> None:
    """What is passed over and missing is said before; then a row a student, and the class."""
    roster = tmp_path / "roster.csv"
    roster.write_text("name,id\nada,1\nbob,2\neva,3\nkim,4\nZoë,5\n")
    done = batch(environment, class_folder, "--roster", roster)
    before, _, after = done.stdout.partition("3 submissions to grade")

    assert done.returncode == 1, done.stderr
    assert "photo.jpg" in before
    assert "nothing handed in: Zoë" in before
    assert [line.split()[0] for line in after.splitlines() if "answers.toml" in line] == [
        *("ada", "bob", "eva"),
    ]
    assert "NOTHING HANDED IN" in after
    assert "2 passed, 1 not passed" in after
    assert "points: median 85, quartiles 42.5 and 92.5" in after
    assert all(len(line) <= 80 for line in done.stdout.splitlines())


def test_a_second_call_grades_only_what_is_new_or_changed(
    environment: dict[str, str], class_folder: Path
) -> None:
    """The others keep their submissions, and their reports."""
    first = [
        json.loads(line)
        for line in batch(environment, class_folder, "--json").stdout.split("\n")[:-1]
    ]
    changed = class_folder / "eva" / "answers.toml"
    changed.write_bytes((class_folder / "ada" / "answers.toml").read_bytes())
    done = batch(environment, class_folder, "--json")
    second = [json.loads(line) for line in done.stdout.splitlines()]
    ids = [[report["submission_id"] for report in reports] for reports in (first, second)]

    assert done.returncode == 0, done.stderr
    assert [report["student"] for report in second] == ["ada", "bob", "eva"]
    assert ids[0][:2] == ids[1][:2]
    assert ids[0][2] != ids[1][2]
    assert second[2]["verdict"] == "passed"


def test_late_work_loses_points_by_the_platforms_clock(
    environment: dict[str, str], tmp_path: Path, samples: Path
) -> None:
    """Long after both were due, one was handed in in time; the third came nobody knows when."""
    right = (samples / "quiz/correct/all_right/answers.toml").read_bytes()
    export = tmp_path / "assignment_1_export"
    metadata = ""
    for number, (name, when) in enumerate((("Ada", "2026-11-01"), ("Bob", "2026-11-03"))):
        folder = export / f"submission_{number}"
        folder.mkdir(parents=True)
        (folder / "answers.toml").write_bytes(right)
        metadata += (
            f"submission_{number}:\n  :submitters:\n  - :name: {name}\n"
            f"    :sid: '{number}'\n    :email: {name}@example.org\n"
            f"  :created_at: {when} 10:00:00.000000000 Z\n"
        )
    (export / "submission_metadata.yml").write_text(metadata)
    plain = tmp_path / "class" / "eva"
    plain.mkdir(parents=True)
    (plain / "answers.toml").write_bytes(right)
    rubric = tmp_path / "rubric.toml"
    rubric.write_text(
        'exercise = "quiz"\n[late]\ndue = 2026-11-01T12:00:00Z\npercent_per_day = 10\n'
    )
    environment["GRADER_RUBRIC"] = str(rubric)
    done = batch(environment, "--json", export)
    reports = {report["student"]: report for report in map(json.loads, done.stdout.splitlines())}
    unknown = batch(environment, plain.parent)

    assert done.returncode == 0, done.stderr
    assert (reports["Ada"]["score"], reports["Ada"]["late"]) == (100, None)
    assert (reports["Bob"]["score"], reports["Bob"]["late"]["raw_score"]) == (80, 100)
    assert "1 day and 22 hours late, which costs 20% of the points" in reports["Bob"]["notes"][0]
    assert "not known when they were handed in: 1; nothing is deducted" in unknown.stdout
    assert "100  PASSED" in unknown.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("/nowhere",), "nothing to grade"),
        ((".", "--layout", "blackboard"), "--layout is 'blackboard'"),
        ((".", "--roster", "/nowhere.csv"), "roster /nowhere.csv"),
        ((".", "--exercise", "nothing"), "no exercise 'nothing'"),
    ],
)
def test_wrong_usage_is_one_line_and_no_verdict(
    environment: dict[str, str], tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    """An empty folder is no class that passed."""
    folder = tmp_path / "empty"
    folder.mkdir()
    done = batch(environment, *(folder if each == "." else each for each in arguments))

    assert done.returncode == 2, done.stdout
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
