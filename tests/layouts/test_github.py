"""Checkouts of GitHub Classroom: whose each is, and what of it nobody has written."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.layouts import GithubIds, read_class
from tests.layouts.exports import PROGRAM, files_of, packed, reasons, write


@pytest.mark.parametrize(
    ("above", "folders", "logins"),
    [
        ("hw-1-submissions", ["hw-1-anna", "hw-1-anna-b"], {"anna", "anna-b"}),
        ("hw-1-submissions", ["hw-1-anna"], {"anna"}),
        ("clones", ["hw-1-anna", "hw-1-b-c", "hw-1-b-d"], {"anna", "b-c", "b-d"}),
        ("clones", ["anna", "bo"], {"anna", "bo"}),
        ("clones", ["hw-anna"], {"hw-anna"}),
    ],
)
def test_a_login_is_what_stands_after_the_assignment(
    tmp_path: Path, above: str, folders: list[str], logins: set[str]
) -> None:
    """Both may have hyphens: the folder above tells, or what all checkouts have in common."""
    files = {f"{folder}/.git/HEAD": "x" for folder in folders}
    class_ = write(tmp_path / above, files | {f"{folder}/s.py": PROGRAM for folder in folders})

    intake = read_class([class_])

    assert intake.layout.startswith("GitHub Classroom: ")
    assert {taken.student.login for taken in intake.taken} == logins


def test_what_nobody_has_written_is_not_looked_through(tmp_path: Path) -> None:
    """History and installed packages are one line each, and none of their programs counts."""
    class_ = write(
        tmp_path / "clones",
        {
            "hw-anna/.git/hooks/x.py": "x",
            "hw-anna/venv/lib/a.py": "x",
            "hw-anna/node_modules/b.py": "x",
            "hw-anna/__pycache__/s.py": "x",
            "hw-anna/src/s.py": PROGRAM,
            "hw-anna/README.md": "x",
            "hw-bo/.git/HEAD": "x",
            "hw-bo/s.py": PROGRAM,
        },
    )

    intake = read_class([class_])

    assert files_of(intake) == {"anna": "s.py", "bo": "s.py"}
    assert intake.taken[0].ids == GithubIds("hw-anna", "anna")
    assert {place for place, reason in reasons(intake).items() if "installed" in reason} == {
        "venv",
        "node_modules",
    }


def test_a_download_without_history_is_recognised(tmp_path: Path) -> None:
    """GitHub's own archives end in the branch, and have what Classroom has put in."""
    for login in ("anna", "bo"):
        folder = f"hw-{login}-main"
        files = {f"{folder}/.github/classroom/autograding.json": "{}", f"{folder}/s.py": PROGRAM}
        (tmp_path / f"{folder}.zip").write_bytes(packed(files))

    intake = read_class([tmp_path])

    assert {taken.student.login for taken in intake.taken} == {"anna", "bo"}
