"""Reads a class as an instructor has it: lists what is there, says whose it is, chooses and reads.

What a student did never ends the reading: it is passed over with its reason. An order is the same
for the same files, whatever the disk has them in.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Literal

from grader.layouts.choice import Choice, choose
from grader.layouts.intake import Intake, PassedOver, Taken
from grader.layouts.names import folded, shown
from grader.layouts.piece import LayoutName, Piece
from grader.layouts.recognition import Recognised, recognise, recognise_together
from grader.layouts.roster import Roster, read_roster
from grader.layouts.student import Student
from grader.layouts.walk import Limits, read_tree, read_trees

PROGRAMS = frozenset({".py", ".ipynb"})
_MAX_SOURCES_BYTES = 1 << 30
_LISTED = 3


def read_class(  # noqa: PLR0913 -- what an instructor can say of a class
    paths: Sequence[Path],
    layout: Literal["auto"] | LayoutName = "auto",
    *,
    roster: Path | None = None,
    limit: int | None = None,
    suffixes: frozenset[str] = PROGRAMS,
    wanted: str | None = None,
) -> Intake:
    """Find the submissions of a class.

    Args:
        paths: A folder or an archive that is the class, or several that are exports or students.
        layout: How it is laid out, where that should not be guessed.
        roster: A table of the students.
        limit: How many submissions are taken at most.
        suffixes: How names of files end that can be handed in.
        wanted: The name of the file that counts if a student has several; `ps1/*` is one, too.

    Raises:
        RosterError: The roster cannot be read.
    """
    listed = read_roster(roster) if roster else None
    asked = None if layout == "auto" else layout
    found = _recognised(paths, asked, suffixes)
    people = _by_student([piece for each in found for piece in each.pieces], listed)
    reading = _Reading(limit, suffixes, wanted, listed)
    for person in people:
        reading.add(person)
    return Intake(
        taken=tuple(reading.taken),
        passed_over=tuple(reading.passed_over),
        missing=tuple(_missing(people, listed)),
        layout="; ".join(dict.fromkeys(each.sentence for each in found)),
    )


def _recognised(
    paths: Sequence[Path], asked: LayoutName | None, suffixes: frozenset[str]
) -> list[Recognised]:
    if len(paths) == 1:
        return [recognise(read_tree(paths[0], Limits(), follow=True), asked, suffixes)]
    name, named = _together(paths)
    return recognise_together(read_trees(named, name, Limits()), asked, suffixes)


def _together(paths: Sequence[Path]) -> tuple[str, list[tuple[Path, tuple[str, ...]]]]:
    """Say where each path stands in the folder that would hold them all, and that one's name."""
    absolute = [Path(os.path.normpath(path.absolute())) for path in dict.fromkeys(paths)]
    if not absolute:
        return "", []
    above = Path(os.path.commonpath([path.parent for path in absolute]))
    return above.name, [(path, path.relative_to(above).parts) for path in sorted(absolute)]


@dataclass
class _Person:
    """A student with all pieces, or nobody with what is nobody's; `place` is that on the roster."""

    student: Student | None
    place: int | None
    pieces: list[Piece] = field(default_factory=list)


def _by_student(pieces: Iterable[Piece], roster: Roster | None) -> list[_Person]:
    people: dict[tuple[str, str | int], _Person] = {}
    for piece in pieces:
        place = _place(piece, roster)
        key: tuple[str, str | int] = ("roster", place) if place is not None else ("", "")
        if place is None and piece.student:
            key = (piece.layout, piece.key)
        person = people.setdefault(key, _Person(_student(piece.student, place, roster), place))
        person.pieces.append(piece)
    return [people[key] for key in sorted(people, key=lambda key: _order(people[key], key))]


def _order(person: _Person, key: tuple[str, str | int]) -> tuple[bool, str, str]:
    label = person.student.label if person.student else ""
    return person.student is None, folded(label), str(key)


def _place(piece: Piece, roster: Roster | None) -> int | None:
    if roster is None or piece.student is None:
        return None
    # Only here does a name hold more than the student's.
    is_free = piece.layout in ("plain", "github")
    return roster.place(piece.student, Path(piece.entry.parts[0]).stem if is_free else "")


def _student(student: Student | None, place: int | None, roster: Roster | None) -> Student | None:
    if student is None or place is None or roster is None:
        return student
    return roster.students[place].completed(student)


def _missing(people: list[_Person], roster: Roster | None) -> Iterator[Student]:
    if roster is None:
        return
    seen = {person.place for person in people if not all(p.entry.is_litter for p in person.pieces)}
    partners = (partner for person in people for p in person.pieces for partner in p.partners)
    seen |= {roster.place(partner) for partner in dict.fromkeys(partners)}
    yield from (student for at, student in enumerate(roster.students) if at not in seen)


class _Reading:
    """What has been taken and passed over so far."""

    def __init__(
        self,
        limit: int | None,
        suffixes: frozenset[str],
        wanted: str | None,
        roster: Roster | None,
    ) -> None:
        self.taken: list[Taken] = []
        self.passed_over: list[PassedOver] = []
        self._limit = limit
        self._suffixes = suffixes
        self._wanted = wanted
        self._roster = roster
        self._bytes_left = _MAX_SOURCES_BYTES

    def add(self, person: _Person) -> None:
        """Take a student's submission, and pass over the rest."""
        choice = self._choice(person)
        taken = choice.taken
        if taken and person.student:
            self._bytes_left -= len(choice.source)
            self.taken.append(self._taken(person, person.student, taken, choice.source))
        is_known = person.place is not None or not all(p.is_guess for p in person.pieces)
        self.passed_over += _summary(choice.passed_over, person.student if is_known else None)

    def _choice(self, person: _Person) -> Choice:
        if self._limit is not None and len(self.taken) >= self._limit:
            return _none(person, f"is not among the first {self._limit}")
        choice = choose(person.pieces, self._wanted, self._suffixes)
        if len(choice.source) > self._bytes_left:
            return _none(person, "is too much with all the others; grade the class in parts")
        return choice

    def _taken(self, person: _Person, student: Student, piece: Piece, source: bytes) -> Taken:
        return Taken(
            student=student,
            partners=tuple(self._partners(piece)),
            file=shown(piece.file),
            source=source,
            where=piece.entry.where,
            layout=piece.layout,
            ids=piece.ids,
            is_late=piece.is_late,
            handed_in=piece.handed_in,
            is_on_roster=person.place is not None if self._roster else None,
        )

    def _partners(self, piece: Piece) -> Iterator[Student]:
        for partner in piece.partners:
            place = self._roster.place(partner) if self._roster else None
            yield _student(partner, place, self._roster) or partner


def _none(person: _Person, reason: str) -> Choice:
    passed = ((p, p.entry.refusal or p.refusal or reason) for p in person.pieces)
    return Choice(None, b"", tuple(passed))


def _summary(passed: Iterable[tuple[Piece, str]], student: Student | None) -> Iterator[PassedOver]:
    """List what was passed over; of many files with one reason only the first, with a count."""

    def alike(each: tuple[Piece, str]) -> tuple[bool, str]:
        return each[0].entry.is_litter, each[1]

    for (is_litter, reason), group in groupby(sorted(passed, key=alike), key=alike):
        places = [piece.entry.where for piece, _ in group]
        if len(places) > _LISTED:
            places = [f"{places[0]} and {len(places) - 1:,} more"]
        for place in places:
            yield PassedOver(where=place, reason=reason, student=student, is_litter=is_litter)
