"""Files that are handed in: read whole, and refused where they are not what they seem."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from grader.model.submission import max_file_bytes

# A link may lead to a file that whoever submits may not read, and a FIFO waits for a writer.
_AS_IT_STANDS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class BadFileError(Exception):
    """Raised when what was named on the command line is not a file that can be handed in."""


def read_files(paths: list[Path]) -> list[bytes]:
    """Read every file before any is handed in.

    Raises:
        BadFileError: One of them cannot be handed in; its text says which and why.
    """
    return [_read(path) for path in paths]


def _read(path: Path) -> bytes:
    max_bytes = max_file_bytes(path.name)
    try:
        with os.fdopen(os.open(path, _AS_IT_STANDS), "rb") as file:
            found = os.fstat(file.fileno())
            source = file.read(max_bytes + 1) if stat.S_ISREG(found.st_mode) else None
    except FileNotFoundError as error:
        raise BadFileError(f"{path} does not exist") from error
    except IsADirectoryError as error:
        raise BadFileError(f"{path} is a folder; name the file to submit") from error
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise BadFileError(f"{path} is a link; name the file that it leads to") from error
        raise BadFileError(f"{path} cannot be read: {error.strerror}") from error
    if found.st_size > max_bytes:
        raise BadFileError(f"{path} is larger than {max_bytes // 1024} KiB")
    # What the kernel writes while it is read, as in /proc, has no size that holds.
    if source is None or len(source) != found.st_size:
        raise BadFileError(f"{path} is not an ordinary file; name one that holds the program")
    return source
