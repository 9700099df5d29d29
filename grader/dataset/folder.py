"""A data set on disk: a folder of four plain arrays, named after what is in them.

Every process maps the same four files read-only, so memory holds the images once. A folder's name
ends in a digest of its content, and nothing is used before its content has been found to agree.

Who may write: one process at a time, the holder of the cache's lock. It prepares a folder in
scratch space beside the others and renames it into place: a reader sees a whole data set or none.
"""

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from grader.errors import DatasetUnavailableError
from grader.private import is_ours, make_private_file, make_private_folder
from grader.protocol.mnist import SIDE, TEST_IMAGES, TRAINING_IMAGES

Bytes = NDArray[np.uint8]
Name = Literal["mnist", "synthetic"]

SHAPES: dict[str, tuple[int, ...]] = {
    "x_train": (TRAINING_IMAGES, SIDE, SIDE),
    "y_train": (TRAINING_IMAGES,),
    "x_test": (TEST_IMAGES, SIDE, SIDE),
    "y_test": (TEST_IMAGES,),
}
PREFIX_LENGTH = 16  # hexadecimal digits of the digest in a folder's name


class Arrays(NamedTuple):
    """The images and labels of both splits."""

    x_train: Bytes
    y_train: Bytes
    x_test: Bytes
    y_test: Bytes


@dataclass(frozen=True)
class DatasetFolder:
    """A data set on disk whose content was verified when this was made."""

    name: Name
    path: Path
    digest: str


def array_digest(array: Bytes) -> str:
    """Return a digest of an array's type, shape and content."""
    digest = hashlib.sha256(f"{array.dtype.str} {array.shape}\n".encode())
    digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def content_digest(title: str, arrays: Arrays) -> str:
    """Return a digest of a data set: of what it claims to be and of each of its arrays."""
    digests = [f"{name} {array_digest(array)}" for name, array in arrays._asdict().items()]
    return hashlib.sha256("\n".join([title, *digests]).encode()).hexdigest()


def load(path: Path) -> Arrays:
    """Map the arrays of a data set folder into memory, read-only."""
    return Arrays(*(_mapped(path / f"{name}.npy", shape) for name, shape in SHAPES.items()))


def _mapped(path: Path, shape: tuple[int, ...]) -> Bytes:
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise DatasetUnavailableError(f"{path} cannot be read: {error}") from error
    if array.shape != shape or array.dtype != np.uint8:
        raise DatasetUnavailableError(
            f"{path} holds {array.dtype} {array.shape}, but should hold uint8 {shape}"
        )
    return np.asarray(array)


def stored(cache: Path, name: Name, title: str, digest: str | None = None) -> DatasetFolder | None:
    """Return the cached data set with this title, and this digest if one is given.

    A folder whose content does not agree with its name is passed over, and so is one of somebody
    else, who could change it after it was verified.
    """
    if not is_ours(cache.resolve()):
        return None
    for path in sorted(cache.glob(_folder_name(name, digest) if digest else f"{name}-*")):
        if not all(is_ours(part) for part in (path, *(path / f"{name}.npy" for name in SHAPES))):
            continue
        try:
            found = content_digest(title, load(path))
        except DatasetUnavailableError:
            continue
        if path.name == _folder_name(name, found) and digest in (None, found):
            return DatasetFolder(name, path, found)
    return None


@contextmanager
def scratch(cache: Path) -> Iterator[Path]:
    """Hold the cache's lock, and lend a folder in the cache that is gone afterwards.

    Raises:
        DatasetUnavailableError: The cache cannot be written to.
    """
    with blaming(cache):
        make_private_folder(cache)
        how = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        lock = os.fdopen(os.open(cache / ".lock", how, 0o600), "r+")
    with lock:
        with blaming(cache):
            fcntl.flock(lock, fcntl.LOCK_EX)
            for abandoned in cache.glob(".partial-*"):  # its owner died: we hold the lock
                shutil.rmtree(abandoned, ignore_errors=True)
            path = Path(tempfile.mkdtemp(prefix=".partial-", dir=cache))
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)


def store(arrays: Arrays, name: Name, title: str, cache: Path, space: Path) -> DatasetFolder:
    """Put a data set into the cache, in place of whatever has its name.

    Args:
        arrays: What to store.
        name: The first part of the folder's name.
        title: What the data set claims to be.
        cache: Where to put the folder.
        space: The folder lent by `scratch`, so the lock is held.

    Raises:
        DatasetUnavailableError: The cache cannot be written to.
    """
    digest = content_digest(title, arrays)
    final = cache / _folder_name(name, digest)
    fresh = space / "fresh"
    with blaming(cache):
        make_private_folder(fresh)
        for field, array in arrays._asdict().items():
            path = fresh / f"{field}.npy"
            make_private_file(path)
            np.save(path, array, allow_pickle=False)
        if final.exists():
            final.rename(space / "replaced")
        fresh.rename(final)
    return DatasetFolder(name, final, digest)


def _folder_name(name: Name, digest: str) -> str:
    return f"{name}-{digest[:PREFIX_LENGTH]}"


@contextmanager
def blaming(cache: Path) -> Iterator[None]:
    """Turn a file error into one that names the cache."""
    try:
        yield
    except OSError as error:
        raise DatasetUnavailableError(
            f"the data set cache {cache} cannot be written to: {error.strerror or error}"
        ) from error
