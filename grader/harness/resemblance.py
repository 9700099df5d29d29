"""Tells images that are MNIST's, altered, from images of something else.

Who subtracts the mean image, standardises every pixel, pads, turns grey into colour or adds shifted
copies trains on MNIST all the same, and honestly. The trainer does not repeat it, so a human
decides; but nobody is told that these are not images of MNIST.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.protocol.mnist import CLASSES, PIXELS, SIDE

_SAMPLES = 160
# Two images of one digit have about half in common, an image and its altered self more.
_ALIKE = 0.62
_MOST = 0.65
_SHIFTS = range(-3, 4)
# So many labels in a row stand at one place of MNIST alone.
_PATTERN = 48
_MOST_PARTS = 12
_CHANNELS = (3, 4)

Floats = NDArray[np.float32]


def altered(
    x: NDArray[Any], y: NDArray[Any], own: NDArray[np.uint8], digits: NDArray[np.uint8]
) -> str:
    """Say in what `x` differs from MNIST's images, if that is what it was made of; else nothing.

    Args:
        x: What was passed for images, whatever its shape.
        y: Their labels: digits, or ten columns.
        own: The training images, (n, 28, 28).
        digits: Their labels.
    """
    codes = _codes(y, len(x))
    grey = None if codes is None else _grey(x)
    if codes is None or grey is None:
        return ""
    rows = _rows(codes, digits)
    if rows is None:
        return ""
    chosen = np.unique(np.linspace(0, len(x) - 1, _SAMPLES).astype(int))
    # Ten pictures, one of each digit, are not MNIST, however typical they are.
    if len({picture.tobytes() for picture in grey[chosen]}) < _MOST * len(chosen):
        return ""
    wanted = _normal(own[rows[chosen]].astype(np.float32))
    alike = max(np.mean(_common(_normal(view), wanted) > _ALIKE) for view in _views(grey[chosen]))
    return _words(x, len(own)) if alike >= _MOST else ""


def _words(x: NDArray[Any], count: int) -> str:
    sides = [size for size in x.shape[1:] if size not in (1, *_CHANNELS)]
    parts = []
    if sides not in ([SIDE, SIDE], [PIXELS]):
        parts.append(f"of {' x '.join(map(str, sides))} pixels")
    if any(size in _CHANNELS for size in x.shape[1:]):
        parts.append("in colours")
    if len(x) > count:
        parts.append(f"{len(x):,} of them, so with altered copies")
    return ", ".join(parts) or "altered, and not all pixels by one rule"


def _codes(y: NDArray[Any], count: int) -> NDArray[np.uint8] | None:
    if y.dtype.kind not in "fiub" or not count or y.size not in (count, count * CLASSES):
        return None
    columns = y.reshape(count, -1)
    found = columns[:, 0] if columns.shape[1] == 1 else columns.argmax(axis=1)
    return np.asarray(found, np.uint8)


def _grey(x: NDArray[Any]) -> NDArray[Any] | None:
    """Return pictures of one channel, (n, rows, columns); as a view, because there are many."""
    if x.dtype.kind not in "fiub" or x.ndim < 2 or not len(x):
        return None
    if np.prod(x.shape[1:]) == PIXELS:
        return x.reshape(-1, SIDE, SIDE)
    if x.ndim == 4 and x.shape[3] in (1, *_CHANNELS):
        x = x[..., 0]
    elif x.ndim == 4 and x.shape[1] in (1, *_CHANNELS):
        x = x[:, 0]
    return x if x.ndim == 3 and min(x.shape[1:]) >= SIDE // 2 else None


def _rows(codes: NDArray[np.uint8], digits: NDArray[np.uint8]) -> NDArray[np.int64] | None:
    """Find which image each one is, where labels come in MNIST's order, perhaps more than once."""
    known = digits.tobytes()
    rows = np.zeros(len(codes), np.int64)
    begin = 0
    for _ in range(_MOST_PARTS):
        place = known.find(codes[begin : begin + _PATTERN].tobytes())
        if place < 0:
            return None
        count = min(len(codes) - begin, len(digits) - place)
        differs = np.flatnonzero(codes[begin : begin + count] != digits[place : place + count])
        count = int(differs[0]) if len(differs) else count
        rows[begin : begin + count] = np.arange(place, place + count)
        begin += count
        if begin == len(codes):
            return rows
    return None


def _views(pictures: NDArray[Any]) -> Iterator[Floats]:
    """Give pictures the size of MNIST's: cut out of the middle, or made smaller or larger."""
    height, width = pictures.shape[1:]
    if height >= SIDE and width >= SIDE:
        top, left = (height - SIDE) // 2, (width - SIDE) // 2
        yield pictures[:, top : top + SIDE, left : left + SIDE].astype(np.float32)
    if (height, width) != (SIDE, SIDE):
        rows = np.linspace(0, height - 1, SIDE).round().astype(int)
        columns = np.linspace(0, width - 1, SIDE).round().astype(int)
        yield pictures[:, rows][:, :, columns].astype(np.float32)


def _normal(pictures: Floats) -> Floats:
    """Give every picture the same brightness and contrast; single wild pixels count no more."""
    flat = np.nan_to_num(pictures.reshape(len(pictures), -1))
    low, high = np.percentile(flat, [1, 99], axis=1, keepdims=True)
    flat = np.clip(flat, low, high)
    flat = flat - flat.mean(axis=1, keepdims=True)
    length = np.linalg.norm(flat, axis=1, keepdims=True)
    return np.asarray(flat / np.maximum(length, 1e-12), np.float32).reshape(-1, SIDE, SIDE)


def _common(pictures: Floats, wanted: Floats) -> Floats:
    """Return what each picture has in common with the wanted one, at best over small shifts."""
    found = [
        np.abs(np.einsum("nij,nij->n", np.roll(pictures, (down, across), (1, 2)), wanted))
        for down in _SHIFTS
        for across in _SHIFTS
    ]
    return np.asarray(np.max(found, axis=0))
