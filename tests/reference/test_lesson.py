"""The lesson's loops and their vectorised twins are one function each.

Guards the transposed kernel, the untouched margins, the clip, the truncation and the image type,
on kernels that no symmetry can excuse.
"""

import os
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.ndimage import maximum_filter
from scipy.signal import correlate2d

from reference import filter_image, filter_image_loops, pool_image, pool_image_loops

Image = npt.NDArray[Any]

DIAGONAL = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
VERTICAL = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]])
HORIZONTAL = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
LOPSIDED = np.array([[1, 2, -3], [-4, 5, 6], [7, -8, 0]])

image_types = st.sampled_from([np.uint8, np.int16, np.int32, np.int64])
sides = hnp.array_shapes(min_dims=2, max_dims=2, max_side=9)
images = hnp.arrays(image_types, sides, elements=st.integers(0, 255))
integer_kernels = hnp.arrays(np.int64, (3, 3), elements=st.integers(-20, 20))
float_kernels = hnp.arrays(np.float64, (3, 3), elements=st.floats(-20, 20))
weights = st.one_of(st.integers(-5, 5), st.floats(-5, 5))


@pytest.fixture(scope="module")
def picture() -> Image:
    """Return the lesson's picture if ASCENT_NPY names it, else one with every grey and slope."""
    if path := os.environ.get("ASCENT_NPY"):
        ascent: Image = np.load(path)
        return ascent
    x, y = np.indices((512, 512))
    rings = 127.5 + 127.5 * np.sin((x - 200) ** 2 / 900 + (y - 300) ** 2 / 1700)
    noise = np.random.default_rng(3).integers(-40, 40, (512, 512))
    return np.clip(rings + noise, 0, 255).astype(np.uint8)


@settings(max_examples=150, deadline=None)
@given(images, integer_kernels, weights)
def test_filters_agree_exactly_on_integer_kernels(
    image: Image, kernel: Image, weight: float
) -> None:
    """A kernel of integers gives the same image by both definitions, whatever the weight."""
    by_loops = filter_image_loops(image, kernel, weight)
    at_once = filter_image(image, kernel, weight)

    assert at_once.dtype == by_loops.dtype == image.dtype
    np.testing.assert_array_equal(at_once, by_loops)


@settings(max_examples=100, deadline=None)
@given(images, float_kernels, weights)
def test_filters_agree_within_one_on_float_kernels(
    image: Image, kernel: Image, weight: float
) -> None:
    """A kernel of floats may differ by one grey level, where the sum is next to an integer."""
    by_loops = filter_image_loops(image, kernel, weight).astype(np.int64)
    at_once = filter_image(image, kernel, weight).astype(np.int64)

    assert np.abs(at_once - by_loops).max() <= 1


@pytest.mark.parametrize("filtered", [filter_image, filter_image_loops])
def test_kernel_is_read_transposed(filtered: Any) -> None:
    """The tap kernel[b][a] meets the pixel a steps down the first index and b along the second."""
    image = np.arange(1, 10).reshape(3, 3)
    kernel = np.zeros((3, 3))
    kernel[0][2] = 1

    assert filtered(image, kernel)[1, 1] == image[2, 0]


@pytest.mark.parametrize("filtered", [filter_image, filter_image_loops])
@pytest.mark.parametrize(
    ("weight", "middle"), [(1, 100), (0.999, 99), (2, 200), (3, 255), (-1, 0), (0.0099, 0)]
)
def test_values_are_clipped_and_truncated(filtered: Any, weight: float, middle: int) -> None:
    """A value is cut to 0..255 and loses its fraction; it is not rounded and does not wrap."""
    image = np.full((3, 3), 100, np.uint8)
    identity = np.zeros((3, 3))
    identity[1, 1] = 1

    assert filtered(image, identity, weight)[1, 1] == middle


@settings(max_examples=100, deadline=None)
@given(hnp.arrays(np.float64, sides, elements=st.floats(-300, 300)), float_kernels, weights)
def test_an_image_of_floats_keeps_fractions(image: Image, kernel: Image, weight: float) -> None:
    """Both give floats, equal but for the order of summation, clipped inside the margins."""
    by_loops, at_once = (
        filter_image_loops(image, kernel, weight),
        filter_image(image, kernel, weight),
    )

    assert by_loops.dtype == at_once.dtype == np.float64
    np.testing.assert_allclose(at_once, by_loops, rtol=1e-9, atol=1e-7)
    np.testing.assert_array_equal(pool_image(image), pool_image_loops(image))


def test_half_a_grey_level_stays() -> None:
    """Only an image of integers drops it."""
    image, half = np.full((3, 3), 3.0), np.zeros((3, 3))
    half[1, 1] = 0.5

    assert filter_image(image, half)[1, 1] == filter_image_loops(image, half)[1, 1] == 1.5
    assert filter_image(image.astype(int), half)[1, 1] == 1


@pytest.mark.parametrize("filtered", [filter_image, filter_image_loops])
def test_margins_keep_their_pixels(filtered: Any) -> None:
    """The outermost rows and columns are the input's own, even where a clip would change them."""
    image = np.arange(-300, 330, 15).reshape(6, 7)
    inside = np.zeros(image.shape, bool)
    inside[1:-1, 1:-1] = True
    out = filtered(image, LOPSIDED)

    np.testing.assert_array_equal(out[~inside], image[~inside])
    assert out[inside].min() >= 0
    assert out[inside].max() <= 255


