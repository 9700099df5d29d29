"""Which calls are made: pictures and filters of every kind, drawn anew for each submission."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.kinds.calls import Planned

Array = NDArray[Any]

PICTURE = "picture"
# A part of a picture; loops in Python take about 3 microseconds for a pixel of a convolution.
HEIGHT, WIDTH = 96, 128
# Of the lesson, in its order.
FILTERS = {
    "first": ((0, 1, 0), (1, -4, 1), (0, 1, 0)),
    "second": ((-1, -2, -1), (0, 0, 0), (1, 2, 1)),
    "third": ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1)),
}


def plan(rng: np.random.Generator, pictures: Mapping[str, Array]) -> list[Planned]:
    """Return the calls of both functions, by turns, so that both are seen if one never ends.

    Whoever knew what is drawn could answer from a table, so none of it stands in this file but
    the sizes, and the lesson's three filters.
    """
    picture = _part(rng, pictures)
    convolutions = [
        _convolve(picture, FILTERS["second"], about=PICTURE, filter_="the lesson's second filter"),
        _convolve(_drawn(rng, 9, 9), FILTERS["first"], filter_="the lesson's first filter"),
        _convolve(_drawn(rng, 12, 12), FILTERS["third"], filter_="the lesson's third filter"),
        _convolve(_drawn(rng, 10, 10), _taps(rng)),
        _convolve(_drawn(rng, 7, 12), _taps(rng)),
        _convolve(_drawn(rng, 13, 8), _taps(rng), 0.5),
        _convolve(_drawn(rng, 11, 9), _taps(rng), 2),
        _convolve(_drawn(rng, 3, 3), np.abs(_taps(rng)), 0.25),
        _convolve(_drawn(rng, 8, 11, np.uint8), _taps(rng)),
        _convolve(_half_dark(rng, 9, 6), rng.normal(0, 0.3, (3, 3)).round(3), 0.9),
    ]
    poolings = [
        _pool(picture, about=PICTURE),
        _pool(_drawn(rng, 8, 8)),
        _pool(_drawn(rng, 6, 14)),
        _pool(_drawn(rng, 12, 4)),
        _pool(_drawn(rng, 7, 9)),
        _pool(_drawn(rng, 3, 3)),
        _pool(_drawn(rng, 10, 6, np.uint8)),
        _pool(_drawn(rng, 8, 10, np.float64)),
        _pool(_drawn(rng, 6, 8) - 300, about="negative"),
    ]
    return [
        each
        for pair in zip(convolutions, [*poolings, None], strict=True)
        for each in pair
        if each is not None
    ]


def _part(rng: np.random.Generator, pictures: Mapping[str, Array]) -> Array:
    """Cut a part out of a picture, or draw one with edges in every direction."""
    for picture in pictures.values():
        height, width = min(HEIGHT, picture.shape[0]), min(WIDTH, picture.shape[1])
        top = int(rng.integers(picture.shape[0] - height + 1))
        left = int(rng.integers(picture.shape[1] - width + 1))
        part = picture[top : top + height, left : left + width]
        return np.asarray(np.clip(part, 0, 255), np.int64)
    y, x = np.indices((HEIGHT, WIDTH))
    down, across = rng.integers(10, 80, 2)
    rings = 127.5 + 127.5 * np.sin(((y - down) ** 2 + (x - across) ** 2) / rng.uniform(150, 400))
    bars = np.where((x // 16 + y // 12) % 2, 30, 0)
    grain = rng.integers(0, 9, (HEIGHT, WIDTH))
    return np.asarray(np.clip(rings - bars + grain, 0, 255), np.int64)


def _drawn(rng: np.random.Generator, height: int, width: int, dtype: Any = np.int64) -> Array:
    if np.dtype(dtype).kind == "f":
        return rng.uniform(0, 255, (height, width)).round(2).astype(dtype)
    return rng.integers(0, 256, (height, width)).astype(dtype)


def _half_dark(rng: np.random.Generator, height: int, width: int) -> Array:
    """Draw a picture of floats whose left half is below 1, where fractions are all there is."""
    image = _drawn(rng, height, width, np.float64)
    image[:, : width // 2] /= 256
    return image


def _taps(rng: np.random.Generator) -> Array:
    """Draw a filter that is not itself again when it is turned or mirrored.

    Its numbers differ and are small enough that most sums stay within 0..255.
    """
    taps = rng.permutation([-3, -2, -1, 0, 1, 2, 3, 4, 5]).reshape(3, 3)
    if not np.array_equal(taps, taps.T) and taps[1, 1] >= 0:
        return np.asarray(taps, np.int64)
    return _taps(rng)


def _convolve(
    image: Array, taps: Any, weight: float = 1, *, about: str = "", filter_: str = ""
) -> Planned:
    numbers = () if weight == 1 else (weight,)
    also = f" and weight {weight:g}" if numbers else ""
    return Planned(
        function="convolve",
        title=f"{_titled(image, about)} with {filter_ or 'a filter without symmetry'}{also}",
        arrays=(image, np.array(taps)),
        numbers=numbers,
        about=about,
    )


def _pool(image: Array, *, about: str = "") -> Planned:
    return Planned(function="max_pool", title=_titled(image, about), arrays=(image,), about=about)


def _titled(image: Array, about: str) -> str:
    size = f"{image.shape[0]} x {image.shape[1]}"
    if about == PICTURE:
        return f"a picture of {size} {image.dtype}"
    signed = "negative " if about == "negative" else ""
    return f"{size} {signed}pixels of {image.dtype}"
