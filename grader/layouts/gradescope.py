"""Gradescope: a folder `submission_<id>` each, and who they are in `submission_metadata.yml`.

A submission may be a group's. Who is in two, having left a group for another, is counted in the
newer one; a submission whose students are all in newer ones is passed over.
"""

from __future__ import annotations

import contextlib
import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import yaml

from grader.layouts.handback import GradescopeIds
from grader.layouts.names import shown
from grader.layouts.opening import RefusedError
from grader.layouts.piece import Piece
from grader.layouts.student import Student
from grader.layouts.tree import Entry, Tree

_METADATA = "submission_metadata.yml"
_MAX_METADATA_BYTES = 128 << 20
_MAX_DEPTH = 64
_FOLDER = re.compile(r"submission_(\d+)", re.ASCII)
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?) ?(Z|[+-][\d:]{4,6}|)")
_SCATTERED = "lies in no folder of a submission"
_NO_FILES = f"is named in {_METADATA}, and its files are not there"
# Only texts, lists and mappings: no date that does not exist, no number that was an id.
_TEXTS: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True)
class _Submission:
    folder: str
    students: tuple[Student, ...]
    handed_in: datetime | None

    @property
    def id(self) -> str:
        found = _FOLDER.fullmatch(self.folder)
        return found[1] if found else self.folder

    @property
    def order(self) -> int:
        """Newer is greater: by time, or by number where no time is told."""
        if self.handed_in:
            return int(self.handed_in.timestamp() * 1_000_000)
        return int(self.id) if self.id.isdecimal() and len(self.id) < 20 else 0


def recognise(tree: Tree) -> str:
    """Say why this is an export of Gradescope, or nothing."""
    tops = tree.children
    if _METADATA in tops:
        return f"there is a file {_METADATA}"
    kept = [top for top, entries in tops.items() if not entries[0].is_litter]
    named = [top for top in kept if _FOLDER.fullmatch(top)]
    if len(named) * 2 <= len(kept):
        return ""
    return f"{len(named)} of {len(kept)} folders are named submission_<number>"


def pieces(tree: Tree) -> list[Piece]:
    """Say whose each file is."""
    tops = tree.children
    known, problem = _known(tops.get(_METADATA, []))
    counting, replaced = _counting(known)
    found = []
    for top, entries in tops.items():
        if top == _METADATA:
            refusal = problem or "says whose the submissions are"
            found.append(Piece(entry=entries[0], layout="gradescope", refusal=refusal))
        elif top in counting or _FOLDER.fullmatch(top):
            submission = counting.get(top) or _Submission(top, (Student(name=shown(top)),), None)
            found += [_piece(entry, submission, replaced.get(top, "")) for entry in entries]
        else:
            found += [_scattered(entry) for entry in entries]
    without = [each for each in counting.values() if each.folder not in tops]
    return found + [
        _piece(Entry((each.folder,), tree.place(each.folder), refusal=_NO_FILES), each, "")
        for each in without
    ]


def _scattered(entry: Entry) -> Piece:
    return Piece(entry=entry, layout="gradescope", refusal=_SCATTERED)


def _piece(entry: Entry, submission: _Submission, newer: str) -> Piece:
    first, *partners = submission.students
    return Piece(
        entry=entry,
        layout="gradescope",
        inside=entry.parts[1:],
        student=first,
        key=_key(first),
        partners=tuple(partners),
        ids=GradescopeIds(submission.id),
        series="submission",
        order=submission.order,
        handed_in=submission.handed_in,
        refusal=f"is of an earlier submission; {newer} counts" if newer else "",
    )


def _key(student: Student) -> str:
    return (student.email or student.id or student.name).casefold()


def _counting(known: list[_Submission]) -> tuple[dict[str, _Submission], dict[str, str]]:
    """Return submissions with the students for whom they count, and which one counts instead.

    Where all students of a submission are in newer ones, it keeps them and is in the second.
    """
    newest: dict[str, str] = {}
    counting, replaced = {}, {}
    for each in sorted(known, key=lambda each: each.order, reverse=True):
        students = tuple(
            s for s in each.students if newest.setdefault(_key(s), each.folder) == each.folder
        )
        counting[each.folder] = dataclasses.replace(each, students=students or each.students)
        if not students:
            replaced[each.folder] = newest[_key(each.students[0])]
    return counting, replaced


def _known(entries: list[Entry]) -> tuple[list[_Submission], str]:
    """Return what the metadata say, and what is wrong with them."""
    if not entries:
        return [], ""
    try:
        return list(_submissions(_loaded(entries[-1].read(_MAX_METADATA_BYTES)))), ""
    except RefusedError as error:
        return [], str(error)
    except (yaml.YAMLError, ValueError, RecursionError):
        return [], "is not YAML as Gradescope writes it"


def _loaded(content: bytes) -> Any:
    depth = 0
    for event in yaml.parse(content, Loader=_TEXTS):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        # The parser keeps count in a list, but what builds values calls itself.
        if depth > _MAX_DEPTH:
            raise ValueError("too deep")
    return _TEXTS(content).get_single_data()


def _submissions(metadata: Any) -> Iterator[_Submission]:
    if not isinstance(metadata, dict):
        raise ValueError("not a mapping")  # noqa: TRY004 -- one error for all that is wrong
    for folder, facts in metadata.items():
        if isinstance(folder, str) and isinstance(facts, dict):
            submitters = facts.get(":submitters")
            people = submitters if isinstance(submitters, list) else []
            students = tuple(_student(each) for each in people if isinstance(each, dict))
            yield _Submission(
                folder, students or (Student(name=folder),), _time(facts.get(":created_at"))
            )


def _student(facts: dict[Any, Any]) -> Student:
    name, sid, email = (
        value.strip() if isinstance(value := facts.get(key), str) else ""
        for key in (":name", ":sid", ":email")
    )
    return Student(name=shown(name), id=shown(sid), email=shown(email))


def _time(text: Any) -> datetime | None:
    found = _TIME.fullmatch(text) if isinstance(text, str) else None
    if found:
        with contextlib.suppress(ValueError):
            # Ruby writes nanoseconds, and a blank before the zone.
            time = datetime.fromisoformat(f"{found[1]} {found[2][:15]}{found[3]}")
            return time if time.tzinfo else time.replace(tzinfo=UTC)
    return None