@pytest.mark.parametrize("filtered", [filter_image, filter_image_loops])
@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (2, 2), (5, 2)])
def test_an_image_of_margins_is_unchanged(filtered: Any, shape: tuple[int, int]) -> None:
    """An image without an inside comes back as it was, as a copy."""
    image = np.arange(shape[0] * shape[1]).reshape(shape)
    out = filtered(image, LOPSIDED)

    np.testing.assert_array_equal(out, image)
    assert not np.shares_memory(out, image)


@pytest.mark.parametrize(
    ("kernel", "weight"),
    [(DIAGONAL, 1), (VERTICAL, 1), (HORIZONTAL, 1), (LOPSIDED, 0.3)],
    ids=["diagonal", "vertical", "horizontal", "lopsided"],
)
def test_picture_is_correlated_with_the_transposed_kernel(
    picture: Image, kernel: Image, weight: float
) -> None:
    """On a real picture the filter is SciPy's correlation with the kernel transposed."""
    expected = picture.copy()
    inner = correlate2d(picture.astype(np.int64), kernel.T, mode="valid")
    expected[1:-1, 1:-1] = np.clip(weight * inner, 0, 255).astype(picture.dtype)

    np.testing.assert_array_equal(filter_image(picture, kernel, weight), expected)


def test_picture_by_loops(picture: Image) -> None:
    """On a real picture the lesson's own loops give the same filtered and pooled images."""
    filtered = filter_image_loops(picture, LOPSIDED, 0.3)

    np.testing.assert_array_equal(filter_image(picture, LOPSIDED, 0.3), filtered)
    np.testing.assert_array_equal(pool_image(filtered), pool_image_loops(filtered))
    assert pool_image(filtered).shape == (picture.shape[0] // 2, picture.shape[1] // 2)


@settings(max_examples=150, deadline=None)
@given(hnp.arrays(st.sampled_from([np.int8, np.uint8, np.int64]), sides))
def test_pools_agree(image: Image) -> None:
    """Both definitions of pooling agree on every integer image, negative and odd ones included."""
    by_loops, at_once = pool_image_loops(image), pool_image(image)

    assert at_once.dtype == by_loops.dtype == image.dtype
    assert at_once.shape == (image.shape[0] // 2, image.shape[1] // 2)
    np.testing.assert_array_equal(at_once, by_loops)


@settings(max_examples=50, deadline=None)
@given(hnp.arrays(np.int64, sides, elements=st.integers(-900, -1)))
def test_pool_is_scipys_maximum_filter(image: Image) -> None:
    """Pooling is SciPy's maximum filter with a 2 x 2 window, every second value taken."""
    running = maximum_filter(image, size=2, origin=-1, mode="nearest")
    width, height = image.shape[0] // 2, image.shape[1] // 2

    np.testing.assert_array_equal(pool_image(image), running[: 2 * width : 2, : 2 * height : 2])


@pytest.mark.parametrize("filtered", [filter_image, filter_image_loops])
@pytest.mark.parametrize(
    ("image", "kernel", "weight", "message"),
    [
        (np.zeros(9, int), LOPSIDED, 1, r"image: got shape \(9,\), but should be"),
        (np.zeros((3, 3, 1), int), LOPSIDED, 1, r"image: got shape \(3, 3, 1\), but should be"),
        (np.zeros((0, 3), int), LOPSIDED, 1, r"image: got shape \(0, 3\), but should be"),
        (np.zeros((3, 3), complex), LOPSIDED, 1, "image: got type complex128, but should be"),
        (np.full((3, 3), np.inf), LOPSIDED, 1, "image: got infinity or NaN"),
        (np.zeros((3, 3), bool), LOPSIDED, 1, "image: got type bool, but should be"),
        (np.zeros((3, 3), np.int8), LOPSIDED, 1, "image: got type int8, but should be"),
        (np.zeros((3, 3), int), np.ones((3, 2)), 1, r"kernel: got shape \(3, 2\), but should be"),
        (np.zeros((3, 3), int), np.ones((5, 5)), 1, r"kernel: got shape \(5, 5\), but should be"),
        (np.zeros((3, 3), int), np.full((3, 3), np.nan), 1, "kernel and weight: got"),
        (np.zeros((3, 3), int), LOPSIDED, np.inf, "kernel and weight: got"),
    ],
)
def test_filters_refuse(
    filtered: Any, image: Image, kernel: Image, weight: float, message: str
) -> None:
    """What is no image of finite reals, or no finite 3 x 3 kernel, is refused by both."""
    with pytest.raises(ValueError, match=message):
        filtered(image, kernel, weight)


@pytest.mark.parametrize("pooled", [pool_image, pool_image_loops])
@pytest.mark.parametrize(
    "image",
    [np.zeros((2, 2), bool), np.zeros(4, int), np.zeros((1, 2, 2), int), np.zeros((0, 2), int)],
)
def test_pools_refuse(pooled: Any, image: Image) -> None:
    """What is not a two-dimensional image of reals is refused by both."""
    with pytest.raises(ValueError, match=r"image: got .*, but should be"):
        pooled(image)
