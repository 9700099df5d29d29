"""A submission's file as a page shows it: lines, those in question marked with the checks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.model.report import CheckResult, Status
from grader.model.source import SourceFacts
from grader.pages.places import lines_in

# More is no program that somebody wrote for an exercise; a page must open on a phone.
_MOST_LINES = 1500
_LONGEST_LINE = 400


@dataclass(frozen=True)
class Line:
    """A line of the file: its place in the text that is run, its number as the student sees it."""

    place: int
    number: int
    text: str
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Block:
    """Lines that stand together: the whole file, or the cell of a notebook with this number."""

    cell: int | None
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Listing:
    """The file, the places of each check in it, and how many lines there was no room for."""

    blocks: tuple[Block, ...]
    places: Mapping[str, tuple[int, ...]]
    left_out: int


def listing(facts: SourceFacts, checks: Sequence[CheckResult]) -> Listing:
    """Lay out a file, and mark the lines that failed checks speak of."""
    lines = facts.text.rstrip("\n").split("\n") if facts.text.strip() else []
    shown = lines[:_MOST_LINES]
    places = {
        check.id: tuple(place for place in _places(check, facts) if place <= len(shown))
        for check in checks
        if check.status is Status.FAILED
    }
    marks: dict[int, list[str]] = defaultdict(list)
    for check, found in places.items():
        for place in found:
            marks[place].append(check)
    return Listing(
        blocks=tuple(_blocks(facts, shown, marks)),
        places=places,
        left_out=len(lines) - len(shown),
    )


def _places(check: CheckResult, facts: SourceFacts) -> tuple[int, ...]:
    return lines_in(f"{check.message} {check.help}", facts.cells)


def _blocks(
    facts: SourceFacts, shown: Sequence[str], marks: Mapping[int, Sequence[str]]
) -> Iterator[Block]:
    if not facts.cells:
        yield Block(None, tuple(_lines(shown, 1, marks)))
        return
    firsts = [cell.first_line for cell in facts.cells]
    for cell, after in zip(facts.cells, [*firsts[1:], len(shown) + 1], strict=True):
        lines = shown[cell.first_line - 1 : after - 1]
        yield Block(cell.number, tuple(_lines(lines, cell.first_line, marks)))


def _lines(lines: Sequence[str], first: int, marks: Mapping[int, Sequence[str]]) -> Iterator[Line]:
    for number, text in enumerate(lines, 1):
        place = first + number - 1
        yield Line(place, number, _short(text), tuple(marks.get(place, ())))


def _short(text: str) -> str:
    more = len(text) - _LONGEST_LINE
    return f"{text[:_LONGEST_LINE]} ... ({more} more characters)" if more > 0 else text
