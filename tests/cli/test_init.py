"""A rubric and settings to begin with: as they are, they change nothing."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest

from grader.cli.init import write
from grader.errors import SettingsError
from grader.exercises import Catalogue
from grader.settings import VARIABLES, read_settings


def environment_of(path: Path) -> dict[str, str]:
    """Return what a shell makes of a file of settings."""
    command = f"set -a; . {shlex.quote(str(path))}; set +a; env -0"
    done = subprocess.run(
        ["sh", "-c", command], env={"HOME": "/nowhere"}, capture_output=True, check=True
    )
    pairs = (each.partition("=") for each in done.stdout.decode().split("\0"))
    return {name: value for name, _, value in pairs if name.startswith("GRADER_")}


@pytest.mark.parametrize("exercise", Catalogue())
def test_what_is_written_changes_nothing(tmp_path: Path, exercise: str) -> None:
    """A shell reads the settings, and the rubric is the exercise's own."""
    folder = tmp_path / "a course's own"
    rubric, settings = write(folder, Catalogue(), exercise)
    read = environment_of(settings)

    assert read == {"GRADER_RUBRIC": str(rubric)}
    assert read_settings({**read, "HOME": "/nowhere"}).rubric == rubric
    assert Catalogue(rubric).rubric(exercise) == Catalogue().rubric(exercise)


def test_every_setting_is_there_with_its_meaning(tmp_path: Path) -> None:
    """To change one is to take a sign away."""
    text = write(tmp_path, Catalogue(), "quiz")[1].read_text()

    for variable in VARIABLES:
        assert f"{variable.name}=" in text
        assert variable.meaning.replace("`", "") in text


def test_what_late_work_loses_only_has_to_be_uncovered(tmp_path: Path) -> None:
    """Without the signs the lines are what a rubric takes."""
    rubric, _ = write(tmp_path, Catalogue(), "quiz")
    before, _, late = rubric.read_text().partition("# [late]")
    rubric.write_text(before + "[late]" + late.replace("\n# ", "\n"))
    read = Catalogue(rubric).rubric("quiz").late

    assert read is not None
    assert (read.percent_per_day, read.grace_minutes, read.until_days) == (10, 15, 7)


def test_what_is_there_is_left(tmp_path: Path) -> None:
    """Nobody loses a rubric to a second call; and nothing is written of one that is not there."""
    write(tmp_path, Catalogue(), "quiz")
    before = (tmp_path / "rubric.toml").read_text()

    with pytest.raises(SettingsError, match="is there already"):
        write(tmp_path, Catalogue(), "mnist-conv")
    with pytest.raises(SettingsError, match="no exercise 'nothing'"):
        write(tmp_path / "new", Catalogue(), "nothing")

    assert (tmp_path / "rubric.toml").read_text() == before
    assert not (tmp_path / "new").exists()
