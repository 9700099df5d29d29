"""What only whoever runs the grader may read or replace: its home, its gradebook, its data sets."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_private_folder(path: Path) -> None:
    """Create a folder that nobody else can enter, or close one that exists.

    Raises:
        OSError: It cannot be created, belongs to somebody else, or is everybody's.
    """
    for folder in reversed((path, *path.parents)):
        if not folder.exists():
            folder.mkdir(mode=0o700, exist_ok=True)
    found = path.stat()
    if not stat.S_ISDIR(found.st_mode):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path))
    if found.st_uid != os.geteuid():
        raise PermissionError(errno.EPERM, "it belongs to another user", str(path))
    # Such as /tmp, which must never be closed to the others.
    if found.st_mode & stat.S_ISVTX:
        raise PermissionError(errno.EPERM, "it is a folder for everybody", str(path))
    if found.st_mode & _OTHERS:
        path.chmod(0o700)


def make_private_file(path: Path) -> None:
    """Create an empty file that nobody else can read, or close one of ours that exists."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        close_to_others(path)


def close_to_others(path: Path) -> None:
    """Make a file of ours private, if it is there.

    It is never opened: closing a descriptor of it would let go of the locks that SQLite holds in
    this process.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        return
    if found.st_uid == os.geteuid() and found.st_mode & _OTHERS:
        path.chmod(0o600)


def is_ours(path: Path) -> bool:
    """Whether there is a file or folder of this user, and not a link that leads elsewhere."""
    try:
        found = path.lstat()
    except OSError:
        return False
    return found.st_uid == os.geteuid() and not stat.S_ISLNK(found.st_mode)
