"""Zip archives from people nobody trusts, read in memory and never unpacked to disk.

What an archive says of itself is not believed: its directory is bounded before it is parsed, a
member before it is unpacked, and what comes out is compared with what was promised. A member that
is refused stays in the list with its reason; only a directory that cannot be read refuses all.

This is no `zipfile`, which parses a directory of any size and gives up on the whole archive for
the sake of one name that is not what its flags say.
"""

from __future__ import annotations

import os
import re
import stat
import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from grader.layouts.opening import LINK, NOT_ORDINARY, RefusedError, larger_than

DAMAGED = "is damaged, or no zip archive"
BOMB = "is packed so tightly that it looks like a bomb"
ENCRYPTED = "is encrypted"
LEADS_OUT = "has a path that leads out of its archive"

_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64 = struct.Struct("<4sLQL")
_HEADER = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_EXTRA = struct.Struct("<2H")
_SHORT, _LONG = 0xFFFF, 0xFFFFFFFF
_STORED, _DEFLATED = 0, 8
_LOCKED = 1 << 0 | 1 << 6 | 1 << 13
_SAYS_UTF_8 = 1 << 11
_LARGE_SIZES, _NAME_IN_UTF_8 = 0x0001, 0x7075
# Python that people write is packed to a fifth or so; a picture in a notebook not even that.
_MOST_TIMES = 200
_NEVER_A_BOMB_BYTES = 1 << 20
_OVERHEAD_BYTES = 1 << 16
_DRIVE = re.compile(r"[A-Za-z]:")


class Member(NamedTuple):
    """A file in an archive: its path, what is promised of it, and why it is not read, if so."""

    parts: tuple[str, ...]
    size: int = 0
    packed: int = 0
    method: int = _STORED
    crc: int = 0
    offset: int = 0
    refusal: str = ""


class _Header(NamedTuple):
    """A member as its archive's directory has it; only what is looked at."""

    flags: int
    method: int
    crc: int
    packed: int
    size: int
    attributes: int
    offset: int
    name: bytes
    extra: dict[int, bytes]


def members(file: BinaryIO, max_members: int, max_directory_bytes: int) -> list[Member]:
    """List the files of an archive; of two with the same path the last, as when it is unpacked.

    Raises:
        RefusedError: Its directory cannot be read, or is too long.
    """
    try:
        directory, shift = _directory(file, max_directory_bytes)
        found = [_member(header, shift) for header in _headers(directory, max_members)]
    except (struct.error, OSError, OverflowError) as error:
        raise RefusedError(DAMAGED) from error
    last = {member.parts: at for at, member in enumerate(found) if member}
    return [
        member
        if at == last[member.parts]
        else member._replace(refusal="stands in its archive twice, and the later one counts")
        for at, member in enumerate(found)
        if member
    ]


def unpacked(file: BinaryIO, member: Member, max_bytes: int) -> bytes:
    """Return what a member holds.

    Raises:
        RefusedError: It is refused, larger, packed too tightly or damaged.
    """
    if member.refusal:
        raise RefusedError(member.refusal)
    if member.size > max_bytes:
        raise RefusedError(larger_than(max_bytes))
    if member.size > max(_NEVER_A_BOMB_BYTES, member.packed * _MOST_TIMES):
        raise RefusedError(BOMB)
    try:
        content = _inflated(_packed(file, member), member)
    except (struct.error, OSError, OverflowError, zlib.error) as error:
        raise RefusedError(DAMAGED) from error
    if len(content) != member.size or zlib.crc32(content) != member.crc:
        raise RefusedError(DAMAGED)
    return content


def _packed(file: BinaryIO, member: Member) -> bytes:
    file.seek(member.offset)
    signature, *_, name, extra = _LOCAL.unpack(file.read(_LOCAL.size))
    if signature != b"PK\x03\x04" or member.packed > member.size + _OVERHEAD_BYTES:
        raise RefusedError(DAMAGED)
    file.seek(name + extra, os.SEEK_CUR)
    return file.read(member.packed)


def _inflated(packed: bytes, member: Member) -> bytes:
    if member.method == _STORED:
        return packed
    # One byte more than was promised is enough to see that a promise is broken.
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, member.size + 1)


def _directory(file: BinaryIO, max_bytes: int) -> tuple[bytes, int]:
    """Return an archive's directory, and by how much the places that it names are shifted."""
    whole = file.seek(0, os.SEEK_END)
    # A comment of at most this length may stand after the end's own record.
    file.seek(max(0, whole - _END.size - _SHORT))
    begin, tail = file.tell(), file.read()
    at = _last_end(tail)
    _, _, _, _, count, size, offset, _ = _END.unpack_from(tail, at)
    end = begin + at
    if count == _SHORT or _LONG in (size, offset):
        end, size, offset = _large_end(file, end) or (end, size, offset)
    if size > max_bytes:
        raise RefusedError("holds more files than are read")
    if end - size < 0:
        raise RefusedError(DAMAGED)
    file.seek(end - size)
    # Bytes may stand before an archive, such as the program that unpacks it.
    return file.read(size), end - size - offset


