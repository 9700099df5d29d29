"""Images in the place of data sets that the exercise does not ask for.

A submission that loads Fashion-MNIST or CIFAR must run on to its `fit`, so that the report can
name the mistake. It gets images of the right shape that no data set holds: a chessboard, with
the number of the image written in black and white dots in its first row. They are found again
under any linear rescaling.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_DOTS = 20
_SHAPES: dict[str, tuple[int, ...]] = {"Fashion-MNIST": (28, 28), "CIFAR": (32, 32, 3)}


def fashion_images(first: int, count: int) -> NDArray[np.uint8]:
    """Return `count` stand-ins for images of Fashion-MNIST, numbered from `first`."""
    return _images("Fashion-MNIST", first, count)


def cifar_images(first: int, count: int) -> NDArray[np.uint8]:
    """Return `count` stand-ins for images of CIFAR, numbered from `first`."""
    return _images("CIFAR", first, count)


def data_set_of(images: Any) -> str | None:
    """Return which data set's stand-ins these are, by its common name, or None.

    Scaled, shifted, inverted, flattened and reshaped ones are found too.
    """
    array = np.asarray(images)
    if array.ndim < 2 or not len(array) or array.dtype.kind not in "fiub":
        return None
    pixels = array[0].astype(np.float64).ravel()
    black, white = pixels.min(), pixels.max()
    if not black < white:
        return None
    levels = (pixels - black) / (white - black)
    for name, shape in _SHAPES.items():
        board = _board(shape).ravel() / 255
        if levels.size == board.size and any(
            np.allclose(levels[_DOTS * 3 :], side[_DOTS * 3 :], atol=0.01)
            for side in (board, 1 - board)
        ):
            return name
    return None


def _images(name: str, first: int, count: int) -> NDArray[np.uint8]:
    board = _board(_SHAPES[name])
    images = np.tile(board, (count, *(1 for _ in board.shape)))
    dots = (np.arange(first, first + count)[:, None] >> np.arange(_DOTS)) & 1
    row = images[:, 0, :_DOTS]
    row[...] = (dots * 255).reshape(*dots.shape, *(1 for _ in row.shape[2:]))
    return images


def _board(shape: tuple[int, ...]) -> NDArray[np.uint8]:
    board = np.indices(shape[:2]).sum(axis=0) % 2 * 255
    return np.broadcast_to(board.reshape(*shape[:2], *(1 for _ in shape[2:])), shape).astype(
        np.uint8
    )
