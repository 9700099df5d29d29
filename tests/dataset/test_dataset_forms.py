"""MNIST is recognised by the content of its arrays: any container will do, no other content."""

import gzip
import os
import shutil
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from grader.dataset import forms, mnist
from grader.dataset.folder import SHAPES, Arrays, Bytes, content_digest
from grader.errors import DatasetUnavailableError
from tests.dataset_doubles import pretend_mnist, stand_in, write_folder, write_npz

TITLES = list(SHAPES)


@pytest.fixture(autouse=True)
def _tidy(tmp_path: Path) -> Iterator[None]:
    """Leave no data set behind: at 55 MB each they would fill a small disk."""
    yield
    shutil.rmtree(tmp_path)


def idx_bytes(array: Bytes) -> bytes:
    """Return an array as the original distribution has it."""
    header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return header + array.tobytes()


def write_idx(path: Path, arrays: Arrays) -> Path:
    """Write the arrays as the original distribution, unpacked."""
    path.mkdir()
    for name, array in arrays._asdict().items():
        (path / forms.IDX_STEMS[name]).write_bytes(idx_bytes(array))
    return path


def write_idx_gz(path: Path, arrays: Arrays) -> Path:
    """Write the arrays as the original distribution."""
    path.mkdir()
    for name, array in arrays._asdict().items():
        packed = gzip.compress(idx_bytes(array), compresslevel=1)
        (path / f"{forms.IDX_STEMS[name]}.gz").write_bytes(packed)
    return path


def write_npz_without_suffix(path: Path, arrays: Arrays) -> Path:
    """Write an archive that does not look like one by its name."""
    return write_npz(path.with_suffix(".npz"), arrays).rename(path)


WRITERS = [write_npz_without_suffix, write_folder, write_idx, write_idx_gz]


@pytest.mark.parametrize("write", WRITERS)
def test_every_form_gives_the_same_arrays(
    write: Callable[[Path, Arrays], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The arrays that were written come back, whatever the form."""
    pretend_mnist(monkeypatch)

    found = mnist.read(write(tmp_path / "mnist", stand_in()))

    assert all(map(np.array_equal, found, stand_in()))


@pytest.mark.parametrize("name", TITLES)
def test_one_flipped_bit_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy that differs in one bit of one array is refused, and that array is named."""
    pretend_mnist(monkeypatch)
    damaged = getattr(stand_in(), name).copy()
    damaged.flat[-1] ^= 1
    path = write_folder(tmp_path / "mnist", stand_in()._replace(**{name: damaged}))

    with pytest.raises(DatasetUnavailableError, match=f"not the content of {name} "):
        mnist.read(path)


@pytest.mark.parametrize("write", WRITERS)
def test_other_content_is_refused(write: Callable[[Path, Arrays], Path], tmp_path: Path) -> None:
    """Arrays of the right shapes that are not MNIST are refused in every form."""
    path = write(tmp_path / "fashion", stand_in())

    with pytest.raises(DatasetUnavailableError, match="the shapes agree, but not the content"):
        mnist.read(path)


def test_nothing_is_said_to_be_nothing(tmp_path: Path) -> None:
    """A path with nothing at it is refused as such."""
    with pytest.raises(DatasetUnavailableError, match="there is nothing there"):
        mnist.read(tmp_path / "missing")


def test_a_folder_of_other_things_is_described(tmp_path: Path) -> None:
    """The error for a folder without a data set lists what is in it."""
    (tmp_path / "holiday.jpg").touch()

    with pytest.raises(DatasetUnavailableError, match=r"but: holiday\.jpg"):
        mnist.read(tmp_path)


def test_a_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    """A text file is not taken for an archive, whatever its name."""
    path = tmp_path / "mnist.npz"
    path.write_text("version https://git-lfs.github.com/spec/v1")

    with pytest.raises(DatasetUnavailableError, match=r"not an \.npz archive"):
        mnist.read(path)


def test_an_archive_of_other_arrays_is_described(tmp_path: Path) -> None:
    """The error for an archive without the arrays lists what is in it."""
    np.savez(tmp_path / "other.npz", weights=np.zeros(3))

    with pytest.raises(DatasetUnavailableError, match=r"without x_train\.npy, but: weights\.npy"):
        mnist.read(tmp_path / "other.npz")


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((60_000, 28, 28, 1), np.uint8), "should hold uint8"),
        (np.zeros((6_000, 28, 28), np.int64), "holds int64"),
        (np.array([{}], dtype=object), "holds object"),
    ],
    ids=["shape", "type", "pickled"],
)
def test_other_shapes_and_types_are_refused(
    array: NDArray[Any],
    message: str,
    tmp_path: Path,
) -> None:
    """An array of another shape or type is refused by its header; nothing is unpickled."""
    np.savez_compressed(tmp_path / "odd.npz", x_train=array)

    with pytest.raises(DatasetUnavailableError, match=message):
        mnist.read(tmp_path / "odd.npz")


def test_a_packed_idx_file_that_goes_on_is_refused(tmp_path: Path) -> None:
    """An IDX file is unpacked only as far as its array goes, and refused if it goes further."""
    path = tmp_path / "idx"
    path.mkdir()
    content = idx_bytes(stand_in().x_train) + b"more"
    (path / f"{forms.IDX_STEMS['x_train']}.gz").write_bytes(gzip.compress(content, 1))

    with pytest.raises(DatasetUnavailableError, match="goes on after"):
        mnist.read(path)


def test_idx_labels_in_place_of_images_are_refused(tmp_path: Path) -> None:
    """An IDX file under another's name is recognised by its header."""
    (tmp_path / forms.IDX_STEMS["x_train"]).write_bytes(idx_bytes(stand_in().y_train))

    with pytest.raises(DatasetUnavailableError, match="does not begin as an IDX file"):
        mnist.read(tmp_path)


@pytest.mark.parametrize("write", [write_folder, write_idx])
def test_a_missing_array_is_named(write: Callable[[Path, Arrays], Path], tmp_path: Path) -> None:
    """A folder that lacks one array is refused, and the array is named."""
    path = write(tmp_path / "folder", stand_in())
    next(file for file in path.iterdir() if "y_test" in file.name or "t10k-l" in file.name).unlink()

    with pytest.raises(DatasetUnavailableError, match=r"(y_test|t10k-labels).* is missing"):
        mnist.read(path)


def test_the_digest_of_the_whole_covers_each_array() -> None:
    """The two splits' arrays cannot be exchanged, nor the title, without changing the digest."""
    arrays = stand_in()
    exchanged = [
        content_digest("mnist", arrays),
        content_digest("other", arrays),
        content_digest("mnist", arrays._replace(y_test=arrays.y_test[::-1])),
        content_digest("mnist", arrays._replace(x_test=arrays.x_test.reshape(10_000, 784))),
    ]

    assert len(set(exchanged)) == 4


@pytest.mark.mnist
def test_real_mnist_is_recognised() -> None:
    """The true data set agrees with the digests, array by array and as a whole."""
    if not (path := os.environ.get("GRADER_MNIST")):
        pytest.skip("GRADER_MNIST is not set")

    arrays = mnist.read(Path(path))

    assert content_digest(mnist.TITLE, arrays) == mnist.DIGEST
    assert np.bincount(arrays.y_train)[:3].tolist() == [5923, 6742, 5958]
