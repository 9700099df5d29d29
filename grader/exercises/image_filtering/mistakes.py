"""The usual mistakes in both functions, as functions: what comes out for those who make them.

A convolution can go wrong in several ways at once, so its mistakes are put together from how it
reads its filter, what it does with the margin, how it limits values, and what it makes of the
weight: one of these first, then two at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.signal import correlate2d

from grader.checks.calls import Mistake
from grader.kinds.calls import Planned
from reference import pool_image

Array = NDArray[Any]
_MOST_AT_ONCE = 2


class _Way(NamedTuple):
    """How a convolution is done, part by part; the first of each is what is asked."""

    reads: str
    margin: str
    limits: str
    weighs: str


def _wrapped(sums: Array, dtype: np.dtype[Any], otherwise: Array | None = None) -> Array:
    if dtype == np.uint8:
        return np.asarray(np.trunc(sums) % 256)
    return sums if otherwise is None else otherwise


_READS: Mapping[str, Callable[[Array], Array]] = {
    "": lambda taps: taps.T,
    "across": lambda taps: taps,
    "turned": lambda taps: taps.T[::-1, ::-1],
    "turned across": lambda taps: taps[::-1, ::-1],
}
_MARGINS = ("", "black", "lost", "short", "padded", "mirrored")
_LIMITS: Mapping[str, Callable[[Array, np.dtype[Any]], Array]] = {
    "": lambda sums, _: np.clip(sums, 0, 255),
    "nothing": lambda sums, _: sums,
    "nothing, and wraps": _wrapped,
    "wraps": lambda sums, dtype: _wrapped(sums, dtype, np.clip(sums, 0, 255)),
    "below": lambda sums, _: np.maximum(sums, 0),
    "above": lambda sums, _: np.minimum(sums, 255),
    "below, and wraps": lambda sums, dtype: _wrapped(np.maximum(sums, 0), dtype),
    "above, and wraps": lambda sums, dtype: _wrapped(np.minimum(sums, 255), dtype),
    "without sign": lambda sums, _: np.clip(np.abs(sums), 0, 255),
}
_WEIGHS = ("", "not", "after the limits", "divides")

_TAPS = (
    "the pixel `image[x + a - 1, y + b - 1]` goes with `filter[b][a]`; with SciPy that is"
    " `correlate2d(image, np.transpose(filter))`"
)
_KEEPS = (
    "the first and last row and column stay as they are in `image`: start from `np.copy(image)`"
)
_LIMITED = "what is below 0 becomes 0, and what is above 255 becomes 255"
_WRAPS = (
    "Values outside of 0..255 wrap around in the unsigned bytes of `image`: compute with"
    " `image.astype(int)`, limit the values, and only then store them."
)
_NO_UPPER = "Values above 255 are not limited: they become 255."
_NO_LOWER = "Values below 0 are not limited: they become 0."
_HELPS = {
    "across": f"The filter is read with rows and columns exchanged: {_TAPS}.",
    "turned": f"The filter is turned by half a turn, as `convolve2d` does: {_TAPS}.",
    "turned across": (
        f"The filter is turned by half a turn, as `convolve2d` does, and has rows and columns"
        f" exchanged: {_TAPS}."
    ),
    "black": f"The margin is black: {_KEEPS}.",
    "lost": f"The margin is lost: {_KEEPS}.",
    "short": (
        "The loops end one pixel too early: `range(1, image.shape[0] - 1)` goes up to the last"
        " pixel inside the margin."
    ),
    "padded": f"The margin is filtered as well, with black around the picture: {_KEEPS}.",
    "mirrored": f"The margin is filtered as well, with the picture mirrored around it: {_KEEPS}.",
    "nothing": f"The values are not limited: {_LIMITED}.",
    "nothing, and wraps": f"The values are not limited: {_LIMITED}, before they are stored.",
    "wraps": _WRAPS,
    "below": _NO_UPPER,
    "above": _NO_LOWER,
    "below, and wraps": _NO_UPPER,
    "above, and wraps": _NO_LOWER,
    "without sign": "Negative sums lose their sign: they become 0.",
    "not": "`weight` is not used: multiply the sum by it, before the limits.",
    "after the limits": "`weight` comes too late: multiply the sum by it before it is limited.",
    "divides": "The sum is divided by `weight`: it is multiplied by it.",
}


def of_convolve() -> tuple[Mistake, ...]:
    """Return the mistakes of a convolution, single ones first."""
    ways = [_Way(*each) for each in product(_READS, _MARGINS, _LIMITS, _WEIGHS)]
    counted = sorted((sum(map(bool, way)), index) for index, way in enumerate(ways))
    made = [ways[index] for count, index in counted if 0 < count <= _MOST_AT_ONCE]
    unchanged = Mistake(
        "The picture comes back as it was: let the loops write into what is returned.",
        lambda planned: planned.arrays[0],
    )
    return (unchanged, *(Mistake(_helped(way), partial(_convolution, way)) for way in made))


def of_max_pool() -> tuple[Mistake, ...]:
    """Return the mistakes of a pooling."""
    return tuple(_pooling_mistakes())


def _convolution(way: _Way, planned: Planned) -> Array:
    """Filter the picture of a call in a way of its own."""
    image, taps = planned.arrays
    weight = planned.numbers[0] if planned.numbers else 1
    pixels, kernel = image.astype(np.float64), _READS[way.reads](taps.astype(np.float64))
    boundary = "symm" if way.margin == "mirrored" else "fill"
    sums = correlate2d(pixels, kernel, mode="same", boundary=boundary)
    limit = _LIMITS[way.limits]
    if way.weighs == "after the limits":
        values = limit(sums, image.dtype) * weight
    else:
        factor = {"": weight, "not": 1.0, "divides": 1 / weight}[way.weighs]
        values = limit(factor * sums, image.dtype)
    return _framed(pixels, values, way.margin)


def _framed(pixels: Array, values: Array, margin: str) -> Array:
    if margin in ("padded", "mirrored"):
        return values
    if margin == "lost":
        return values[1:-1, 1:-1]
    framed = np.zeros_like(pixels) if margin == "black" else pixels.copy()
    inside = slice(1, -2 if margin == "short" else -1)
    framed[inside, inside] = values[inside, inside]
    return framed


def _helped(way: _Way) -> str:
    return " ".join(_HELPS[part] for part in way if part)


def _pooling_mistakes() -> Iterator[Mistake]:
    yield Mistake("It keeps the average of each block: keep the largest pixel.", _blocks(np.mean))
    yield Mistake("It keeps the smallest pixel of each block: keep the largest.", _blocks(np.min))
    yield Mistake("It adds up each block: keep the largest pixel.", _blocks(np.sum))
    yield Mistake(
        "It keeps the first pixel of each block: keep the largest of all four.",
        lambda planned: _even(planned)[::2, ::2],
    )
    yield Mistake(
        "It keeps the middle of each block's pixels: keep the largest.", _blocks(np.median)
    )
    yield Mistake(
        "It looks only at the diagonal of each block: keep the largest of all four pixels.",
        lambda planned: np.maximum(_even(planned)[::2, ::2], _even(planned)[1::2, 1::2]),
    )
    yield Mistake(
        "The blocks overlap, because it goes one pixel at a time: go on by 2, as in"
        " `range(0, image.shape[0] - 1, 2)`.",
        _one_by_one,
    )
    yield Mistake(
        "The largest so far begins at 0, so that negative pixels never count: begin with the"
        " block's first pixel.",
        lambda planned: np.maximum(pool_image(planned.arrays[0]), 0),
    )
    yield Mistake(
        "Of an odd size, the last row or column is kept as a block of its own: leave it out.",
        _with_rest,
    )
    yield Mistake(
        "Rows and columns of the result are exchanged: write to `[x // 2, y // 2]`.",
        lambda planned: pool_image(planned.arrays[0]).T,
    )
    yield Mistake(
        "The blocks are 3 x 3: take 2 x 2.", lambda planned: _sized_blocks(planned.arrays[0], 3)
    )
    yield Mistake(
        "It is pooled twice: once is asked.",
        lambda planned: _sized_blocks(planned.arrays[0], 4),
    )
    yield Mistake(
        "The picture comes back as it was: return what the blocks were written to.",
        lambda planned: planned.arrays[0],
    )


def _even(planned: Planned) -> Array:
    image = planned.arrays[0]
    return image[: image.shape[0] // 2 * 2, : image.shape[1] // 2 * 2]


def _blocks(reduce: Callable[..., Any]) -> Callable[[Planned], Array]:
    def reduced(planned: Planned) -> Array:
        even = _even(planned).astype(np.float64)
        height, width = even.shape
        return np.asarray(
            reduce(even.reshape(height // 2, 2, width // 2, 2), axis=(1, 3)), np.float64
        )

    return reduced


def _one_by_one(planned: Planned) -> Array:
    image = planned.arrays[0]
    beside = np.maximum(image[:-1], image[1:])
    return np.asarray(np.maximum(beside[:, :-1], beside[:, 1:]))


def _with_rest(planned: Planned) -> Array:
    image = planned.arrays[0]
    wider = np.pad(image, [(0, size % 2) for size in image.shape], mode="edge")
    return np.asarray(pool_image(wider))


def _sized_blocks(image: Array, side: int) -> Array:
    height, width = image.shape[0] // side, image.shape[1] // side
    cut = image[: height * side, : width * side].reshape(height, side, width, side)
    return np.asarray(cut.max(axis=(1, 3)), np.float64)
