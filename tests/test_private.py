"""On a machine with others, nobody else reads the gradebook or replaces what is believed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from grader.database import Database
from grader.dataset.folder import Arrays, scratch, store, stored
from grader.errors import DatasetUnavailableError
from grader.gradebook import Gradebook
from grader.model.submission import Queue, Submission
from grader.private import make_private_folder

OTHER_USER = 65_534
OTHER_WRITER = """
import sqlite3, sys
sqlite3.connect(sys.argv[1], timeout=0.1).execute("insert into t values (2)")
"""
ARRAYS = Arrays(
    np.zeros((60_000, 28, 28), "u1"),
    np.zeros(60_000, "u1"),
    np.zeros((10_000, 28, 28), "u1"),
    np.zeros(10_000, "u1"),
)


@pytest.fixture(autouse=True)
def _careless() -> Iterator[None]:
    """Run as somebody who has switched off the mask of new files."""
    mask = os.umask(0)
    yield
    os.umask(mask)


def modes(*paths: Path) -> set[str]:
    """Return the permissions of files or folders."""
    return {f"{path.stat().st_mode & 0o7777:o}" for path in paths}


def use_gradebook(path: Path) -> set[Path]:
    """Write into a gradebook; return the files that SQLite has open beside it."""
    gradebook = Gradebook(Database(f"sqlite:///{path}"))
    gradebook.add([Submission(exercise="x", student="", file="", source=b"")], Queue.BATCH)
    files = set(path.parent.iterdir())

    assert len(files) == 3
    assert modes(*files) == {"600"}

    gradebook.close()
    return files


def test_a_gradebook_is_private(tmp_path: Path) -> None:
    """Neither its folders, nor the file, nor what SQLite keeps beside it."""
    path = tmp_path / "deep" / "home" / "gradebook.sqlite"
    use_gradebook(path)

    assert modes(path.parent, path.parent.parent) == {"700"}


def test_a_gradebook_that_was_open_is_closed(tmp_path: Path) -> None:
    """One that an older version wrote, with its log, and in a folder that is not ours to close."""
    folder = tmp_path / "shared"
    folder.mkdir(mode=0o755)
    first = Gradebook(Database(f"sqlite:///{folder}/gradebook.sqlite"))
    for file in folder.iterdir():
        file.chmod(0o644)
    use_gradebook(folder / "gradebook.sqlite")
    first.close()

    assert modes(folder) == {"755"}


def test_opening_a_gradebook_again_keeps_its_locks(tmp_path: Path) -> None:
    """Closing any descriptor of a file would let go of the locks that this process has on it."""
    path = tmp_path / "gradebook.sqlite"
    first = Database(f"sqlite:///{path}")
    with first.writing() as connection:
        connection.execute(text("create table t (x)"))
    with first.writing() as connection:
        connection.execute(text("insert into t values (1)"))
        for file in tmp_path.iterdir():
            file.chmod(0o644)
        Database(f"sqlite:///{path}").close()
        other = subprocess.run(
            [sys.executable, "-c", OTHER_WRITER, str(path)], capture_output=True, check=False
        )
        closed = modes(*tmp_path.iterdir())
    first.close()

    assert b"locked" in other.stderr
    assert closed == {"600"}


def test_a_cache_is_private(tmp_path: Path) -> None:
    """Folders 0700 and files 0600, the lock too, whether they were there or not."""
    cache = tmp_path / "home" / "datasets"
    make_private_folder(cache)
    cache.chmod(0o777)
    with scratch(cache) as space:
        found = store(ARRAYS, "synthetic", "t", cache, space)

    assert stored(cache, "synthetic", "t") == found
    assert modes(cache, found.path, cache.parent) == {"700"}
    assert modes(cache / ".lock", *found.path.iterdir()) == {"600"}


def test_a_lock_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    """Whoever could write to the cache once creates no file elsewhere."""
    (tmp_path / ".lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DatasetUnavailableError), scratch(tmp_path):
        pass

    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize("part", [".", "folder", "folder/x_train.npy"])
def test_what_somebody_else_owns_is_not_believed(tmp_path: Path, part: str) -> None:
    """They could change it once it is verified."""
    cache = tmp_path / "datasets"
    with scratch(cache) as space:
        found = store(ARRAYS, "synthetic", "t", cache, space)
    os.chown(cache / part.replace("folder", found.path.name), OTHER_USER, OTHER_USER)

    assert stored(cache, "synthetic", "t") is None


def test_a_linked_array_is_not_believed(tmp_path: Path) -> None:
    """A link leads to a file that may be anybody's."""
    with scratch(tmp_path) as space:
        found = store(ARRAYS, "synthetic", "t", tmp_path, space)
    (found.path / "y_test.npy").rename(tmp_path / "mine.npy")
    (found.path / "y_test.npy").symlink_to(tmp_path / "mine.npy")

    assert stored(tmp_path, "synthetic", "t") is None


def test_a_folder_of_everybody_is_not_closed(tmp_path: Path) -> None:
    """Root may name /tmp as a home, and the machine must survive it."""
    everybody = tmp_path / "tmp"
    everybody.mkdir()
    everybody.chmod(0o1777)
    with pytest.raises(PermissionError, match="everybody"):
        make_private_folder(everybody)

    assert modes(everybody) == {"1777"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_home_of_somebody_else_is_refused(tmp_path: Path) -> None:
    """It is named, and left as it is."""
    os.chown(tmp_path, OTHER_USER, OTHER_USER)
    with pytest.raises(PermissionError, match="another user"):
        make_private_folder(tmp_path)
