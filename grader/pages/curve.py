"""Learning curves as numbers that an SVG is drawn from.

Upwards stands how many mistakes are left, on a logarithmic scale: of what happens between 99 % and
99.8 %, which is what the lesson is about, a linear one shows nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Beyond, a few images more or less would take half of the picture.
_FEWEST_MISTAKES, _MOST_MISTAKES = 5e-4, 0.6
_LEVELS = (0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995)
_LEFT, _RIGHT, _TOP, _BOTTOM = 58.0, 14.0, 26.0, 40.0
_MOST_OTHERS = 200
_MOST_EPOCHS = 100
_MOST_DOTS = 30


@dataclass(frozen=True)
class Tick:
    """A mark on an axis: where, and what it says."""

    at: float
    label: str


@dataclass(frozen=True)
class Chart:
    """Curves in a picture of some size; `own` has a dot for every epoch, others are lines."""

    width: int
    height: int
    left: float
    right: float
    top: float
    bottom: float
    epochs: tuple[Tick, ...]
    levels: tuple[Tick, ...]
    target: Tick | None
    own: str
    dots: tuple[tuple[float, float], ...]
    end: tuple[float, float] | None
    others: tuple[str, ...]


def chart(
    own: Sequence[float],
    others: Iterable[Sequence[float]],
    target: float | None,
    size: tuple[int, int],
) -> Chart:
    """Draw a curve among others, each the accuracies after one epoch after another."""
    own = own[:_MOST_EPOCHS]
    drawn = [each[:_MOST_EPOCHS] for each in others if each][:_MOST_OTHERS]
    width, height = size
    across = _Across(max(2, len(own), *map(len, drawn), 2), _LEFT, width - _RIGHT)
    values = [*own, *(value for each in drawn for value in each), *([target] if target else [])]
    upwards = _Upwards(values or [0.5], height - _BOTTOM, _TOP)
    points = [(across.at(place), upwards.at(value)) for place, value in enumerate(own, 1)]
    goal = Tick(upwards.at(target), f"{100 * target:g} %") if target else None
    return Chart(
        width=width,
        height=height,
        left=_LEFT,
        right=width - _RIGHT,
        top=_TOP,
        bottom=height - _BOTTOM,
        epochs=across.ticks(),
        levels=upwards.ticks(goal),
        target=goal,
        own=_line(points),
        dots=tuple(points) if len(points) <= _MOST_DOTS else (),
        end=points[-1] if points else None,
        others=tuple(
            _line([(across.at(place), upwards.at(value)) for place, value in enumerate(each, 1)])
            for each in drawn
        ),
    )


class _Across:
    """Epochs from left to right."""

    def __init__(self, epochs: int, left: float, right: float) -> None:
        self._epochs = epochs
        self._left = left
        self._step = (right - left) / (epochs - 1)

    def at(self, epoch: int) -> float:
        return round(self._left + (epoch - 1) * self._step, 1)

    def ticks(self) -> tuple[Tick, ...]:
        every = next(n for n in (1, 2, 5, 10, 20, 50, 100) if n * self._step >= 28 or n == 100)
        marked = [n for n in range(1, self._epochs + 1) if n == 1 or n % every == 0]
        return tuple(Tick(self.at(n), str(n)) for n in marked if n == 1 or every == 1 or n > 2)


class _Upwards:
    """Accuracies from below to above, by the mistakes that are left."""

    def __init__(self, values: Sequence[float], bottom: float, top: float) -> None:
        levels = [_level(value) for value in values]
        self._low = min(levels) - 0.08
        self._high = max(max(levels) + 0.12, self._low + 0.5)
        self._bottom = bottom
        self._top = top

    def at(self, value: float) -> float:
        share = (_level(value) - self._low) / (self._high - self._low)
        return round(self._bottom - share * (self._bottom - self._top), 1)

    def ticks(self, target: Tick | None) -> tuple[Tick, ...]:
        found: list[Tick] = []
        for value in _LEVELS:
            tick = Tick(self.at(value), f"{100 * value:g} %")
            is_inside = self._low <= _level(value) <= self._high
            is_free = all(
                abs(tick.at - each.at) >= 22
                for each in [*found, *([target] * bool(target))]
                if each
            )
            if is_inside and is_free:
                found.append(tick)
        return tuple(found)


def _level(value: float) -> float:
    mistakes = 1 - value if math.isfinite(value) else 1.0
    return -math.log10(min(max(mistakes, _FEWEST_MISTAKES), _MOST_MISTAKES))


def _line(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)
