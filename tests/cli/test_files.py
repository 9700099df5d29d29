"""A file that cannot be handed in is refused before any is, with its name and the reason."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from grader.cli.files import BadFileError, read_files


@pytest.mark.parametrize(
    ("name", "size_kib"), [("solution.py", 256), ("solution.ipynb", 10240), ("A.IPYNB", 10240)]
)
def test_a_notebook_may_hold_pictures_and_a_program_none(
    tmp_path: Path, name: str, size_kib: int
) -> None:
    """The limit goes by the file's name: a notebook's outputs are large and no source."""
    path = tmp_path / name
    path.write_bytes(b" " * (size_kib * 1024))

    assert len(read_files([path])[0]) == size_kib * 1024

    path.write_bytes(b" " * (size_kib * 1024 + 1))

    with pytest.raises(BadFileError, match=f"larger than {size_kib} KiB"):
        read_files([path])


def test_what_only_looks_like_a_file_is_refused_at_once(tmp_path: Path) -> None:
    """A link may lead to what whoever wrote it may not read; a FIFO would wait for ever."""
    (tmp_path / "secret.py").write_text("x = 1\n")
    (tmp_path / "link.py").symlink_to("secret.py")
    (tmp_path / "loop.py").symlink_to("loop.py")
    os.mkfifo(tmp_path / "fifo.py")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket.py"))
    there = [tmp_path / f"{name}.py" for name in ("link", "loop", "fifo", "socket")]

    for path in (*there, Path("/proc/self/environ"), Path("/proc/self/fd/0"), Path("/dev/zero")):
        with pytest.raises(BadFileError, match=str(path)):
            read_files([path])


def test_a_file_behind_a_linked_folder_is_read(tmp_path: Path) -> None:
    """Homes and courses are often reached by links, and an empty file is a file."""
    (tmp_path / "course").mkdir()
    (tmp_path / "here").symlink_to("course")
    (tmp_path / "course" / "solution.py").write_bytes(b"")

    assert read_files([tmp_path / "here" / "solution.py"]) == [b""]
