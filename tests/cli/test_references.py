"""Reference solutions against what is expected of them, with a real worker, and without a run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from grader.desk import EXPECTED, find_references, update_expectation
from grader.errors import SettingsError
from grader.model.report import Verdict
from tests.conftest import require
from tests.reports.samples import report


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Return settings with a home of their own."""
    require("redis-server")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GRADER_")}
    return {**environment, "GRADER_HOME": str(tmp_path / "home"), "GRADER_WORKERS": "2"}


@pytest.fixture
def solutions(tmp_path: Path, samples: Path) -> Path:
    """Return four solutions of the quiz that pass."""
    folder = tmp_path / "quiz" / "solutions"
    shutil.copytree(samples / "quiz" / "correct", folder)
    return folder


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


def test_only_what_differs_is_printed_and_can_be_written(
    environment: dict[str, str], solutions: Path, tmp_path: Path
) -> None:
    """Exit code 1 where something differs, and 0 once it was written; nobody's scores change."""
    changed = solutions / "json" / EXPECTED
    changed.write_text('# Kept.\nverdict = "failed"\nfailed = ["speed"]\n')
    suites = tmp_path / "junit.xml"
    first = grader(environment, "check-reference", solutions, "--junit", suites, "--github")
    second = grader(environment, "check-reference", solutions, "--update")
    third = grader(environment, "check-reference", solutions)
    told = first.stdout.partition("\n\n")[2]

    assert first.returncode == 1, first.stderr
    assert told.splitlines()[:2] == ["json", "  the verdict is passed, but should be failed"]
    assert "speed should fail, but does not" in told
    assert "4 graded (4 passed), 1 differs" in told
    assert "one_wrong" not in told
    assert f"::error file={solutions}/json/answers.json,title=json::the verdict is" in told
    assert ET.fromstring(suites.read_text()).get("failures") == "1"
    assert second.returncode == 0, second.stderr
    assert "the verdict is passed, but should be failed" in second.stdout
    assert changed.read_text() == '# Kept.\nverdict = "passed"\nfailed = []\n'
    assert third.returncode == 0, third.stderr
    assert "none differs" in third.stdout
    assert grader(environment, "scores").stdout == "No submission is of this kind.\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("/nowhere",), "is no folder"),
        ((".",), "holds no expected.toml"),
        ((".", "--exercise", "nothing"), "no exercise 'nothing'"),
    ],
)
def test_wrong_usage_is_one_line_and_no_verdict(
    environment: dict[str, str], tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    """A folder in which nothing is expected is not one in which all is well."""
    empty = tmp_path / "empty"
    empty.mkdir()
    done = grader(
        environment, "check-reference", *(empty if each == "." else each for each in arguments)
    )

    assert done.returncode == 2
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1


def write(folder: Path, expected: str, *files: str) -> Path:
    """Write a reference."""
    folder.mkdir(parents=True)
    (folder / EXPECTED).write_text(expected)
    for name in files:
        (folder / name).write_text("x = 1\n")
    return folder


def test_the_exercise_is_that_of_the_file_then_of_the_innermost_folder(tmp_path: Path) -> None:
    """Then the one that is named for all others."""
    write(tmp_path / "one" / "two" / "a", "", "a.py")
    write(tmp_path / "one" / "b", 'exercise = "three"', "b.py")
    write(tmp_path / "c", "", "c.py", ".hidden")
    found = find_references(tmp_path, ("one", "two", "three", "four"), "four")

    assert [(each.name, each.exercise) for each in found] == [
        *(("c", "four"), ("one/b", "three"), ("one/two/a", "two")),
    ]


@pytest.mark.parametrize(
    ("expected", "files", "words"),
    [
        ("", (), "0 files beside it"),
        ("", ("a.py", "b.py"), "2 files beside it"),
        ('exercise = "no"', ("a.py",), "its exercise is 'no', but should be one of one"),
        ("verdict = 3", ("a.py",), "verdict"),
        ("points = true", ("a.py",), "points is true or false, but should be a number"),
        ("score = 3", ("a.py",), "there is no key score; the file can have why, exercise, verdict"),
    ],
)
def test_an_expectation_that_cannot_be_used_is_named(
    tmp_path: Path, expected: str, files: tuple[str, ...], words: str
) -> None:
    """With its file."""
    write(tmp_path / "one", expected, *files)

    with pytest.raises(SettingsError) as error:
        find_references(tmp_path, ("one",))
    assert words in str(error.value), error.value


def test_a_fault_of_ours_is_never_expected(tmp_path: Path) -> None:
    """An update leaves the file as it was."""
    write(tmp_path / "one", 'verdict = "passed"\n', "a.py")
    (reference,) = find_references(tmp_path, ("one",))

    assert not update_expectation(reference, report(Verdict.ERROR))
    assert (tmp_path / "one" / EXPECTED).read_text() == 'verdict = "passed"\n'
