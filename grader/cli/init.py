"""The command that writes what an instructor changes: a rubric and settings, with comments."""

from __future__ import annotations

import re
from pathlib import Path

from grader.errors import ExerciseUnknownError, SettingsError
from grader.exercises import Catalogue
from grader.settings import VARIABLES

RUBRIC, SETTINGS = "rubric.toml", "grader.env"
_SAFE = re.compile(r"[A-Za-z0-9_./~-]+")
_LATE = """
# What late work loses: take the signs away and set the time. A day that has begun counts whole.
# [late]
# due = 2026-11-30T23:59:00+01:00
# percent_per_day = 10
# grace_minutes = 15
# until_days = 7      # after which no points are left
"""
_OF_CHECKS = """
# For each [[check]]: `points`; `required = false`, so that failing it does not fail the submission;
# `gate = true`, so that nothing is trained when it fails.
"""
_HEAD = """\
# Settings of the grader: shell, systemd and containers read this file as it is.
#
#   set -a; . {shown}; set +a
#
# What stands behind a sign is left as it is without it; `grader doctor` says what is missing.
"""


def write(folder: Path, catalogue: Catalogue, exercise: str) -> list[Path]:
    """Write a rubric and settings into a folder, and return where.

    Raises:
        SettingsError: There is no such exercise, or one of the files is there already.
        OSError: They cannot be written.
    """
    try:
        text = catalogue.text(exercise)
    except ExerciseUnknownError as error:
        raise SettingsError(str(error)) from error
    rubric, settings = folder / RUBRIC, folder / SETTINGS
    for path in (rubric, settings):
        if path.exists():
            raise SettingsError(f"{path} is there already, and is left as it is")
    folder.mkdir(parents=True, exist_ok=True)
    rubric.write_text(_rubric(text), encoding="utf-8")
    settings.write_text(_settings(settings, rubric), encoding="utf-8")
    return [rubric, settings]


def _rubric(text: str) -> str:
    first = text.find("[[check]]")
    before, after = (text[:first], text[first:]) if first >= 0 else (text, "")
    return f"{before.rstrip()}\n{_OF_CHECKS}\n{after.rstrip()}\n{_LATE}"


def _settings(path: Path, rubric: Path) -> str:
    lines = [_HEAD.format(shown=_quoted(str(path)))]
    for variable in VARIABLES:
        meaning, default = (each.replace("`", "") for each in (variable.meaning, variable.default))
        lines.append(f"# {meaning}; without it: {default}")
        is_rubric = variable.field == "rubric"
        value = _quoted(str(rubric.resolve())) if is_rubric else ""
        lines.append(f"{'' if is_rubric else '# '}{variable.name}={value}\n")
    return "\n".join(lines)


def _quoted(path: str) -> str:
    """Return a path as a shell reads it; without quotes wherever they are not needed."""
    return path if _SAFE.fullmatch(path) else "'" + path.replace("'", "'\\''") + "'"
