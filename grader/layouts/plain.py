"""No platform: one file or one folder for each student, with the student's name.

No rule says which of two things with the same name is newer, so neither is taken for it.
"""

from __future__ import annotations

from pathlib import PurePath

from grader.layouts.names import shown
from grader.layouts.piece import Piece
from grader.layouts.student import Student
from grader.layouts.tree import Entry, Tree, is_archive


def pieces(tree: Tree) -> list[Piece]:
    """Say whose each file is."""
    return [_piece(entry) for entry in tree.entries]


def _piece(entry: Entry) -> Piece:
    top, *below = entry.parts
    is_own = not below and not is_archive(top)
    name = PurePath(top).stem if is_own or is_archive(top) else top
    return Piece(
        entry=entry,
        layout="plain",
        inside=tuple(below) or (top,),
        student=Student(name=shown(name)),
        key=name,
        is_guess=is_own,
    )
