"""Which mistakes a class has made, and how often."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from grader.model.report import Status
from grader.pages.handed import Asked, Handed

_MOST_WORDINGS = 5
_LONGEST = 240
# Where a mistake stands, and by how much it misses, is each submission's own.
_PLACE = re.compile(
    r" ?\([^()]{0,40}\blines? \d[\d, and]*\)"
    r"| ?(?:in )?(?:cell \d+(?: \(code cell \d+\))?, )?lines? \d+(?:(?:, | and )\d+)*"
)
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True)
class Wording:
    """Something that was found, in the words of one report, and in how many."""

    text: str
    count: int


@dataclass(frozen=True)
class Mistake:
    """A check that submissions failed: how many, and what was found in most of them."""

    id: str
    asks: str
    count: int
    wordings: tuple[Wording, ...]


def mistakes(class_: Sequence[Handed], asked: Asked) -> list[Mistake]:
    """Count the checks that failed, the most frequent first."""
    found: dict[str, list[str]] = defaultdict(list)
    for handed in class_:
        for check in handed.report.checks:
            if check.status is Status.FAILED:
                found[check.id].append(check.message)
    return [
        Mistake(id_, asked.checks.get(id_, ""), len(messages), _wordings(messages))
        for id_, messages in sorted(found.items(), key=lambda each: -len(each[1]))
    ]


def _wordings(messages: Sequence[str]) -> tuple[Wording, ...]:
    """Put together what differs only in places and numbers."""
    examples: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for message in messages:
        placeless = _PLACE.sub("", message)
        key = _DIGITS.sub("0", placeless)
        examples.setdefault(key, placeless[:_LONGEST])
        counts[key] += 1
    return tuple(Wording(examples[key], n) for key, n in counts.most_common(_MOST_WORDINGS))
