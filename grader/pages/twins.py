"""Pairs of submissions that seem to be the same program under other names: for a human, no score.

Two programs are compared by their statements (`grader.preflight.outline`), in which names, comments
and the order of named arguments leave no trace. That alone would accuse everybody: an exercise has
a usual solution, and often a template. So a statement weighs as much as it is rare, in bits: that
two people have hit upon one that a quarter of the class has is worth two. What over half of a class
has written, or what was given to them, weighs nothing. A pair is named where nearly all that the
two have to say is said by both, and where that could hardly be chance in a class of this size.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from grader.pages.handed import Handed
from grader.preflight import Outline

# Who is not in the class writes as well. In a small one nothing would be rare without them.
_OTHERS = 6
_LEAST_SHARED = 0.85
_LEAST_BITS = 14.0
_MOST_PAIRS = 50


@dataclass(frozen=True)
class Twins:
    """Two submissions; `shared` of their `statements` that not everybody has are in both."""

    first: Handed
    second: Handed
    shared: int
    statements: int
    common: int
    is_verbatim: bool


def twins(class_: Sequence[tuple[Handed, Outline]], given: Collection[Outline] = ()) -> list[Twins]:
    """Find pairs, the most alike first.

    Args:
        class_: Submissions to one exercise with their outlines.
        given: Outlines of code that everybody was given.
    """
    sets = [(handed, frozenset(each.digest for each in outline)) for handed, outline in class_]
    students = len({handed.entry.student for handed, _ in sets})
    everybody = {each.digest for outline in given for each in outline}
    bits = _bits(sets, students, everybody)
    # How many pairs there are that could be alike by chance.
    needed = _LEAST_BITS + math.log2(max(1, students * (students - 1) / 2))
    found = []
    for (first, one), (second, other) in itertools.combinations(sets, 2):
        if first.entry.student == second.entry.student:
            continue
        both, either = _weight(one & other, bits), _weight(one | other, bits)
        if both >= needed and both >= _LEAST_SHARED * either:
            found.append((both / either, both, _twins(first, second, one, other, bits)))
    found.sort(key=lambda each: (-each[0], -each[1]))
    return [pair for _, _, pair in found[:_MOST_PAIRS]]


def _bits(
    sets: Sequence[tuple[Handed, frozenset[str]]], students: int, given: Collection[str]
) -> Mapping[str, float]:
    """Say how much each statement weighs; what a student hands in twice counts once."""
    counts = Counter(
        digest
        for digest, _ in {
            (digest, each.entry.student) for each, digests in sets for digest in digests
        }
    )
    usual = max(2, students // 2)
    return {
        digest: math.log2((students + _OTHERS) / count)
        for digest, count in counts.items()
        if count <= usual and digest not in given
    }


def _weight(digests: Collection[str], bits: Mapping[str, float]) -> float:
    return math.fsum(bits.get(digest, 0.0) for digest in digests)


def _twins(
    first: Handed,
    second: Handed,
    one: frozenset[str],
    other: frozenset[str],
    bits: Mapping[str, float],
) -> Twins:
    return Twins(
        first=first,
        second=second,
        shared=sum(digest in bits for digest in one & other),
        statements=sum(digest in bits for digest in one | other),
        common=sum(digest not in bits for digest in one & other),
        is_verbatim=first.source == second.source,
    )
