"""What is on disk, opened as it stands: no link is followed, nothing waits, nothing is half read.

A link may lead to a file that whoever handed it in may not read, and a FIFO waits for a writer.
Every reason is the end of a sentence that begins with the path.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

MISSING = "does not exist"
FOLDER = "is a folder"
LINK = "is a link"
NOT_ORDINARY = "is not an ordinary file"
CHANGED = "changed while it was read"

_AS_IT_STANDS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class RefusedError(Exception):
    """Raised when something is not a file that can be handed in; its text says what it is."""


def read_whole(path: Path, max_bytes: int) -> bytes:
    """Return the content of an ordinary file.

    Raises:
        RefusedError: It is none, is larger, or cannot be read.
    """
    return read_open(open_beneath(path, ()), max_bytes)


def open_beneath(top: Path, inside: tuple[str, ...]) -> int:
    """Open what lies `inside` a folder; nothing on the way from there may be a link.

    Raises:
        RefusedError: It cannot be opened.
    """
    try:
        # Only the last step of the folder's own path is looked at: courses are reached by links.
        found = os.open(top, _AS_IT_STANDS)
        for part in inside:
            folder = found
            try:
                found = os.open(part, _AS_IT_STANDS, dir_fd=folder)
            finally:
                os.close(folder)
    except (OSError, ValueError) as error:
        raise RefusedError(why_not(error)) from error
    return found


def read_open(opened: int, max_bytes: int) -> bytes:
    """Return the content of an ordinary file that has been opened, and close it.

    Raises:
        RefusedError: It is none, is larger, or cannot be read.
    """
    try:
        with os.fdopen(opened, "rb", closefd=False) as file:
            found = os.fstat(opened)
            content = file.read(max_bytes + 1) if stat.S_ISREG(found.st_mode) else None
            if stat.S_ISDIR(found.st_mode):
                raise RefusedError(FOLDER)
    except OSError as error:
        raise RefusedError(why_not(error)) from error
    finally:
        os.close(opened)
    if found.st_size > max_bytes:
        raise RefusedError(larger_than(max_bytes))
    # What the kernel writes while it is read, as in /proc, has no size that holds.
    if content is None or (content and not found.st_size):
        raise RefusedError(NOT_ORDINARY)
    if len(content) != found.st_size:
        raise RefusedError(CHANGED)
    return content


def larger_than(max_bytes: int) -> str:
    """Return the reason for a file that is too large."""
    return f"is larger than {max_bytes // 1024} KiB"


def why_not(error: OSError | ValueError) -> str:
    """Return the reason for what the system would not open."""
    match error:
        case FileNotFoundError():
            return MISSING
        case IsADirectoryError():
            return FOLDER
        case OSError(errno=errno.ELOOP):
            return LINK
        case OSError(strerror=str(words)):
            return f"cannot be read: {words}"
    return "cannot be read under this name"
