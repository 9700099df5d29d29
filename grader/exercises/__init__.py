"""Exercises: folders with a rubric and checks."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grader.errors import SettingsError
from grader.exercises.rubric import Rubric, RubricCheck, read_rubric
from grader.model.evidence import Evidence
from grader.model.report import Finding

__all__ = ["Exercise", "Rubric", "RubricCheck", "load_exercise"]

Check = Callable[[Evidence, Rubric], Finding]


@dataclass(frozen=True)
class Exercise:
    """A rubric, and the check functions that its ids name."""

    rubric: Rubric
    checks: dict[str, Check]


def load_exercise(name: str, rubric_path: Path | None = None) -> Exercise:
    """Load the exercise `name`, with its own rubric or an instructor's copy of it.

    Raises:
        SettingsError: There is no such exercise, or the rubric does not fit it.
    """
    folder = name.replace("-", "_")
    own_rubric = Path(__file__).parent / folder / "rubric.toml"
    if not folder.isidentifier() or not own_rubric.is_file():
        raise SettingsError(f"there is no exercise '{name}'")
    functions = importlib.import_module(f"grader.exercises.{folder}.checks").CHECKS
    checks = {check.__name__: check for check in functions}
    rubric = read_rubric(rubric_path or own_rubric)
    if rubric.exercise != name:
        raise SettingsError(f"{rubric_path} is a rubric for '{rubric.exercise}', not for '{name}'")
    unknown = [check.id for check in rubric.checks if check.id not in checks]
    if unknown:
        raise SettingsError(f"{rubric_path}: there is no check '{unknown[0]}' in '{name}'")
    return Exercise(rubric, checks)
