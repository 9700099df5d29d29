"""Shows a submission on its way: its place in the line, what is done with it, and the time left.

At a terminal the last line changes as it goes, and is gone at the end; where nobody can watch, a
line is printed when something has happened.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

from grader.cli import render
from grader.desk import Began, EpochSeen, Event, Graded, Waits
from grader.model.report import EpochResult

_MINUTE_S = 60
_HOUR_S = 3600
_REFRESH_HZ = 4.0


class Watching:
    """What is known of a submission while somebody waits for its report."""

    def __init__(
        self,
        console: Console,
        *,
        usual_s: float | None = None,
        most_epochs: int | None = None,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Show events on a console.

        Args:
            console: Where to.
            usual_s: How long a grading takes of late, if any is known of.
            most_epochs: Where a training is cut, if there is one.
            now_s: A clock.
        """
        self._console = console
        self._usual_s = usual_s
        self._most_epochs = most_epochs
        self._now_s = now_s
        self._waits: Waits | None = None
        self._began_s: float | None = None
        self._epochs: list[EpochResult] = []
        self._epoch_s: list[float] = []

    def see(self, event: Event) -> None:
        """Show what has happened."""
        match event:
            case Waits(place):
                self._waits, self._began_s = event, None
                # At a terminal it stands in the last line.
                if place.ahead and not self._console.is_terminal:
                    self._console.print(f"  {self.status()}", highlight=False, markup=False)
            case Began(attempt):
                self._began_s, self._waits = self._now_s(), None
                self._epochs, self._epoch_s = [], []
                if attempt > 1:
                    self._console.print(f"  attempt {attempt}", highlight=False)
            case EpochSeen(number, epoch):
                self._epochs.append(epoch)
                self._epoch_s.append(self._now_s())
                render.print_epoch(self._console, number, epoch)
            case Graded():
                pass

    def status(self) -> str:
        """Say in a line how far it is."""
        if self._waits is not None:
            return self._line()
        if self._began_s is None:
            return "waits for a worker"
        if not self._epochs:
            return f"its program runs{self._left(self._began_s)}"
        left = self._epochs_left()
        shown = render.curve(self._console, [epoch.accuracy for epoch in self._epochs])
        return f"{shown}  {left}" if left else shown

    def rendered(self) -> RenderableType:
        """Return the line that changes."""
        return Text(f"  {self.status()}", "bright_black", no_wrap=True, overflow="ellipsis")

    def _line(self) -> str:
        place = self._waits.place if self._waits is not None else None
        if place is None or not place.ahead:
            return "is the next in line" if place and place.running else "waits for a worker"
        running = f", {place.running} in work" if place.running else ""
        left = ""
        if self._usual_s is not None and place.running:
            rounds = place.ahead / place.running + 1
            left = f", about {duration(rounds * self._usual_s)} left"
        return f"waits: {place.ahead} before it{running}{left}"

    def _left(self, began_s: float) -> str:
        took_s = self._now_s() - began_s
        if self._usual_s is None or took_s >= self._usual_s:
            return f", for {duration(took_s)}"
        return f", about {duration(self._usual_s - took_s)} left"

    def _epochs_left(self) -> str:
        # The first says nothing of how long one takes: whoever follows late sees several at once.
        if self._most_epochs is None or len(self._epochs) < 2 or self._began_s is None:
            return ""
        number = len(self._epochs)
        each_s = (self._epoch_s[-1] - self._began_s) / number
        left_s = (self._most_epochs - number) * each_s - (self._now_s() - self._epoch_s[-1])
        return f"at most {duration(left_s)} left" if left_s > each_s else ""


def duration(seconds: float) -> str:
    """Write a time as people say it."""
    if seconds < _MINUTE_S:
        return f"{max(1, round(seconds))} s"
    if seconds < _HOUR_S:
        return f"{round(seconds / _MINUTE_S)} min"
    return f"{seconds / _HOUR_S:.1f} h"


@contextmanager
def shown(console: Console, watching: Watching) -> Iterator[None]:
    """Keep the last line of a terminal up to date."""
    if not console.is_terminal or console.is_dumb_terminal or console.quiet:
        yield
        return
    with Live(
        get_renderable=watching.rendered,
        console=console,
        transient=True,
        refresh_per_second=_REFRESH_HZ,
    ):
        yield
