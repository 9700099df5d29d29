"""The page that tells how to write an exercise is true: what it builds is installed, and grades."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import msgspec
import pytest

from grader.model.rubric import Rubric
from tests.conftest import require

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "writing-exercises.md").read_text()
NAME = "black-and-white"
RIGHT = """
    import numpy as np

    def black_and_white(image, level):
        return ((image >= level) * 255).astype(image.dtype)
"""
WRONG = RIGHT.replace(">=", ">")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the page's package and install it beside the grader; return where it lies."""
    source, target = tmp_path_factory.mktemp("course"), tmp_path_factory.mktemp("installed")
    for name, text in re.findall(
        r"^`([\w./]+)`[^\n]*:\n\n```\w+\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL
    ):
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for name in re.findall(r"`([\w/]+/__init__\.py)`", PAGE):
        (source / name).touch()
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    command += ["--no-build-isolation", "--target", str(target), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    return target


def environment(installed: Path, home: Path) -> dict[str, str]:
    """Return the surroundings of a grader that has the package beside it."""
    own = {key: value for key, value in os.environ.items() if not key.startswith("GRADER_")}
    return own | {
        "PYTHONPATH": f"{ROOT}{os.pathsep}{installed}",
        "GRADER_HOME": str(home),
        "GRADER_DATASET": "synthetic",
    }


def run(arguments: list[str], installed: Path, home: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line."""
    return subprocess.run(
        [sys.executable, "-m", "grader", *arguments],
        env=environment(installed, home),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_package_has_the_files_that_the_page_counts(installed: Path) -> None:
    """Two with content beside the empty ones."""
    names = {
        path.relative_to(installed).as_posix() for path in (installed / "my_course").rglob("*.*")
    }

    assert {name for name in names if "__pycache__" not in name} == {
        "my_course/__init__.py",
        "my_course/black_and_white/__init__.py",
        "my_course/black_and_white/checks.py",
        "my_course/black_and_white/exercise.toml",
    }


def test_what_is_asked_can_be_read(installed: Path, tmp_path: Path) -> None:
    """`grader exercises` lists it among the others, and shows it."""
    listed = run(["exercises"], installed, tmp_path)
    shown = run(["exercises", NAME], installed, tmp_path)

    assert listed.returncode == shown.returncode == 0, listed.stderr + shown.stderr
    assert NAME in listed.stdout
    assert "mnist-conv" in listed.stdout
    assert "255 where a pixel is at least" in " ".join(shown.stdout.split())


@pytest.mark.slow
def test_a_right_and_a_wrong_submission_are_graded(installed: Path, tmp_path: Path) -> None:
    """Through the queue and a box; the usual mistake gets its words."""
    require("bwrap", "redis-server")
    files = []
    for name, source in (("right.py", RIGHT), ("wrong.py", WRONG)):
        (tmp_path / name).write_text(textwrap.dedent(source))
        files.append(str(tmp_path / name))
    done = run(["submit", *files, "--exercise", NAME, "--json"], installed, tmp_path / "home")
    reports = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]

    assert done.returncode == 1, done.stderr
    assert [(each["verdict"], each["score"]) for each in reports] == [
        ("passed", 100),
        ("failed", 60),
    ]
    assert "write `>=`" in done.stdout


def test_every_key_of_an_exercise_is_on_the_page() -> None:
    """Nobody has to read our code to find one."""
    for field in msgspec.structs.fields(Rubric):
        assert re.search(rf"\b{field.encode_name}\b", PAGE), field.encode_name
