"""What there is below a path: the files of a folder, and those of the zip archives in it.

An archive looks like a folder with its name. A platform packs what students have packed already,
so an archive in an archive is opened, and none below that. Nothing is read here but the lists of
archives; what cannot be read stays in the tree with its reason, so that it can be told whose it is.
"""

from __future__ import annotations

import dataclasses
import io
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from grader.layouts.archive import Member, members, unpacked
from grader.layouts.litter import litter
from grader.layouts.names import shown
from grader.layouts.opening import (
    LINK,
    NOT_ORDINARY,
    RefusedError,
    open_beneath,
    read_open,
    why_not,
)

_MAX_DEPTH = 32
_MAX_NESTED_ARCHIVES = 2
_TOO_DEEP = "lies in too many folders"
_TOO_MANY = "holds more files than are read"


@dataclass(frozen=True)
class Limits:
    """How much is listed before a folder or an archive is too much.

    Attributes:
        files: In all that is read together.
        members: In an archive that lies in another; the outer one is the class.
        archive_bytes: Of an archive in an archive, which is read into memory.
        all_archives_bytes: Of all of those together.
        directory_bytes: Of an archive's list of its files.
    """

    files: int = 500_000
    members: int = 20_000
    archive_bytes: int = 128 << 20
    all_archives_bytes: int = 4 << 30
    directory_bytes: int = 64 << 20


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

    def children(self) -> dict[str, list[Entry]]:
        """Return what stands at the top, each with all that is in it."""
        found: dict[str, list[Entry]] = {}
        for entry in self.entries:
            found.setdefault(entry.parts[0], []).append(entry)
        return found

    def below(self, child: str) -> Tree:
        """Return what lies in a folder at the top."""
        return Tree(
            child,
            tuple(
                dataclasses.replace(entry, parts=entry.parts[1:])
                for entry in self.entries
                if entry.parts[0] == child and len(entry.parts) > 1
            ),
            self.place(child),
        )

    def only_folder(self) -> str | None:
        """Return the folder at the top that holds everything but litter, if there is one."""
        tops = {entry.parts[0] for entry in self.entries if not _lies_at_top(entry)}
        files = any(len(e.parts) == 1 and not _lies_at_top(e) for e in self.entries)
        return tops.pop() if len(tops) == 1 and not files else None


def _lies_at_top(entry: Entry) -> bool:
    return entry.is_litter and len(entry.parts) == 1


def read_tree(path: Path, limits: Limits, *, follow: bool = False) -> Tree:
    """List what lies in a folder or an archive; a file is a tree of one.

    Args:
        path: What was named.
        limits: How much is listed.
        follow: Whether the folder may be reached by a link, since whoever named it means it.
    """
    top = path.resolve() if follow and path.is_dir() else path
    name = path.name or path.resolve().name
    entries = tuple(_Walk(limits, top).of((), (name,), shown(name)))
    # What was named is the top, unless it is a file of its own.
    if all(len(entry.parts) > 1 for entry in entries):
        return Tree(name, entries).below(name)
    return Tree("", entries)


def read_trees(named: Iterable[tuple[Path, tuple[str, ...]]], name: str, limits: Limits) -> Tree:
    """List several folders, archives and files as if they lay in one folder."""
    entries: list[Entry] = []
    for path, parts in named:
        walk = _Walk(limits, path)
        entries += walk.of((), parts, shown("/".join(parts)))
    return Tree(name, tuple(entries))


