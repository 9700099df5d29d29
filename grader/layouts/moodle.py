"""Moodle: a folder for each student, named `<Full Name>_<number>_assignsubmission_file`.

The number is the participant's in this assignment, not the user's, and in a group's the group's.
Before 4.1 the folder ends in an underscore. A flat export has the same before each file's name.
Results go back under the folder's name byte for byte. An export has each student's last files.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from grader.layouts.handback import MoodleIds
from grader.layouts.names import folded, shown
from grader.layouts.piece import Piece
from grader.layouts.student import Student
from grader.layouts.tree import Entry, Tree

# Moodle writes no underscore into a name; others who name folders after it might.
_NAMED = re.compile(
    # Who is in no group is in one without a number, where groups hand in.
    r"(?P<name>.*?)(?:_(?P<number>\d+))?_assignsubmission_(?P<plugin>[a-z0-9]+)(?:_(?P<file>.*))?",
    re.DOTALL | re.ASCII,
)
_PARTICIPANT = ("participant", "teilnehmer", "teilnehmerin")
_OTHERWISE_NAMED = "is not named as Moodle names folders"


@dataclass(frozen=True)
class MoodleName:
    """What the name of a folder, or of a file in a flat export, says."""

    name: str
    participant: str
    plugin: str
    folder: str
    file: str = ""


def parse(name: str) -> MoodleName | None:
    """Read the name of a folder or a file in an export, or return None if it is no such name."""
    found = _NAMED.fullmatch(name)
    if found is None:
        return None
    file = found["file"] or ""
    folder = name[: -len(file)].removesuffix("_") if file else name
    return MoodleName(found["name"], found["number"] or "", found["plugin"], folder, file)


def recognise(tree: Tree) -> str:
    """Say why this is an export of Moodle, or nothing."""
    tops = [top for top, entries in tree.children.items() if not entries[0].is_litter]
    named = [top for top in tops if parse(top)]
    if len(named) * 2 <= len(tops):
        return ""
    return f"{len(named)} of {len(tops)} names are <name>_<number>_assignsubmission_…"


def pieces(tree: Tree) -> list[Piece]:
    """Say whose each file is."""
    people = {(each.name, each.participant) for each in map(parse, tree.children) if each}
    names = Counter(name for name, _ in people)
    # Where marking is anonymous, all have one name: that of a participant, in the site's language.
    is_anonymous = len(names) == 1 and (len(people) > 1 or folded(min(names)) in _PARTICIPANT)
    return [_piece(entry, is_anonymous=is_anonymous) for entry in tree.entries]


def _piece(entry: Entry, *, is_anonymous: bool) -> Piece:
    found = parse(entry.parts[0])
    if found is None:
        return Piece(entry=entry, layout="moodle", refusal=_OTHERWISE_NAMED)
    # As Moodle's own tables write it.
    name = f"{found.name} {found.participant}" if is_anonymous else found.name
    inside = (*((found.file,) if found.file else ()), *entry.parts[1:])
    return Piece(
        entry=entry,
        layout="moodle",
        inside=inside,
        student=Student(name=shown(name), id=shown(found.participant)),
        key=found.participant or found.name,
        ids=MoodleIds(found.participant, found.folder),
        refusal=_refusal(found),
    )


def _refusal(found: MoodleName) -> str:
    if found.plugin == "onlinetext":
        return "is text that was typed into Moodle, and no file"
    return "" if found.plugin == "file" else "is none of the files that were handed in"
