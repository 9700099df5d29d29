"""The forms in which MNIST is found, each read without trusting what it says about itself.

Nothing is unpacked before its declared size has been compared with the size it should have,
and never more than that size is unpacked. What comes back has the right shapes and types;
whether it is MNIST is for `grader.dataset.mnist` to say.
"""

import gzip
import math
import struct
import tokenize
import zipfile
import zlib
from pathlib import Path
from typing import IO

import numpy as np

from grader.dataset.folder import SHAPES, Arrays, Bytes

HEADER_BYTES = 4096  # more than any honest array header
IDX_STEMS = {
    "x_train": "train-images-idx3-ubyte",
    "y_train": "train-labels-idx1-ubyte",
    "x_test": "t10k-images-idx3-ubyte",
    "y_test": "t10k-labels-idx1-ubyte",
}
IDX_UNSIGNED_BYTES = 0x08
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others are unpacked without a limit
UNREADABLE = (
    OSError,
    ValueError,
    EOFError,
    RuntimeError,  # an encrypted archive
    struct.error,
    tokenize.TokenError,  # an array header that is no literal
    zipfile.BadZipFile,
    zlib.error,
)

Shape = tuple[int, ...]
Stream = IO[bytes] | gzip.GzipFile


def read(path: Path) -> Arrays:
    """Read the four arrays at a path, in whichever form they are.

    Raises:
        ValueError: Nothing there has the shape of a data set.
        Exception: Another of `UNREADABLE`: what is there is damaged.
    """
    if path.is_file():
        return _read_npz(path)
    if (path / "x_train.npy").is_file():
        return Arrays(*(_read_npy_file(path, name) for name in SHAPES))
    if any(_idx_files(path, "x_train")):
        return Arrays(*(_read_idx_file(path, name) for name in SHAPES))
    raise ValueError(_what_is_there(path))


def _what_is_there(path: Path) -> str:
    if not path.exists():
        return "there is nothing there"
    if not path.is_dir():
        return "it is neither a file nor a folder"
    names = sorted(entry.name for entry in path.iterdir())
    listing = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
    return f"it is a folder with neither .npy nor idx-ubyte files, but: {listing or 'nothing'}"


def _read_npz(path: Path) -> Arrays:
    if not zipfile.is_zipfile(path):
        raise ValueError("it is a file, but not an .npz archive")
    with zipfile.ZipFile(path) as archive:
        return Arrays(*(_read_member(archive, name) for name in SHAPES))


def _read_member(archive: zipfile.ZipFile, name: str) -> Bytes:
    try:
        member = archive.getinfo(f"{name}.npy")
    except KeyError:
        listing = ", ".join(archive.namelist()[:5])
        raise ValueError(f"it is an archive without {name}.npy, but: {listing}") from None
    _refuse_oversize(member.filename, member.file_size, SHAPES[name])
    if member.compress_type not in PACKINGS:
        raise ValueError(f"{member.filename} is packed in a way that NumPy does not use")
    with archive.open(member) as stream:
        return _read_npy(stream, member.filename, SHAPES[name])


def _read_npy_file(folder: Path, name: str) -> Bytes:
    path = folder / f"{name}.npy"
    if not path.is_file():
        raise ValueError(f"{path.name} is missing")
    _refuse_oversize(path.name, path.stat().st_size, SHAPES[name])
    with path.open("rb") as stream:
        return _read_npy(stream, path.name, SHAPES[name])


def _refuse_oversize(name: str, size: int, shape: Shape) -> None:
    limit = math.prod(shape) + HEADER_BYTES
    if size > limit:
        raise ValueError(f"{name} unpacks to {size:,} bytes, but should have at most {limit:,}")


def _read_npy(stream: IO[bytes], name: str, shape: Shape) -> Bytes:
    """Read one array, its content only once its header is what it should be."""
    version = np.lib.format.read_magic(stream)
    if version != (1, 0):
        raise ValueError(f"{name} has array format {version}, but should have (1, 0)")
    found, is_fortran, dtype = np.lib.format.read_array_header_1_0(stream)
    if found != shape or dtype != np.uint8:
        raise ValueError(f"{name} holds {dtype} {found}, but should hold uint8 {shape}")
    return _exactly(stream, name, shape).reshape(shape, order="F" if is_fortran else "C")


def _idx_files(folder: Path, name: str) -> list[Path]:
    stem = IDX_STEMS[name]
    spellings = (stem, stem.replace("-idx", ".idx"))
    paths = [folder / f"{spelling}{end}" for spelling in spellings for end in ("", ".gz")]
    return [path for path in paths if path.is_file()]


def _read_idx_file(folder: Path, name: str) -> Bytes:
    paths = _idx_files(folder, name)
    if not paths:
        raise ValueError(f"{IDX_STEMS[name]} is missing")
    is_packed = paths[0].suffix == ".gz"
    with gzip.open(paths[0]) if is_packed else paths[0].open("rb") as stream:
        return _read_idx(stream, paths[0].name, SHAPES[name])


def _read_idx(stream: Stream, name: str, shape: Shape) -> Bytes:
    header = f">HBB{len(shape)}I"
    zero, kind, _, *found = struct.unpack(header, stream.read(struct.calcsize(header)))
    if zero != 0 or kind != IDX_UNSIGNED_BYTES or tuple(found) != shape:
        raise ValueError(f"{name} does not begin as an IDX file of bytes of shape {shape}")
    return _exactly(stream, name, shape).reshape(shape)


def _exactly(stream: Stream, name: str, shape: Shape) -> Bytes:
    """Read as many bytes as the shape has, and make sure that there are no more."""
    size = math.prod(shape)
    content = stream.read(size)
    if len(content) != size:
        raise ValueError(f"{name} ends after {len(content):,} of {size:,} values")
    if stream.read(1):
        raise ValueError(f"{name} goes on after its {size:,} values")
    return np.frombuffer(content, np.uint8)
