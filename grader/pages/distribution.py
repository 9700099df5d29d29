"""How the points of a class are spread."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from grader.model.report import Verdict
from grader.pages.handed import Handed
from grader.reports.outcome import share

_BINS = 10


@dataclass(frozen=True)
class Bin:
    """A tenth of the points: how many have so many, and how many of those passed."""

    label: str
    count: int
    passed: int


@dataclass(frozen=True)
class Distribution:
    """Points of a class in tenths; quartiles in percent of all points, where there are several."""

    bins: tuple[Bin, ...]
    most: int
    graded: int
    quartiles: tuple[float, float, float] | None
    verdicts: tuple[tuple[Verdict, int], ...]


def distribution(class_: Sequence[Handed]) -> Distribution:
    """Count a class."""
    verdicts = Counter(each.report.verdict for each in class_)
    shares = [
        (earned, each.report.verdict)
        for each in class_
        if (earned := share(each.report)) is not None
    ]
    bins = []
    for place in range(_BINS):
        inside = [verdict for earned, verdict in shares if _place(earned) == place]
        last = place == _BINS - 1
        label = f"{place * 10} to {100 if last else place * 10 + 9}"
        bins.append(Bin(label, len(inside), inside.count(Verdict.PASSED)))
    quartiles = None
    if len(shares) > 1:
        values = [100 * earned for earned, _ in shares]
        low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
        quartiles = (low, middle, high)
    return Distribution(
        bins=tuple(bins),
        most=max((each.count for each in bins), default=0),
        graded=len(shares),
        quartiles=quartiles,
        verdicts=tuple((verdict, verdicts[verdict]) for verdict in Verdict if verdicts[verdict]),
    )


def _place(earned: float) -> int:
    return min(_BINS - 1, int(earned * _BINS + 1e-9))
