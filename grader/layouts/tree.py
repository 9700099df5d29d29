"""What there is below a path: files with their paths, each of which can be read.

An archive looks like a folder with its name. What cannot be read stays in the tree with its reason,
so that it can be told whose it is.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from grader.layouts.names import shown


def _nothing(_max_bytes: int) -> bytes:
    return b""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file, or something in the place of one.

    Attributes:
        parts: Its path from the top of its tree.
        where: The same to be shown, from what was named on.
        read: Returns its content, or raises `RefusedError` if that is longer than its argument.
        refusal: Why it cannot be read, where that is known already.
        is_litter: Whether nobody handed it in on purpose.
    """

    parts: tuple[str, ...]
    where: str
    read: Callable[[int], bytes] = _nothing
    refusal: str = ""
    is_litter: bool = False


@dataclass(frozen=True)
class Tree:
    """Files below a folder or an archive, with the name of that, and the place to be shown."""

    name: str
    entries: tuple[Entry, ...]
    where: str = ""

    def place(self, child: str) -> str:
        """Return where something at the top is, to be shown."""
        return f"{self.where}/{shown(child)}" if self.where else shown(child)

    @cached_property
    def children(self) -> dict[str, list[Entry]]:
        """Return what stands at the top, each with all that is in it."""
        found: dict[str, list[Entry]] = {}
        for entry in self.entries:
            found.setdefault(entry.parts[0], []).append(entry)
        return found

    def below(self, child: str) -> Tree:
        """Return what lies in a folder at the top."""
        inner = (entry for entry in self.children.get(child, ()) if len(entry.parts) > 1)
        entries = tuple(dataclasses.replace(entry, parts=entry.parts[1:]) for entry in inner)
        return Tree(child, entries, self.place(child))

    def only_folder(self) -> str | None:
        """Return the folder at the top that holds everything but litter, if there is one."""
        tops = {entry.parts[0] for entry in self.entries if not _lies_at_top(entry)}
        files = any(len(e.parts) == 1 and not _lies_at_top(e) for e in self.entries)
        return tops.pop() if len(tops) == 1 and not files else None


def _lies_at_top(entry: Entry) -> bool:
    return entry.is_litter and len(entry.parts) == 1


def is_archive(name: str) -> bool:
    """Whether a file is opened as an archive."""
    return name.lower().endswith(".zip")
