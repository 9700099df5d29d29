"""The way through folders, and through the zip archives in them.

A platform packs what students have packed already, so an archive in an archive is opened, and none
below that. Nothing is read here but the lists of archives.
"""

from __future__ import annotations

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
from grader.layouts.tree import Entry, Tree, is_archive

_MAX_DEPTH = 32
_TOO_DEEP = "lies in too many folders"
_TOO_MANY = "holds more files than are read"
_NESTED = "is an archive in an archive in an archive"
_TOO_LARGE_TOGETHER = "is too much with all the other archives"

_Opened = Callable[[], AbstractContextManager[BinaryIO]]


@dataclass(frozen=True)
class Limits:
    """How much is listed before a folder or an archive is too much.

    Attributes:
        files: In all that is read together.
        members: In an archive that is a student's, since it lies in a folder or in another.
        archive_bytes: Of an archive in an archive, which is read into memory.
        all_archives_bytes: Of all of those together.
        directory_bytes: Of an archive's list of its files.
    """

    files: int = 500_000
    members: int = 20_000
    archive_bytes: int = 128 << 20
    all_archives_bytes: int = 4 << 30
    directory_bytes: int = 64 << 20


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
        at_most = self._limits.members if inside else self._limits.files
        yield from self._archive(partial(self._opened, inside), parts, where, at_most)

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
        opened: _Opened,
        parts: tuple[str, ...],
        where: str,
        at_most: int,
        *,
        is_inner: bool = False,
    ) -> Iterator[Entry]:
        try:
            with opened() as file:
                found = members(file, min(at_most, self._left), self._limits.directory_bytes)
        except RefusedError as error:
            yield Entry(parts, where, refusal=str(error))
            return
        self._left -= len(found)
        lying: set[tuple[str, ...]] = set()
        for member in found:
            lies = litter(member.parts)
            path = (*parts, *(lies.parts if lies else member.parts))
            place = "/".join((where, *map(shown, path[len(parts) :])))
            if not lies:
                yield from self._member(opened, member, path, place, is_inner=is_inner)
            elif path not in lying:
                lying.add(path)
                yield Entry(path, place, refusal=lies.reason, is_litter=True)

    def _member(
        self, opened: _Opened, member: Member, path: tuple[str, ...], where: str, *, is_inner: bool
    ) -> Iterator[Entry]:
        content = partial(_unpacked, opened, member)
        if member.refusal or not is_archive(path[-1]):
            yield Entry(path, where, content, member.refusal)
        elif is_inner:
            yield Entry(path, where, refusal=_NESTED)
        elif member.size > self._bytes_left:
            yield Entry(path, where, refusal=_TOO_LARGE_TOGETHER)
        else:
            self._bytes_left -= member.size
            inner = partial(_in_memory, content, self._limits.archive_bytes)
            at_most = self._limits.members
            yield from self._archive(inner, path, where, at_most, is_inner=True)


def _unpacked(opened: _Opened, member: Member, max_bytes: int) -> bytes:
    with opened() as file:
        return unpacked(file, member, max_bytes)


def _in_memory(content: Callable[[int], bytes], max_bytes: int) -> BinaryIO:
    return io.BytesIO(content(max_bytes))
