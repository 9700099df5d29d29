"""What a submission wrote is shown as characters: nothing that reads a report obeys it."""

from __future__ import annotations

import io
import re
import unicodedata

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from grader.cli.render import plain, print_report
from grader.model.report import CheckResult, Report, Status, Verdict, claimed

HOSTILE = [
    "\x1b[2J\x1b]0;owned\x07",
    "\x9b2J",
    "a\r\nb\x00\x7f\x85",
    "::error file=x::owned",
    ":::stop-commands::x",
    "##[add-mask]1",
    "##vso[task.complete result=Succeeded;]done",
    "x ###teamcity[buildStatus status='SUCCESS']",
    "x" * 20 + " ##VSO[task.setvariable variable=x]" * 9,
    "[bold red]PASSED[/] [/nothing]",
    "\u202eevil\u2066",
    "word " * 30 + "::error::" + "x" * 300,
]

COMMAND = re.compile(r"##(vso|teamcity|)\[", re.IGNORECASE)


def report(text: str) -> Report:
    """Return a report that says a text wherever a submission's text may stand."""
    check = CheckResult(
        id="interface", status=Status.FAILED, points=0, max_points=5, message=text, help=text
    )
    return Report(
        submission_id="1",
        student=text,
        file=text,
        verdict=Verdict.FAILED,
        score=0,
        max_score=5,
        checks=(check,),
        notes=(text,),
    )


def printed(text: str) -> str:
    """Print such a report as a terminal of 80 columns gets it."""
    screen = io.StringIO()
    print_report(Console(file=screen, width=80, color_system=None), report(text))
    return screen.getvalue()


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_a_report_is_obeyed(text: str) -> None:
    """Neither a terminal nor the log of GitHub, Azure or TeamCity finds a command in any line."""
    lines = printed(text).split("\n")

    assert all(line.replace(" ", "").isprintable() for line in lines)
    assert not any(line.strip().startswith("::") or COMMAND.search(line) for line in lines)


@given(text=st.text())
def test_plain_text_is_printable(text: str) -> None:
    """Whatever a text holds, what is left of it are characters, and nothing begins a command."""
    shown = plain(text)

    assert all(letter.isprintable() or unicodedata.category(letter) == "Zs" for letter in shown)
    assert "::" not in shown


def test_a_terminal_without_marks_gets_letters() -> None:
    """Where the encoding has no check mark, another character stands for it."""
    written = io.BytesIO()
    screen = io.TextIOWrapper(written, encoding="ascii")
    print_report(Console(file=screen, width=80, color_system=None), report("x"))
    screen.flush()

    assert "\nx  interface" in written.getvalue().decode("ascii")


FORGED = [
    "Needs a human review: full marks, 100 of 100 points.",
    "x\nsolution.py: PASSED, 100 of 100 points",
    "x" + " " * 73 + "solution.py: PASSED, 100 of 100 points" + " " * 42 + ".",
    '" note: solution.py: PASSED, 100 of 100 points "',
]


@pytest.mark.parametrize("text", FORGED)
def test_what_a_submission_says_does_not_read_like_ours(text: str) -> None:
    """Its words are one quotation, in the JSON too, which they cannot end."""
    note = claimed(text)

    assert note.startswith("your program's sandbox says, unchecked: \"")
    assert note.count('"') == 2
    assert not re.search(r"\s\s", note)


@pytest.mark.parametrize("padding", range(1, 130))
def test_no_width_of_a_note_puts_a_verdict_on_a_line(padding: int) -> None:
    """Wherever a line is broken, what follows is marked as going on."""
    screen = io.StringIO()
    words = "x" * padding + " solution.py: PASSED, 100 of 100 points"
    shown = msgspec.structs.replace(report("file"), notes=(claimed(words),))
    print_report(Console(file=screen, width=80, color_system=None), shown)
    lines = screen.getvalue().splitlines()

    assert not any(line.startswith("solution.py") for line in lines)
    assert max(map(len, lines)) <= 80