def _last_end(tail: bytes) -> int:
    at = tail.rfind(b"PK\x05\x06")
    while at >= 0:
        if at + _END.size <= len(tail):
            (comment,) = struct.unpack_from("<H", tail, at + _END.size - 2)
            if at + _END.size + comment == len(tail):
                return at
        # What looks like an end may be part of the comment.
        at = tail.rfind(b"PK\x05\x06", 0, at)
    raise RefusedError(DAMAGED)


def _large_end(file: BinaryIO, end: int) -> tuple[int, int, int] | None:
    if end < _LOCATOR_64.size + _END_64.size:
        return None
    file.seek(end - _LOCATOR_64.size)
    signature, _, named, _ = _LOCATOR_64.unpack(file.read(_LOCATOR_64.size))
    if signature != b"PK\x06\x07":
        return None
    for place in (end - _LOCATOR_64.size - _END_64.size, named):
        file.seek(place)
        signature, *_, size, offset = _END_64.unpack(file.read(_END_64.size))
        if signature == b"PK\x06\x06":
            return place, size, offset
    raise RefusedError(DAMAGED)


def _headers(directory: bytes, max_members: int) -> Iterator[_Header]:
    at = count = 0
    while at < len(directory):
        signature, _, _, flags, method, _, _, *rest = _HEADER.unpack_from(directory, at)
        crc, packed, size, name, extra, comment, _, _, attributes, offset = rest
        if signature != b"PK\x01\x02":
            raise RefusedError(DAMAGED)
        at += _HEADER.size
        yield _Header(
            flags=flags,
            method=method,
            crc=crc,
            packed=packed,
            size=size,
            attributes=attributes,
            offset=offset,
            name=directory[at : at + name],
            extra=_extras(directory[at + name : at + name + extra]),
        )
        at += name + extra + comment
        count += 1
        if count > max_members:
            raise RefusedError(f"holds more than {max_members:,} files")


def _extras(field: bytes) -> dict[int, bytes]:
    found, at = {}, 0
    while at + _EXTRA.size <= len(field):
        kind, length = _EXTRA.unpack_from(field, at)
        at += _EXTRA.size
        found[kind] = field[at : at + length]
        at += length
    return found


def _member(header: _Header, shift: int) -> Member | None:
    """Return a member, or None for a folder."""
    name = _name(header)
    if name.endswith(("/", "\\")):
        return None
    parts = _parts(name)
    size, packed, offset = _sizes(header)
    refusal = _refusal(header) if parts else LEADS_OUT
    if offset + shift < 0:
        refusal = refusal or DAMAGED
    # A path that leads out is kept as one name: it leads nowhere here.
    return Member(
        parts or (name,), size, packed, header.method, header.crc, offset + shift, refusal
    )


def _name(header: _Header) -> str:
    raw = header.name
    in_utf_8 = header.extra.get(_NAME_IN_UTF_8, b"")
    if in_utf_8[1:5] == zlib.crc32(raw).to_bytes(4, "little"):
        raw = in_utf_8[5:]
    try:
        # macOS writes UTF-8 without saying so, and nothing else reads as UTF-8 by chance.
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("utf-8" if header.flags & _SAYS_UTF_8 else "cp437", "replace")


def _parts(name: str) -> tuple[str, ...]:
    """Split a path, or return nothing if it leads out of the archive."""
    path = name if "/" in name else name.replace("\\", "/")
    parts = tuple(part for part in path.split("/") if part not in ("", "."))
    leads_out = path.startswith("/") or _DRIVE.match(path) or ".." in parts or "\0" in path
    return () if leads_out else parts


def _sizes(header: _Header) -> list[int]:
    large = header.extra.get(_LARGE_SIZES, b"")
    sizes, at = [], 0
    for size in (header.size, header.packed, header.offset):
        if size == _LONG and at + 8 <= len(large):
            sizes.append(int.from_bytes(large[at : at + 8], "little"))
            at += 8
        else:
            sizes.append(size)
    return sizes


def _refusal(header: _Header) -> str:
    kind = stat.S_IFMT(header.attributes >> 16)
    if kind == stat.S_IFLNK:
        return LINK
    if kind not in (0, stat.S_IFREG):
        return NOT_ORDINARY
    if header.flags & _LOCKED:
        return ENCRYPTED
    if header.method not in (_STORED, _DEFLATED):
        return f"is packed by a method that is not read here ({header.method})"
    return ""
