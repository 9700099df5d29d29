"""What somebody sees who waits: the place in the line, what is done, the time left, a curve."""

from __future__ import annotations

import io
import unicodedata

import pytest
from rich.console import Console

from grader.cli import render
from grader.cli.watching import Watching, duration, shown
from grader.desk import Began, EpochSeen, Waits
from grader.gradebook import Place
from grader.model.report import EpochResult
from tests.cli.terminal import Seen

CURVE = [0.95, 0.97, 0.98, 0.99, 0.995, 0.998]


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        """Begin somewhere."""
        self.at_s = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.at_s


def console(screen: io.StringIO, *, terminal: bool = False, width: int = 80) -> Console:
    """Return a console that writes to a text."""
    return Console(
        file=screen, width=width, force_terminal=terminal, color_system=None, legacy_windows=False
    )


def watching(clock: Clock, **known: float) -> tuple[Watching, io.StringIO]:
    """Return what shows a submission where nobody can watch, and what it prints to."""
    screen = io.StringIO()
    most_epochs = int(known["most_epochs"]) if "most_epochs" in known else None
    found = Watching(
        console(screen), usual_s=known.get("usual_s"), most_epochs=most_epochs, now_s=clock
    )
    return found, screen


def test_a_place_in_the_line_is_told_with_the_time_left() -> None:
    """Two workers take three before it, and then it, each for half a minute."""
    seen, screen = watching(Clock(), usual_s=30.0)
    seen.see(Waits(Place(ahead=3, running=2)))

    assert screen.getvalue() == "  waits: 3 before it, 2 in work, about 1 min left\n"

    seen.see(Waits(Place(ahead=0, running=2)))

    assert seen.status() == "is the next in line"
    assert screen.getvalue().count("\n") == 1


def test_a_stage_is_told_with_the_time_left() -> None:
    """From what is usual until it takes longer; then from the epochs of the training itself."""
    clock = Clock()
    seen, screen = watching(clock, usual_s=40.0, most_epochs=20)

    assert seen.status() == "waits for a worker"

    seen.see(Began(1))
    clock.at_s += 10

    assert seen.status() == "its program runs, about 30 s left"

    clock.at_s += 40

    assert seen.status() == "its program runs, for 50 s"

    for number, accuracy in enumerate(CURVE[:3], 1):
        clock.at_s += 10
        seen.see(EpochSeen(number, EpochResult(accuracy, 0.1)))

    # 80 s for three epochs, and seventeen more at most.
    assert seen.status().endswith("  at most 8 min left")
    assert screen.getvalue().count("epoch") == 3


def test_another_attempt_begins_anew() -> None:
    """With its epochs from the first on; and it is said."""
    seen, screen = watching(Clock(), most_epochs=20)
    seen.see(Began(1))
    seen.see(EpochSeen(1, EpochResult(0.9, 0.1)))
    seen.see(Began(2))

    assert "attempt 2" in screen.getvalue()
    assert seen.status() == "its program runs, for 1 s"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.0, "1 s"), (-3.0, "1 s"), (59.4, "59 s"), (61, "1 min"), (3599, "60 min"), (5400, "1.5 h")],
)
def test_times_are_said_as_people_say_them(seconds: float, words: str) -> None:
    """In one unit."""
    assert duration(seconds) == words


def test_at_a_terminal_the_last_line_is_gone_at_the_end() -> None:
    """What stays are the epochs, and no line is wider than the terminal."""
    screen = io.StringIO()
    at = console(screen, terminal=True)
    seen = Watching(at, usual_s=30.0, most_epochs=20)
    with shown(at, seen):
        seen.see(Waits(Place(ahead=12, running=2)))
        seen.see(Began(1))
        seen.see(EpochSeen(1, EpochResult(0.9, 0.1)))
    left = Seen(screen.getvalue(), 0).screen

    assert left == ["  epoch  1   accuracy  90.00%   loss 0.1000"]


def test_a_curve_rises_with_the_accuracy() -> None:
    """A bar an epoch; what nobody can draw is drawn all the same."""
    at = console(io.StringIO())

    assert render.curve(at, CURVE) == "▁▂▃▅▆█"
    assert render.curve(at, CURVE[::-1]) == "█▆▅▃▂▁"
    assert render.curve(at, [0.9]) == "█"
    assert render.curve(at, [float("nan"), 1.0]) == "▁█"
    assert render.curve(at, [0.5] * 100) == f"...{'█' * 40}"


def test_a_terminal_without_bars_gets_signs() -> None:
    """Where the encoding has none, as in an old console."""
    screen = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    drawn = render.curve(Console(file=screen), CURVE)

    assert drawn == "_.-=+#"
    assert drawn.isascii()


def test_no_sign_of_ours_is_wide_or_a_picture() -> None:
    """Windows Terminal draws bars itself, and no other sign may be an emoji or two columns wide."""
    ours = "✓✗" + render.curve(console(io.StringIO()), [1 - 2.0**-n for n in range(1, 9)])

    assert len(set(ours)) == 10
    assert {unicodedata.east_asian_width(each) for each in ours} <= {"N", "A"}
    assert not set(ours) & set("✔✖✅❌")
