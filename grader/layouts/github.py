"""GitHub Classroom: a checkout for each student, named `<assignment>-<login>`.

Both may have hyphens. `gh classroom clone` puts the checkouts into `<assignment>-submissions`,
which tells where the login begins; else it is where the names of all checkouts begin to differ.
"""

from __future__ import annotations

import re
from itertools import takewhile

from grader.layouts.handback import GithubIds
from grader.layouts.names import shown
from grader.layouts.piece import Piece
from grader.layouts.student import Student
from grader.layouts.tree import Entry, Tree, is_archive

_TOGETHER = "-submissions"
_BRANCH = re.compile(r"-(main|master)$")
_SCATTERED = "lies in no checkout"


def recognise(tree: Tree) -> str:
    """Say why these are checkouts, or nothing."""
    tops = [entries for entries in tree.children.values() if _is_folder(entries)]
    checkouts = [entries for entries in tops if _is_checkout(entries)]
    if len(checkouts) * 2 <= len(tops):
        return ""
    return f"{len(checkouts)} of {len(tops)} folders are checkouts of a repository"


def _is_folder(entries: list[Entry]) -> bool:
    return any(len(entry.parts) > 1 for entry in entries)


def _is_checkout(entries: list[Entry]) -> bool:
    """Whether a folder has a history, or, downloaded without one, what Classroom puts into it."""
    # GitHub's own archives hold a folder with their name.
    depth = 2 if is_archive(entries[0].parts[0]) else 1
    return any(
        entry.parts[depth:] == (".git",)
        or entry.parts[depth : depth + 2] == (".github", "classroom")
        or entry.parts[depth:] == (".github", "workflows", "classroom.yml")
        for entry in entries
    )


def pieces(tree: Tree) -> list[Piece]:
    """Say whose each file is."""
    tops = [top for top, entries in tree.children.items() if _is_folder(entries)]
    begin = _common_beginning(tree.name, [_repository(top) for top in tops])
    return [_piece(entry, begin) for entry in tree.entries]


def _piece(entry: Entry, begin: str) -> Piece:
    if len(entry.parts) == 1:
        return Piece(entry=entry, layout="github", refusal=entry.refusal or _SCATTERED)
    repository = _repository(entry.parts[0])
    login = repository.removeprefix(begin)
    return Piece(
        entry=entry,
        layout="github",
        inside=entry.parts[1:],
        student=Student(login=shown(login)),
        key=login.casefold(),
        ids=GithubIds(repository, login),
    )


def _repository(folder: str) -> str:
    return _BRANCH.sub("", folder.removesuffix(".zip"))


def _common_beginning(above: str, repositories: list[str]) -> str:
    """Return what stands before the login in each name."""
    assignment = above.removesuffix(_TOGETHER)
    if assignment != above and all(each.startswith(f"{assignment}-") for each in repositories):
        return f"{assignment}-"
    if len(repositories) < 2:
        return ""
    words = [each.split("-")[:-1] for each in repositories]
    shared = takewhile(lambda column: len(set(column)) == 1, zip(*words, strict=False))
    return "".join(f"{column[0]}-" for column in shared)
