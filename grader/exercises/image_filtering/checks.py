"""What `image-filtering` asks of its two functions, beside the reference's own loops."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.checks.calls import (
    Expectation,
    Helps,
    checks_of,
    inputs_kept,
    interface,
)
from grader.exercises.image_filtering import mistakes
from grader.exercises.image_filtering.plan import PICTURE, plan
from grader.kinds.calls import CallsEvidence, Made, Planned
from grader.model.report import Picture
from reference import filter_image, pool_image

__all__ = ["CHECKS", "GATES", "pictures", "plan"]

Array = NDArray[Any]
# Of the largest sum that can occur: what single precision may lose on the way.
_LOST = 2.0**-20


def convolved(planned: Planned) -> Array:
    """Return what the reference makes of a picture, with fractions, float64."""
    image, taps = planned.arrays
    return filter_image(image.astype(np.float64), taps, *planned.numbers)


def pooled(planned: Planned) -> Array:
    """Return the reference's pooling of a picture."""
    return pool_image(planned.arrays[0])


def same_grey(planned: Planned, expected: Array, got: Array) -> NDArray[np.bool_]:
    """Compare pixels: in a picture of whole numbers a fraction may be dropped, rounded or kept."""
    image, *taps = planned.arrays
    largest = float(np.abs(image.astype(np.float64)).max())
    if taps:
        weight = abs(planned.numbers[0]) if planned.numbers else 1.0
        largest *= max(1.0, weight * float(np.abs(taps[0]).sum()))
    # Whole numbers add up to the last bit, also in single precision, so none of them is near.
    is_exact = all(array.dtype.kind in "iu" for array in planned.arrays)
    slack = 0.0 if is_exact else _LOST * largest
    exact, given = expected.astype(np.float64), got.astype(np.float64)
    is_right = np.abs(given - exact) <= _LOST * largest
    if image.dtype.kind in "iu":
        for near in (exact - slack, exact + slack):
            # Halves go to the even number in Python, and up at school.
            rounded = (given == np.rint(near)) | (given == np.floor(near + 0.5))
            is_right |= (given == np.trunc(near)) | rounded
    return np.asarray(is_right)


def wide_enough(planned: Planned) -> tuple[str, ...]:
    """Ask for a type that holds every pixel of the picture, its own before others."""
    own = planned.arrays[0].dtype
    names = ("uint8", "int16", "int32", "int64", "float32", "float64")
    return (own.name, *(name for name in names if np.can_cast(own, name)))


def blame_of_sizes(wrong: Sequence[Planned], fine: Sequence[Planned]) -> str:
    """Say which pictures are the ones that go wrong."""
    for has, words in _TRAITS:
        if fine and all(map(has, wrong)) and not any(map(has, fine)):
            return words
    return ""


def _is_odd(planned: Planned) -> bool:
    return any(size % 2 for size in planned.arrays[0].shape)


def _is_oblong(planned: Planned) -> bool:
    return len({*planned.arrays[0].shape}) > 1


def _is_high(planned: Planned) -> bool:
    return bool(planned.arrays[0].shape[0] > planned.arrays[0].shape[1])


def _is_wide(planned: Planned) -> bool:
    return bool(planned.arrays[0].shape[0] < planned.arrays[0].shape[1])


_SIZES = "x goes up to `image.shape[0]`, y up to `image.shape[1]`."
_ONLY_SQUARE = f"Only square pictures come out right: {_SIZES}"
_TRAITS: tuple[tuple[Callable[[Planned], bool], str], ...] = (
    (_is_oblong, _ONLY_SQUARE),
    (_is_high, f"Only pictures that are higher than wide go wrong: {_SIZES}"),
    (_is_wide, f"Only pictures that are wider than high go wrong: {_SIZES}"),
    (
        lambda planned: planned.arrays[0].dtype == np.uint8,
        (
            "Only pictures of uint8 go wrong, whose numbers end at 255: compute with"
            " `image.astype(int)`."
        ),
    ),
    (
        lambda planned: planned.arrays[0].dtype.kind == "f",
        "Only pictures of floats go wrong: keep the type of `image`, and its fractions.",
    ),
    (
        lambda planned: bool(planned.numbers),
        "Only calls with a weight go wrong: multiply the sum by `weight` before it is limited.",
    ),
    (
        lambda planned: len(planned.arrays) > 1 and not planned.numbers,
        "Only calls without a weight go wrong: write `weight=1` into the brackets of `def`.",
    ),
)


