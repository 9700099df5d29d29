"""What the definitions accept, and the one sentence with which they refuse the rest."""

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
Floats: TypeAlias = npt.NDArray[np.float64]
Pair: TypeAlias = int | Sequence[int]


def refusal(name: str, got: object, expected: str) -> ValueError:
    """Return the error that says what an argument is and what it should be."""
    return ValueError(f"{name}: got {got}, but should be {expected}")


def as_count(name: str, value: object) -> int:
    """Return `value` if it is an integer of at least 1."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise refusal(name, repr(value), "an integer of at least 1")
    return int(value)


def as_pair(name: str, value: Pair) -> tuple[int, int]:
    """Return `value` for rows and for columns; a single integer serves for both."""
    both = tuple(value) if isinstance(value, Sequence) else (value, value)
    if len(both) != 2:
        raise refusal(name, repr(value), "one integer, or one for rows and one for columns")
    return as_count(name, both[0]), as_count(name, both[1])


def as_reals(name: str, value: npt.ArrayLike) -> Floats:
    """Return `value` as float64, if it holds real numbers."""
    array = np.asarray(value)
    if array.dtype.kind not in "iuf":
        raise refusal(name, f"values of type {array.dtype}", "integers or floats")
    return array.astype(np.float64)


def as_shaped(name: str, value: npt.ArrayLike, *axes: str | int) -> Floats:
    """Return `value` as float64, if it has these axes: a word is any size, a number that size."""
    array = as_reals(name, value)
    sizes = zip(array.shape, axes, strict=False)
    if array.ndim != len(axes) or any(isinstance(a, int) and a != size for size, a in sizes):
        raise refusal(name, f"shape {array.shape}", f"({', '.join(map(str, axes))})")
    return array


def as_image(value: npt.ArrayLike, *, at_least: int) -> Array:
    """Return one image of real numbers, if its type can hold the value `at_least`."""
    image = np.asarray(value)
    if image.ndim != 2 or image.size == 0:
        raise refusal("image", f"shape {image.shape}", "(width, height), at least one pixel")
    holds = image.dtype.kind == "f" or (
        image.dtype.kind in "iu" and np.iinfo(image.dtype).max >= at_least
    )
    if not holds:
        raise refusal("image", f"type {image.dtype}", f"real numbers that can hold {at_least}")
    if not np.isfinite(image).all():
        raise refusal("image", "infinity or NaN among its pixels", "finite pixels")
    return image


def as_images(value: npt.ArrayLike) -> Floats:
    """Return a batch of images as float64; the batch may be empty, an image may not."""
    images = as_shaped("inputs", value, "images", "rows", "columns", "channels")
    if 0 in images.shape[1:]:
        raise refusal("inputs", f"shape {images.shape}", "images of at least one pixel")
    return images


class Layer(NamedTuple):
    """What a convolution is made of, each part known to fit the others."""

    images: Floats
    kernel: Floats
    bias: Floats
    strides: tuple[int, int]
    dilation: tuple[int, int]


def as_layer(
    inputs: npt.ArrayLike,
    kernel: npt.ArrayLike,
    bias: npt.ArrayLike | None,
    *,
    strides: Pair,
    dilation: Pair,
    groups: int,
) -> Layer:
    """Return a convolution's arguments in one form."""
    images = as_images(inputs)
    weights = as_shaped("kernel", kernel, "rows", "columns", "channels / groups", "filters")
    channels, (_, _, depth, filters) = images.shape[3], weights.shape
    if 0 in weights.shape:
        raise refusal("kernel", f"shape {weights.shape}", "at least one tap, channel and filter")
    if depth * as_count("groups", groups) != channels:
        raise refusal("kernel", f"{depth} channels", f"{channels} channels / {groups} groups")
    if filters % groups:
        raise refusal("kernel", f"{filters} filters", f"a multiple of {groups} groups")
    offsets = as_shaped("bias", np.zeros(filters) if bias is None else bias, filters)
    steps, gaps = as_pair("strides", strides), as_pair("dilation", dilation)
    return Layer(images, weights, offsets, steps, gaps)
