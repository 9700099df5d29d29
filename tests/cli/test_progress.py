"""How far a class is: lines where nobody can watch, one line that changes where somebody can."""

from __future__ import annotations

import io
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from rich.console import Console

from grader.cli import batch
from grader.desk import Standing
from tests.cli.terminal import Seen

STANDINGS = (
    Standing(4, 2, 6),
    Standing(7, 2, 3, ("a", "b", "c")),
    Standing(10, 2, 0, ("d", "e", "f")),
    Standing(12, 0, 0, ("g", "h")),
)


@pytest.fixture
def time_s(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the time that the clock shows."""
    shown = [100.0]
    monkeypatch.setattr(batch, "time", SimpleNamespace(monotonic=lambda: shown[0]))
    return shown


def standings(time_s: list[float]) -> Iterator[Standing]:
    """Say how far a class is, every half minute; four were graded by an earlier call."""
    for standing in STANDINGS:
        yield standing
        time_s[0] += 30


def test_lines_tell_the_rate_and_the_time_left(time_s: list[float]) -> None:
    """By what was graded just now: three in the first half minute are six a minute."""
    screen = io.StringIO()
    ids = list(batch.watched(Console(file=screen, width=80), standings(time_s), 12))

    assert ids == list("abcdefgh")
    assert screen.getvalue().splitlines() == [
        "4 of 12 done, 2 running, 6 waiting, 0 s",
        "7 of 12 done, 2 running, 3 waiting, 30 s, 6 a minute, about 50 s left",
        "10 of 12 done, 2 running, 0 waiting, 60 s, 6 a minute, about 20 s left",
        "12 of 12 done, 0 running, 0 waiting, 90 s, 5.33 a minute",
    ]


def test_at_a_terminal_it_is_one_line_that_goes(time_s: list[float]) -> None:
    """It is as wide as the terminal at most, and nothing of it is left."""
    screen = io.StringIO()
    console = Console(file=screen, width=80, force_terminal=True, color_system=None)
    ids = list(batch.watched(console, standings(time_s), 12))
    written = screen.getvalue()

    assert ids == list("abcdefgh")
    assert "12/12 0 running, 0 waiting, 5.33 a minute" in written
    assert Seen(written, 0).screen == [""]
