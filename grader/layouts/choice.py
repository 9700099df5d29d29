"""Which file of a student is the submission. Nothing is read to find out what a file defines.

1. What the caller wants by name, if the student has it; if in several folders, the highest.
2. Of versions of one file, the newest by the platform's own rule.
3. What is left, if it is one file, or the same file several times.

Else none is taken, and each is told to be one of several: a guess might grade the wrong one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath

from grader.layouts.canvas import name_before_numbering
from grader.layouts.handback import NbgraderIds
from grader.layouts.names import shown
from grader.layouts.opening import RefusedError
from grader.layouts.piece import Piece
from grader.layouts.recognition import has_suffix
from grader.model.submission import max_file_bytes

_OTHER_ARCHIVES = frozenset({".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz"})
_NAMED = 4
# Each is read for it, some out of an archive in an archive.
_MOST_COMPARED = 8


@dataclass(frozen=True)
class Choice:
    """What is taken of a student's files, if anything, and why each of the others is not."""

    taken: Piece | None
    source: bytes
    passed_over: tuple[tuple[Piece, str], ...]


def choose(pieces: list[Piece], wanted: str | None, suffixes: frozenset[str]) -> Choice:
    """Choose one of a student's files."""
    passed: list[tuple[Piece, str]] = []
    possible = []
    for piece in pieces:
        reason = piece.entry.refusal or piece.refusal or _of_another_kind(piece, suffixes)
        if reason:
            passed.append((piece, reason))
        else:
            possible.append(piece)
    for narrow, words in (
        (partial(_wanted, wanted=wanted), "is not what is asked for; {} is"),
        (_newest, "is an earlier version; {} counts"),
        (_if_the_same, "is the same as {}"),
    ):
        kept = narrow(possible)
        kept_ids = {id(piece) for piece in kept}
        passed += [
            (piece, words.format(_called(kept[0], piece)))
            for piece in possible
            if id(piece) not in kept_ids
        ]
        possible = kept
    return _read(possible, passed)


def _called(piece: Piece, beside: Piece) -> str:
    """Return what to call a file, beside another that may have the same name."""
    is_plain = piece.inside != beside.inside
    return shown("/".join(piece.inside)) if is_plain else piece.entry.where


def _read(possible: list[Piece], passed: list[tuple[Piece, str]]) -> Choice:
    if len(possible) != 1:
        others = ", ".join(shown("/".join(piece.inside)) for piece in possible[:_NAMED])
        more = f" and {len(possible) - _NAMED} more" if len(possible) > _NAMED else ""
        reason = f"is one of several files that could be meant: {others}{more}"
        return Choice(None, b"", (*passed, *((piece, reason) for piece in possible)))
    (taken,) = possible
    try:
        source = taken.entry.read(max_file_bytes(taken.file))
    except RefusedError as error:
        return Choice(None, b"", (*passed, (taken, str(error))))
    return Choice(taken, source, tuple(passed))


def _of_another_kind(piece: Piece, suffixes: frozenset[str]) -> str:
    if has_suffix(piece.file, suffixes):
        return ""
    if PurePosixPath(piece.file).suffix.lower() in _OTHER_ARCHIVES:
        return "is an archive of a kind that is not opened; .zip is"
    return f"does not end in {' or '.join(sorted(suffixes, reverse=True))}"


def _wanted(possible: list[Piece], wanted: str | None) -> list[Piece]:
    named = [piece for piece in possible if wanted and _is_named(piece, wanted.casefold())]
    highest = min((len(piece.inside) for piece in named), default=0)
    return [piece for piece in named if len(piece.inside) == highest] or possible


def _is_named(piece: Piece, wanted: str) -> bool:
    *folders, file = (part.casefold() for part in piece.inside)
    names = (file, name_before_numbering(file))
    return any(PurePosixPath(*folders, name).match(wanted) for name in names if wanted.strip("./"))


def _newest(possible: list[Piece]) -> list[Piece]:
    newest: dict[tuple[str, str], int] = {}
    for piece in possible:
        version_of = piece.layout, piece.series
        newest[version_of] = max(piece.order, newest.get(version_of, piece.order))
    return [piece for piece in possible if piece.order == newest[piece.layout, piece.series]]


def _if_the_same(possible: list[Piece]) -> list[Piece]:
    """Return the first of files that are all the same, and else all."""
    # A notebook that nobody has touched may be that of two assignments of nbgrader.
    assignments = {p.ids.assignment for p in possible if isinstance(p.ids, NbgraderIds)}
    if not 1 < len(possible) <= _MOST_COMPARED or len(assignments) > 1:
        return possible
    try:
        sources = {piece.entry.read(max_file_bytes(piece.file)) for piece in possible}
    except RefusedError:
        return possible
    same_kind = len({PurePosixPath(piece.file).suffix.lower() for piece in possible}) == 1
    return possible[:1] if len(sources) == 1 and same_kind else possible