class _Walk:
    """One way through what lies below a path."""

    def __init__(self, limits: Limits, top: Path) -> None:
        self._limits = limits
        self._top = top
        self._left = limits.files
        self._bytes_left = limits.all_archives_bytes

    def of(self, inside: tuple[str, ...], parts: tuple[str, ...], where: str) -> Iterator[Entry]:
        """Yield what lies at a place, and below it."""
        found = litter(parts[-1:]) if inside else None
        if found:
            yield Entry(parts, where, refusal=found.reason, is_litter=True)
            return
        try:
            names = self._folder(inside)
        except RefusedError as error:
            yield Entry(parts, where, refusal=str(error))
            return
        if names is None:
            yield from self._file(inside, parts, where)
        elif len(inside) > _MAX_DEPTH:
            yield Entry(parts, where, refusal=_TOO_DEEP)
        else:
            for name in names:
                self._left -= 1
                if self._left < 0:
                    yield Entry(parts, where, refusal=_TOO_MANY)
                    return
                yield from self.of((*inside, name), (*parts, name), f"{where}/{shown(name)}")

    def _folder(self, inside: tuple[str, ...]) -> list[str] | None:
        """Return the names in a folder, in order, or None where there is none."""
        try:
            kind = stat.S_IFMT(Path(self._top, *inside).lstat().st_mode)
        except (OSError, ValueError) as error:
            raise RefusedError(why_not(error)) from error
        if kind == stat.S_IFREG:
            return None
        if kind != stat.S_IFDIR:
            raise RefusedError(LINK if kind == stat.S_IFLNK else NOT_ORDINARY)
        opened = open_beneath(self._top, inside)
        try:
            # By its descriptor: the path may lead elsewhere by now.
            return sorted(os.listdir(opened))  # noqa: PTH208
        except OSError as error:
            raise RefusedError(why_not(error)) from error
        finally:
            os.close(opened)

    def _file(self, inside: tuple[str, ...], parts: tuple[str, ...], where: str) -> Iterator[Entry]:
        if not is_archive(parts[-1]):
            yield Entry(parts, where, partial(self._read, inside))
            return
        yield from self._archive(partial(self._opened, inside), parts, where, 1)

    def _read(self, inside: tuple[str, ...], max_bytes: int) -> bytes:
        return read_open(open_beneath(self._top, inside), max_bytes)

    def _opened(self, inside: tuple[str, ...]) -> BinaryIO:
        opened = open_beneath(self._top, inside)
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            os.close(opened)
            raise RefusedError(NOT_ORDINARY)
        return os.fdopen(opened, "rb")

    def _archive(
        self,
        opened: Callable[[], AbstractContextManager[BinaryIO]],
        parts: tuple[str, ...],
        where: str,
        level: int,
    ) -> Iterator[Entry]:
        at_most = min(self._left, self._limits.members if level > 1 else self._left)
        try:
            with opened() as file:
                found = members(file, at_most, self._limits.directory_bytes)
        except RefusedError as error:
            yield Entry(parts, where, refusal=str(error))
            return
        self._left -= len(found)
        lying: set[tuple[str, ...]] = set()
        for member in found:
            path = (*parts, *member.parts)
            place = "/".join((where, *map(shown, member.parts)))
            lies = litter(member.parts)
            if lies and lies.parts not in lying:
                lying.add(lies.parts)
                place = "/".join((where, *map(shown, lies.parts)))
                yield Entry((*parts, *lies.parts), place, refusal=lies.reason, is_litter=True)
            if lies:
                continue
            content = partial(_unpacked, opened, member)
            if member.refusal or not is_archive(path[-1]):
                yield Entry(path, place, content, member.refusal)
            elif level >= _MAX_NESTED_ARCHIVES:
                yield Entry(path, place, refusal="is an archive in an archive in an archive")
            else:
                inner = partial(
                    _in_memory, content, min(self._limits.archive_bytes, self._bytes_left)
                )
                self._bytes_left -= min(member.size, self._bytes_left)
                yield from self._archive(inner, path, place, level + 1)


def _unpacked(
    opened: Callable[[], AbstractContextManager[BinaryIO]], member: Member, max_bytes: int
) -> bytes:
    with opened() as file:
        return unpacked(file, member, max_bytes)


def _in_memory(content: Callable[[int], bytes], max_bytes: int) -> BinaryIO:
    return io.BytesIO(content(max_bytes))


def is_archive(name: str) -> bool:
    """Whether a file is opened as an archive."""
    return name.lower().endswith(".zip")
