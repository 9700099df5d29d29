"""Canvas: all files in one folder, named `<name>[_LATE]_<user>_<attachment>_<file>`.

The name is the sortable one, in small letters and without blanks and punctuation; with anonymous
marking `anon_<id>` stands for name and user, and LATE before it. Text typed into Canvas has no
attachment: `<name>_<user>_text.html`. An export has the files of each student's last submission;
of versions, as two exports in one folder have them, the one with the highest attachment is newest.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from grader.layouts.handback import CanvasIds
from grader.layouts.names import shown
from grader.layouts.piece import Piece
from grader.layouts.student import Student
from grader.layouts.tree import Entry, Tree

_TYPED = {
    "text.html": "is text that was typed into Canvas, and no file",
    "link.html": "is a link that was handed in, and no file",
}
# Canvas adds a number to a name that the student has used before.
_AGAIN = re.compile(r"-\d+(?=(?:\.[^.]*)?$)")
_OTHERWISE_NAMED = "is not named as Canvas names files"
_IN_A_NAME = {"L", "M", "Nd", "Pc"}


@dataclass(frozen=True)
class CanvasName:
    """What the name of a file in an export says; `attachment` and `file` are empty for text."""

    name: str
    user: str
    attachment: str
    file: str
    is_late: bool
    anonymous: str = ""
    typed: str = ""


def parse(filename: str) -> CanvasName | None:
    """Read the name of a file in an export, or return None if it is no such name."""
    parts = filename.split("_")
    late_first = parts[0].lower() == "late"
    if parts[late_first:][:1] == ["anon"] and len(parts) > late_first + 2:
        anonymous, rest = parts[late_first + 1], parts[late_first + 2 :]
        return _read("", "", rest, is_late=late_first, anonymous=anonymous)
    # A name stands first whatever it is, and Canvas takes the first number after it.
    at = next((at for at, part in enumerate(parts) if at and _is_number(part)), None)
    if at is None:
        return None
    is_late = at > 1 and parts[at - 1].lower() == "late"
    name = "_".join(parts[: at - is_late])
    return _read(name, parts[at], parts[at + 1 :], is_late=is_late, anonymous="")


def _read(
    name: str, user: str, rest: list[str], *, is_late: bool, anonymous: str
) -> CanvasName | None:
    typed = _TYPED.get("_".join(rest), "")
    attachment, file = (rest[0], "_".join(rest[1:])) if rest and not typed else ("", "")
    if not typed and not (_is_number(attachment) and file):
        return None
    return CanvasName(name, user, attachment, file, is_late, anonymous, typed)


def _is_number(part: str) -> bool:
    return part.isascii() and part.isdigit()


def recognise(tree: Tree) -> str:
    """Say why this is an export of Canvas, or nothing."""
    tops = [top for top, entries in tree.children.items() if not entries[0].is_litter]
    named = [found for found in map(parse, tops) if found]
    if len(named) * 2 <= len(tops) or not _is_consistent(named):
        return ""
    return f"{len(named)} of {len(tops)} files are named <name>_<user>_<attachment>_<file>"


def _is_consistent(named: list[CanvasName]) -> bool:
    """Whether numbers that look like Canvas's can be its: names as in `lab_1_2_anna.py` are not."""
    attachments = [each.attachment for each in named if each.attachment]
    users = {(each.user, each.anonymous) for each in named}
    names = {(each.user, each.anonymous, each.name) for each in named}
    only_one = {each.name for each in named if not each.anonymous}
    return (
        len(set(attachments)) == len(attachments)
        and len(names) == len(users)
        and not (len(only_one) == 1 and len(users) > 1)
        and all(_could_be_sortable(each.name) for each in named)
    )


def _could_be_sortable(name: str) -> bool:
    categories = [unicodedata.category(each) for each in name]
    # A number in the place of a name is a year or a day.
    return (
        name == name.lower()
        and not name.isdigit()
        and all(each in _IN_A_NAME or each[0] in _IN_A_NAME for each in categories)
    )


def pieces(tree: Tree) -> list[Piece]:
    """Say whose each file is."""
    return [_piece(entry) for entry in tree.entries]


def _piece(entry: Entry) -> Piece:
    found = parse(entry.parts[0])
    if found is None:
        return Piece(entry=entry, layout="canvas", refusal=_OTHERWISE_NAMED)
    student = Student(name=shown(found.name), id=shown(found.user))
    if found.anonymous:
        anonymous = shown(found.anonymous)
        student = Student(name=f"anonymous {anonymous}", id=anonymous)
    return Piece(
        entry=entry,
        layout="canvas",
        inside=(found.file, *entry.parts[1:]) if found.file else (),
        student=student,
        key=student.id,
        ids=CanvasIds(found.user, found.attachment, entry.parts[0], found.anonymous),
        series=_AGAIN.sub("", found.file).casefold(),
        order=int(found.attachment or 0) if len(found.attachment) < 20 else 0,
        is_late=found.is_late,
        refusal=found.typed,
    )


def name_before_numbering(filename: str) -> str:
    """Return the name that a student gave to a file which Canvas has numbered."""
    return _AGAIN.sub("", filename)
