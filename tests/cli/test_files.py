"""A file that cannot be handed in is refused before any is, with its name and the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.cli.submit import BadFileError, read_files


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
