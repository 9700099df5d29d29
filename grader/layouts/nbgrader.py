"""nbgrader: `submitted/<student>/<assignment>/<notebook>`, with the time in `timestamp.txt`.

What is named may be the course, its folder `submitted`, or an archive of either. The folder has
the last submission of each student. Several assignments of one student are told apart by the
caller, who may want `ps1/*`.
"""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

from grader.layouts.handback import NbgraderIds
from grader.layouts.names import shown
from grader.layouts.opening import RefusedError
from grader.layouts.piece import Piece
from grader.layouts.student import Student
from grader.layouts.tree import Entry, Tree

_SUBMITTED = "submitted"
_TIME = "timestamp.txt"
_MAX_TIME_BYTES = 1024
_ELSEWHERE = "lies beside the folder `submitted`"
_MISPLACED = "lies in no folder of a student and an assignment"
_IS_A_TIME = "is the time stamp of nbgrader"


def recognise(tree: Tree) -> str:
    """Say why this is a course of nbgrader, or nothing."""
    if any(e.parts[0] == _SUBMITTED and len(e.parts) > 3 for e in tree.entries):
        return "there is submitted/<student>/<assignment>/"
    deep = [entry for entry in tree.entries if len(entry.parts) > 2 and not entry.is_litter]
    if deep and tree.name == _SUBMITTED:
        return "the folder is called `submitted` and has <student>/<assignment>/"
    if any(len(entry.parts) == 3 and entry.parts[2] == _TIME for entry in deep):
        return "there are files <student>/<assignment>/timestamp.txt"
    return ""


def pieces(tree: Tree) -> list[Piece]:
    """Say whose each file is."""
    is_course = any(e.parts[0] == _SUBMITTED and len(e.parts) > 3 for e in tree.entries)
    found, beside = [], set()
    for entry in tree.entries:
        if not is_course:
            found.append((entry, entry.parts))
        elif entry.parts[0] == _SUBMITTED:
            found.append((entry, entry.parts[1:]))
        elif entry.parts[0] not in beside:
            beside.add(entry.parts[0])
            found.append(
                (Entry(entry.parts[:1], tree.place(entry.parts[0]), refusal=_ELSEWHERE), ())
            )
    times = {parts[:2]: _time(entry) for entry, parts in found if parts[2:] == (_TIME,)}
    return [_piece(entry, parts, times.get(parts[:2])) for entry, parts in found]


def _piece(entry: Entry, parts: tuple[str, ...], time: datetime | None) -> Piece:
    if len(parts) < 2:
        return Piece(entry=entry, layout="nbgrader", refusal=entry.refusal or _MISPLACED)
    student, assignment, *_ = parts
    is_time = parts[2:] == (_TIME,)
    return Piece(
        entry=entry,
        layout="nbgrader",
        inside=parts[1:],
        # An id of nbgrader is what the course has chosen: a login as a rule.
        student=Student(login=shown(student)),
        key=student,
        ids=NbgraderIds(student, assignment),
        handed_in=time,
        refusal=_IS_A_TIME if is_time else "" if len(parts) > 2 else entry.refusal or _MISPLACED,
    )


def _time(entry: Entry) -> datetime | None:
    with contextlib.suppress(RefusedError, ValueError):
        text = entry.read(_MAX_TIME_BYTES).decode().strip()
        time = datetime.fromisoformat(text.removesuffix(" UTC"))
        return time if time.tzinfo else time.replace(tzinfo=UTC)
    return None
