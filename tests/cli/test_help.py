"""Help that helps: every command says what it does, and shows how somebody would call it."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from grader.cli.app import app
from tests.cli.gradebooks import fill

COMMANDS = dict(typer.main.get_group(app).commands.items())
# What sets a variable, opens a file or is given to the shell, is none of the grader's.
_OF_THE_SHELL = re.compile(r"^[A-Z_]+=\S+ | > \S+$")
_PROGRAM = "import sys; sys.argv[0] = 'grader'; from grader.cli import main; main()"


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_examples_that_it_understands(name: str) -> None:
    """Each is a call of that command, and its options are there."""
    epilog = COMMANDS[name].epilog or ""
    head, *lines = epilog.split("\n")

    assert head == "Examples:"
    assert lines
    for line in lines:
        command = _OF_THE_SHELL.sub("", line.removeprefix("$ "))
        program, called, *arguments = shlex.split(command)
        assert (program, called) == ("grader", name)
        COMMANDS[name].make_context(name, arguments)
        assert len(line) <= 76


@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_for_whoever_calls_it(name: str) -> None:
    """It says nothing of exceptions."""
    text = COMMANDS[name].help or ""

    assert text
    assert "\n" not in text
    assert "Raises" not in text


def _completed(words: str, home: Path) -> list[str]:
    done = subprocess.run(
        # The shell's script asks by the name of the program.
        [sys.executable, "-c", _PROGRAM],
        env={
            **{key: value for key, value in os.environ.items() if not key.startswith("GRADER_")},
            "GRADER_HOME": str(home),
            "_GRADER_COMPLETE": "complete_bash",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split(" ")) - 1),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("grader wa", {"watch"}),
        ("grader submit --exercise mnist", {"mnist-callback", "mnist-conv"}),
        ("grader batch --layout ca", {"canvas"}),
        ("grader export ju", {"junit"}),
        ("grader show a1", {"a1a1a1a1"}),
        ("grader watch zz", set()),
    ],
)
def test_a_shell_completes(tmp_path: Path, words: str, completed: set[str]) -> None:
    """Commands, exercises, layouts, formats, and the ids of submissions."""
    fill(tmp_path)

    assert set(_completed(words, tmp_path)) == completed


def test_a_shell_gets_nothing_where_nothing_works(tmp_path: Path) -> None:
    """No message in the middle of what somebody types."""
    (tmp_path / "gradebook.sqlite").write_text("no database")

    assert _completed("grader show a", tmp_path) == []
