"""Max pooling by windows is max pooling by loops, and SciPy's maximum filter.

Guards the padding, which must never show: on images of negative values a padding of zeros would.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.random import default_rng
from scipy.ndimage import maximum_filter

from reference import max_pool2d, max_pool2d_loops, output_size

Images = npt.NDArray[np.float64]

values = st.one_of(st.integers(-9, -1).map(float), st.sampled_from([np.nan, -np.inf, np.inf, 0.0]))
shapes = st.tuples(st.integers(0, 2), st.integers(1, 8), st.integers(1, 8), st.integers(1, 2))
images = hnp.arrays(np.float64, shapes, elements=values)
pair = st.tuples(st.integers(1, 5), st.integers(1, 5))
paddings = st.sampled_from(["valid", "same"])


@settings(max_examples=200, deadline=None)
@given(images, pair, st.none() | pair, paddings)
@example(-default_rng(0).uniform(1, 9, (1, 5, 5, 1)), (3, 3), (1, 1), "same")
@example(np.full((1, 3, 3, 1), np.nan), (2, 2), None, "same")
def test_definitions_agree(
    batch: Images,
    pool_size: tuple[int, int],
    strides: tuple[int, int] | None,
    padding: str,
) -> None:
    """Windows and loops agree to the last bit, NaN and infinities included."""
    assume(padding == "same" or all(np.less_equal(pool_size, batch.shape[1:3])))
    at_once = max_pool2d(batch, pool_size, strides, padding)
    by_loops = max_pool2d_loops(batch, pool_size, strides, padding)
    rows, columns = (
        output_size(size, pool, stride, padding=padding)
        for size, pool, stride in zip(
            batch.shape[1:3], pool_size, strides or pool_size, strict=True
        )
    )

    assert at_once.dtype == by_loops.dtype == np.float64
    assert at_once.shape == (len(batch), rows, columns, batch.shape[3])
    np.testing.assert_array_equal(at_once, by_loops)


@pytest.mark.parametrize("pooled", [max_pool2d, max_pool2d_loops])
@pytest.mark.parametrize("pool_size", [(3, 3), (2, 2), (4, 3), (1, 5)])
@pytest.mark.parametrize("stride", [1, 2])
def test_same_is_scipys_maximum_filter(
    pooled: Any, pool_size: tuple[int, int], stride: int
) -> None:
    """With stride 1, same padding is SciPy's maximum filter, the longer half of a window last."""
    image = -default_rng(4).uniform(1, 9, (7, 8))
    origin = [-1 if size % 2 == 0 else 0 for size in pool_size]
    running = maximum_filter(image, size=pool_size, origin=origin, mode="constant", cval=-np.inf)
    # A greater stride starts elsewhere: as far into the image as its smaller padding.
    first = [
        (size - 1) // 2 - max((-(-length // stride) - 1) * stride + size - length, 0) // 2
        for length, size in zip(image.shape, pool_size, strict=True)
    ]

    np.testing.assert_array_equal(
        pooled(image[None, :, :, None], pool_size, stride, "same")[0, :, :, 0],
        running[first[0] :: stride, first[1] :: stride],
    )


@pytest.mark.parametrize("pooled", [max_pool2d, max_pool2d_loops])
def test_padding_never_shows(pooled: Any) -> None:
    """An image below zero stays below zero under padding of two and more on each axis."""
    image = np.full((1, 5, 5, 1), -3.0)

    np.testing.assert_array_equal(pooled(image, 5, 1, "same"), image)


@pytest.mark.parametrize("pooled", [max_pool2d, max_pool2d_loops])
@pytest.mark.parametrize("place", list(np.ndindex(2, 2)))
def test_nan_propagates(pooled: Any, place: tuple[int, int]) -> None:
    """A window with a NaN anywhere answers NaN; its neighbours do not."""
    image = np.arange(8.0).reshape(1, 2, 4, 1)
    image[0, place[0], place[1], 0] = np.nan

    np.testing.assert_array_equal(pooled(image).ravel(), [np.nan, 7])


@pytest.mark.parametrize("pooled", [max_pool2d, max_pool2d_loops])
def test_channels_do_not_mix(pooled: Any) -> None:
    """Each channel is pooled as if it were alone."""
    batch = default_rng(5).normal(size=(2, 6, 5, 3))
    alone = [pooled(batch[..., [c]], (3, 2), 2) for c in range(3)]

    np.testing.assert_array_equal(pooled(batch, (3, 2), 2), np.concatenate(alone, axis=3))


@pytest.mark.parametrize("pooled", [max_pool2d, max_pool2d_loops])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.zeros((4, 4)),), r"inputs: got shape \(4, 4\), but should be"),
        ((np.zeros((1, 4, 4, 0)),), r"inputs: got shape \(1, 4, 4, 0\), but should be"),
        ((np.zeros((1, 4, 4, 1), bool),), "inputs: got values of type bool, but should be"),
        ((np.zeros((1, 1, 4, 1)),), "size: got 1, but should be at least 2"),
        ((np.zeros((1, 4, 4, 1)), 0), "pool_size: got 0, but should be"),
        ((np.zeros((1, 4, 4, 1)), (2,)), r"pool_size: got \(2,\), but should be"),
        ((np.zeros((1, 4, 4, 1)), 2, -1), "strides: got -1, but should be"),
        ((np.zeros((1, 4, 4, 1)), 2, 2, "full"), "padding: got 'full', but should be"),
    ],
)
def test_refuses(pooled: Any, arguments: tuple[Any, ...], message: str) -> None:
    """Arguments that are not images, counts or a known padding are refused by name."""
    with pytest.raises(ValueError, match=message):
        pooled(*arguments)
