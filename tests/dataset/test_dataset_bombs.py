"""An archive costs no more memory than MNIST would, whatever it contains or declares."""

import struct
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from grader.dataset import mnist
from grader.dataset.folder import SHAPES
from grader.errors import DatasetUnavailableError


def write_bomb(path: Path, size: int, packing: int = zipfile.ZIP_DEFLATED) -> Path:
    """Write an archive whose first array goes on with zeros up to a size."""
    header = {"descr": "|u1", "fortran_order": False, "shape": SHAPES["x_train"]}
    with (
        zipfile.ZipFile(path, "w", packing) as archive,
        archive.open("x_train.npy", "w") as member,
    ):
        np.lib.format.write_array_header_1_0(member, header)
        for _ in range(size >> 20):
            member.write(bytes(1 << 20))
    return path


def test_a_bomb_is_refused_by_its_declared_size(tmp_path: Path) -> None:
    """A member that declares more than its array needs is refused before it is unpacked."""
    path = write_bomb(tmp_path / "bomb.npz", 128 << 20)
    tracemalloc.start()

    with pytest.raises(DatasetUnavailableError, match="unpacks to 134,"):
        mnist.read(path)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 1 << 20


def test_a_bomb_that_lies_about_its_size_is_not_unpacked_further(tmp_path: Path) -> None:
    """A member that is larger than it declares is unpacked no further than it declares."""
    path = write_bomb(tmp_path / "bomb.npz", 160 << 20)
    with zipfile.ZipFile(path) as archive:
        true_size = archive.getinfo("x_train.npy").file_size
    content = path.read_bytes()
    lie = struct.pack("<I", 60_000 * 28 * 28 + 128)
    path.write_bytes(content.replace(struct.pack("<I", true_size), lie))
    tracemalloc.start()

    with pytest.raises(DatasetUnavailableError, match="not MNIST"):
        mnist.read(path)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 128 << 20


def test_an_array_header_that_lies_is_refused(tmp_path: Path) -> None:
    """An array shorter than its header promises is refused as such."""
    path = write_bomb(tmp_path / "short.npz", 1 << 20)

    with pytest.raises(DatasetUnavailableError, match=r"ends after 1,048,576 of 47,040,000"):
        mnist.read(path)


def test_an_unlimited_packing_is_refused(tmp_path: Path) -> None:
    """Members packed in a way that cannot be unpacked in portions are not unpacked at all."""
    path = write_bomb(tmp_path / "bomb.npz", 1 << 20, zipfile.ZIP_LZMA)

    with pytest.raises(DatasetUnavailableError, match="packed in a way"):
        mnist.read(path)
