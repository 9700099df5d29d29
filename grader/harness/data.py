"""Recognises MNIST's own images in whatever arrays a submission passes to `fit`.

Students scale, shift, reshape, shuffle, slice and one-hot encode. All of that is a table (what
each of the 256 pixel values became), a list of row numbers, and a coding of labels; the trainer
can apply it to its own copy bit for bit. Every pixel of every row takes part in the recognition.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from grader.harness.resemblance import altered
from grader.harness.stand_in import data_set_of
from grader.protocol import DataClaim, clipped
from grader.protocol.mnist import CLASSES, GREY_VALUES, PIXELS, TRAINING_IMAGES

MOUNT = Path("/data")
# So few that what is done with them one after another finds them in the processor's cache.
_CHUNK_ROWS = 1024


class Recognised(NamedTuple):
    """A claim about the arrays, the table of pixel values and the row numbers.

    `named` says that a problem with the images is which other images they are; `softened`, that the
    labels are the images' own, written in two other numbers than 0 and 1.
    """

    claim: DataClaim
    table: NDArray[np.float32]
    rows: NDArray[np.int32]
    named: bool = False
    softened: bool = False


@dataclass(frozen=True)
class Dataset:
    """The grader's copy of MNIST as mounted in the box, training images first."""

    x_train: NDArray[np.uint8]
    y_train: NDArray[np.uint8]
    x_test: NDArray[np.uint8]
    y_test: NDArray[np.uint8]

    @classmethod
    def mounted(cls) -> Dataset:
        """Map the four arrays; nothing is read before it is used."""
        names = ("x_train", "y_train", "x_test", "y_test")
        return cls(*(np.load(MOUNT / f"{name}.npy", mmap_mode="r") for name in names))

    @cached_property
    def _row_of(self) -> dict[bytes, int]:
        rows: dict[bytes, int] = {}
        # Test images have the same numbers however many training images a data set has.
        for first, images in ((0, self.x_train), (TRAINING_IMAGES, self.x_test)):
            for row, image in enumerate(images, first):
                # The first one wins, so a test image that is also a training image counts as
                # training.
                rows.setdefault(image.tobytes(), row)
        return rows

    @cached_property
    def _labels(self) -> NDArray[np.uint8]:
        labels = np.zeros(TRAINING_IMAGES + len(self.y_test), np.uint8)
        labels[: len(self.y_train)] = self.y_train
        labels[TRAINING_IMAGES:] = self.y_test
        return labels

    def recognise(self, x: Any, y: Any) -> Recognised:
        """Say which images `x` holds and whether `y` are their labels."""
        images, labels = np.asarray(x), np.asarray(y)
        count = len(images) if images.ndim else 0
        other = data_set_of(images)
        if other:
            return _unrecognised(count, f"these are images of {other}")._replace(named=True)
        problem = _form_problem(images, labels)
        if problem:
            return _unrecognised(count, problem)
        found = self._found(images)
        if found is None:
            return _unrecognised(count, "the pixels are not a rescaling of MNIST's grey values")
        table, rows = found
        foreign = int(np.count_nonzero(rows < 0))
        if foreign:
            return _unrecognised(count, f"{foreign:,} of {count:,} images are not images of MNIST")
        codes, one_hot = _label_codes(labels)
        own = self._labels[rows]
        in_order = count <= len(self.x_train) and bool(np.array_equal(rows, np.arange(count)))
        claim = DataClaim(
            count=count,
            in_order=in_order,
            image_shape=images.shape[1:],
            label_shape=labels.shape[1:],
            one_hot=one_hot,
            mislabelled=int(np.count_nonzero(codes != own)),
        )
        softened = one_hot and bool(claim.mislabelled) and _in_two_numbers(labels, own)
        return Recognised(claim, table.values, rows[: 0 if in_order else count], softened=softened)

    def alteration(self, x: Any, y: Any) -> str:
        """Say in what `x` differs from MNIST's images, if that is what it was made of."""
        return altered(np.asarray(x), np.asarray(y), self.x_train, self.y_train)

    def _found(self, images: NDArray[Any]) -> tuple[_PixelTable, NDArray[np.int32]] | None:
        """Return what the grey values became, and which image each one is: -1 for none of ours."""
        line = _line(images)
        if line is None:
            return None
        table = self._table_of_own(images, line)
        if table is not None:
            return table, np.arange(len(images), dtype=np.int32)
        table = _pixel_table(images, line)
        if table is None:
            return None
        return table, self._rows(images.reshape(-1, PIXELS), table)

    def _table_of_own(self, images: NDArray[Any], line: _PixelTable) -> _PixelTable | None:
        """Return what the grey values became if `images` are training images in their order.

        Most submissions pass those, and what is known of them need not be found out: comparing is
        several times as fast.
        """
        values, is_seen = line.values.copy(), np.zeros(GREY_VALUES, bool)
        if len(images) > len(self.x_train):
            return None
        for start in range(0, len(images), _CHUNK_ROWS):
            chunk = images[start : start + _CHUNK_ROWS].reshape(-1, PIXELS).astype(np.float32)
            own = self.x_train[start : start + len(chunk)].reshape(-1, PIXELS)
            if not is_seen.all():
                before = values.copy()
                values[own] = chunk
                if (values != before)[is_seen].any():
                    return None
                is_seen[own] = True
            if not np.array_equal(values[own], chunk):
                return None
        return line.with_values(values)

    def _rows(self, pixels: NDArray[Any], table: _PixelTable) -> NDArray[np.int32]:
        rows = np.full(len(pixels), -1, np.int32)
        for start in range(0, len(pixels), _CHUNK_ROWS):
            chunk = pixels[start : start + _CHUNK_ROWS]
            grey = table.invert(chunk)
            own = self.x_train[start : start + len(chunk)].reshape(-1, PIXELS)
            exact = (table.values[grey] == chunk.astype(np.float32)).all(axis=1)
            if own.shape == grey.shape and np.array_equal(own, grey):
                found = np.arange(start, start + len(chunk), dtype=np.int32)
            else:
                found = np.array([self._row_of.get(row.tobytes(), -1) for row in grey], np.int32)
            rows[start : start + len(chunk)] = np.where(exact, found, -1)
        return rows