def blame_of_pooling(wrong: Sequence[Planned], fine: Sequence[Planned]) -> str:
    """Say which pictures are the ones that go wrong; odd sizes are a matter of pooling alone."""
    if fine and all(map(_is_odd, wrong)) and not any(map(_is_odd, fine)):
        return (
            "Only odd sizes go wrong: leave out the last row or column where it has no partner, as"
            " with `image.shape[0] // 2`."
        )
    return blame_of_sizes(wrong, fine)


CONVOLVE = Expectation(
    function="convolve",
    result=convolved,
    right=same_grey,
    mistakes=mistakes.of_convolve(),
    blame=blame_of_sizes,
    helps=Helps(
        type="Write into a copy of the picture, `np.copy(image)`, or end with"
        " `.astype(image.dtype)`.",
        shape="Start from a copy of the picture, `np.copy(image)`, and return it.",
        values="Work out one pixel by hand: the sum over a and b of"
        " `image[x + a - 1, y + b - 1] * filter[b][a]`, times `weight`, limited to 0..255.",
    ),
)
POOL = Expectation(
    function="max_pool",
    result=pooled,
    types=wide_enough,
    right=same_grey,
    mistakes=mistakes.of_max_pool(),
    blame=blame_of_pooling,
    helps=Helps(
        type="Make the result with `np.zeros((image.shape[0] // 2, image.shape[1] // 2),"
        " image.dtype)`.",
        shape="Half the height and half the width are asked, rounded down: a block of 2 x 2 gives"
        " one pixel.",
        values="Work out one block by hand: the largest of `image[x, y]`, `image[x + 1, y]`,"
        " `image[x, y + 1]` and `image[x + 1, y + 1]`.",
    ),
)


def pictures(evidence: CallsEvidence) -> tuple[Picture, ...]:
    """Show what came of the one picture that can be looked at, of each function."""
    return tuple(
        _picture(expectation, made)
        for expectation in (CONVOLVE, POOL)
        for made in evidence.of(expectation.function)
        if made.planned.about == PICTURE and made.result is not None and made.result.ndim == 2
    )


def _picture(expectation: Expectation, made: Made) -> Picture:
    expected = expectation.result(made.planned)
    got = np.full(expected.shape, np.nan)
    if made.result is not None:
        _lay(made.result.astype(np.float64), got)
    is_right = np.isfinite(got) & expectation.right(made.planned, expected, got)
    height, width = expected.shape
    return Picture(
        title=f"{expectation.function}: {made.planned.title}",
        height=height,
        width=width,
        top=0,
        left=0,
        got=_grey(got),
        expected=_grey(expected),
        differs=np.where(is_right, 0, 255).astype(np.uint8).tobytes(),
    )


def _lay(result: Array, on: Array) -> None:
    """Lay a result on a picture of the size that is asked, in the middle where it is smaller."""
    height, width = (min(sizes) for sizes in zip(result.shape, on.shape, strict=True))
    top, left = (on.shape[0] - height) // 2, (on.shape[1] - width) // 2
    on[top : top + height, left : left + width] = result[:height, :width]


def _grey(values: Array) -> bytes:
    return bytes(np.clip(np.nan_to_num(values), 0, 255).astype(np.uint8).data)


GATES = (interface,)
CHECKS = (interface, *checks_of(CONVOLVE, "convolve"), *checks_of(POOL, "pool"), inputs_kept)