class _PixelTable(NamedTuple):
    """What each grey value became: exactly (`values`), and as the straight line it lies on."""

    values: NDArray[np.float32]
    scale: float
    offset: float

    def invert(self, pixels: NDArray[Any]) -> NDArray[np.uint8]:
        grey = np.rint((pixels.astype(np.float64) - self.offset) / self.scale)
        return np.clip(grey, 0, 255).astype(np.uint8)

    def with_values(self, values: NDArray[np.float32]) -> _PixelTable | None:
        """Return the same line with exact values, or None where they are too far from it."""
        near = np.allclose(values, self.values, rtol=0, atol=abs(self.scale) / 4)
        return self._replace(values=values) if near else None


def _line(images: NDArray[Any]) -> _PixelTable | None:
    """Find the straight line that maps 0..255 to the values in `images`, in either direction.

    The background of MNIST is 0 and most pixels are background, so the commoner extreme is black.
    """
    low, high = float(images.min()), float(images.max())
    if not np.isfinite([low, high]).all() or low == high:
        return None
    sample = images[:1000].astype(np.float64)
    inverted = np.count_nonzero(sample == high) > np.count_nonzero(sample == low)
    black, white = (high, low) if inverted else (low, high)
    scale = (white - black) / 255
    return _PixelTable((black + scale * np.arange(GREY_VALUES)).astype(np.float32), scale, black)


def _pixel_table(images: NDArray[Any], line: _PixelTable) -> _PixelTable | None:
    """Find what each grey value became exactly, where that is near a straight line."""
    values = line.values.copy()
    for start in range(0, len(images), _CHUNK_ROWS):
        chunk = images[start : start + _CHUNK_ROWS]
        # Writing the exact values through the index keeps one for each grey value; `_rows` checks
        # all.
        values[line.invert(chunk)] = chunk.astype(np.float32)
    return line.with_values(values)


def _form_problem(images: NDArray[Any], labels: NDArray[Any]) -> str | None:
    if images.dtype.kind not in "fiub" or labels.dtype.kind not in "fiub":
        return f"the arrays hold {images.dtype} and {labels.dtype}, not numbers"
    if images.ndim < 2 or np.prod(images.shape[1:]) != PIXELS or not len(images):
        return f"x has the shape {images.shape}: that is not images of 28 x 28 pixels"
    if len(labels) != len(images):
        return f"x has {len(images):,} images and y has {len(labels):,} labels"
    if labels.size not in (len(images), len(images) * CLASSES):
        return f"y has the shape {labels.shape}: neither a digit nor ten columns for each image"
    return None


def _label_codes(labels: NDArray[Any]) -> tuple[NDArray[Any], bool]:
    if labels.size == len(labels):
        return labels.reshape(len(labels)), False
    columns = labels.reshape(len(labels), CLASSES)
    codes = columns.argmax(axis=1)
    # What is not one-hot gets a code that no image has, so that it counts as a wrong label.
    exact = (columns == np.eye(CLASSES)[codes]).all(axis=1)
    return np.where(exact, codes, -1), True


def _in_two_numbers(labels: NDArray[Any], own: NDArray[Any]) -> bool:
    """Whether ten columns tell each image's own digit by one number among nine times another."""
    columns = labels.reshape(len(labels), CLASSES)
    low, high = columns.min(), columns.max()
    return bool(low < high and np.array_equal(columns, np.where(np.eye(CLASSES)[own], high, low)))


def _unrecognised(count: int, problem: str) -> Recognised:
    nothing = np.zeros(0, np.int32)
    return Recognised(
        DataClaim(count=count, problem=clipped(problem)), nothing.astype(np.float32), nothing
    )
