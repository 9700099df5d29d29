"""Convolution by windows is convolution by loops, and SciPy's where SciPy has one.

Guards the orientation of the kernel, the order of the channels and filters, and the padding,
on random kernels (so asymmetric ones), odd and even.
"""

from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from numpy.random import default_rng
from scipy.signal import correlate2d

from reference import conv2d, conv2d_loops, output_size

pair = st.tuples(st.integers(1, 3), st.integers(1, 3))


class Case(NamedTuple):
    """One call of a convolution, small enough for loops."""

    images: tuple[int, int, int]
    window: tuple[int, int]
    depth: int
    width: int
    groups: int
    strides: tuple[int, int]
    dilation: tuple[int, int]
    padding: str

    def arguments(self) -> tuple[Any, Any, Any]:
        """Return inputs, kernel and bias of whole numbers, whose sums are exact in any order."""
        random = default_rng(7)
        images = random.integers(-9, 10, (*self.images, self.depth * self.groups))
        kernel = random.integers(-9, 10, (*self.window, self.depth, self.width * self.groups))
        return images, kernel, random.integers(-9, 10, kernel.shape[3])

    def options(self) -> dict[str, Any]:
        """Return the keyword arguments."""
        return {
            "strides": self.strides,
            "padding": self.padding,
            "dilation": self.dilation,
            "groups": self.groups,
        }

    def fits(self) -> bool:
        """Return whether at least one window lies inside the image."""
        axes = zip(self.images[1:], self.window, self.dilation, strict=True)
        return all(size > (window - 1) * dilation for size, window, dilation in axes)


cases = st.builds(
    Case,
    images=st.tuples(st.integers(0, 2), st.integers(1, 8), st.integers(1, 8)),
    window=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    depth=st.integers(1, 2),
    width=st.integers(1, 2),
    groups=st.integers(1, 2),
    strides=pair,
    dilation=pair,
    padding=st.sampled_from(["valid", "same"]),
)


@settings(max_examples=120, deadline=None)
@given(cases)
@example(Case((1, 5, 5), (3, 3), 1, 1, 1, (1, 1), (1, 1), "same"))
@example(Case((1, 8, 7), (4, 2), 2, 1, 2, (2, 1), (1, 2), "same"))
def test_definitions_agree(case: Case) -> None:
    """Windows and loops give the same numbers for every geometry, whole numbers exactly."""
    assume(case.padding == "same" or case.fits())
    images, kernel, bias = case.arguments()
    at_once = conv2d(images, kernel, bias, **case.options())
    by_loops = conv2d_loops(images, kernel, bias, **case.options())

    assert at_once.dtype == by_loops.dtype == np.float64
    np.testing.assert_array_equal(at_once, by_loops)


@settings(max_examples=60, deadline=None)
@given(cases)
def test_shape_law(case: Case) -> None:
    """The answer is (images, out rows, out columns, filters), each size by the padding's rule."""
    assume(case.padding == "same" or case.fits())
    images, kernel, _ = case.arguments()
    rows, columns = (
        output_size(*axis, case.padding)
        for axis in zip(case.images[1:], case.window, case.strides, case.dilation, strict=True)
    )

    assert conv2d(images, kernel, **case.options()).shape == (
        len(images),
        rows,
        columns,
        kernel.shape[3],
    )


@pytest.mark.parametrize("convolved", [conv2d, conv2d_loops])
@pytest.mark.parametrize("window", [(3, 3), (2, 3), (4, 4), (1, 5)])
def test_one_channel_is_scipys_correlation(convolved: Any, window: tuple[int, int]) -> None:
    """One channel, one filter, no padding: SciPy's correlation, kernel unflipped."""
    random = default_rng(1)
    image, kernel = random.normal(size=(9, 8)), random.normal(size=window)
    expected = correlate2d(image, kernel, mode="valid")

    np.testing.assert_allclose(
        convolved(image[None, :, :, None], kernel[:, :, None, None])[0, :, :, 0],
        expected,
        rtol=0,
        atol=1e-12,
    )


@pytest.mark.parametrize("convolved", [conv2d, conv2d_loops])
def test_channels_add_up(convolved: Any) -> None:
    """Many channels are the sum of one-channel correlations, filter by filter, plus the bias."""
    random = default_rng(2)
    images = random.normal(size=(2, 6, 5, 3))
    kernel, bias = random.normal(size=(3, 2, 3, 4)), random.normal(size=4)
    out = convolved(images, kernel, bias)

    for n, f in np.ndindex(2, 4):
        expected = bias[f] + sum(
            correlate2d(images[n, :, :, c], kernel[:, :, c, f], mode="valid") for c in range(3)
        )
        np.testing.assert_allclose(out[n, :, :, f], expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("convolved", [conv2d, conv2d_loops])
def test_groups_are_separate_convolutions(convolved: Any) -> None:
    """Groups are convolutions side by side, each with its run of channels and of filters."""
    random = default_rng(3)
    images, kernel = random.normal(size=(1, 5, 5, 6)), random.normal(size=(3, 3, 2, 9))
    apart = [
        convolved(images[..., 2 * g : 2 * g + 2], kernel[..., 3 * g : 3 * g + 3]) for g in range(3)
    ]

    np.testing.assert_allclose(
        convolved(images, kernel, groups=3), np.concatenate(apart, axis=3), rtol=0, atol=1e-12
    )


@pytest.mark.parametrize("convolved", [conv2d, conv2d_loops])
def test_nan_reaches_the_windows_that_see_it(convolved: Any) -> None:
    """A NaN spoils the windows that contain it and no others."""
    image = np.zeros((1, 5, 5, 1))
    image[0, 0, 4, 0] = np.nan
    expected = np.zeros((4, 4), bool)
    expected[0, 3] = True

    np.testing.assert_array_equal(
        np.isnan(convolved(image, np.ones((2, 2, 1, 1)))[0, :, :, 0]), expected
    )


@pytest.mark.parametrize("convolved", [conv2d, conv2d_loops])
def test_low_precision_is_summed_in_float64(convolved: Any) -> None:
    """Half precision inputs are summed in double, so that large and small terms both count."""
    image = np.array([2048, 1, 1], np.float16).reshape(1, 1, 3, 1)

    assert convolved(image, np.ones((1, 3, 1, 1), np.float16)) == 2050


@pytest.mark.parametrize("convolved", [conv2d, conv2d_loops])
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"inputs": np.zeros((5, 5, 2))}, r"inputs: got shape \(5, 5, 2\), but should be"),
        ({"inputs": np.zeros((1, 0, 5, 2))}, r"inputs: got shape \(1, 0, 5, 2\), but should be"),
        ({"inputs": np.zeros((1, 5, 5, 2), complex)}, "inputs: got values of type complex128"),
        ({"inputs": np.zeros((1, 2, 5, 2))}, "size: got 2, but should be at least 3"),
        ({"inputs": np.zeros((1, 5, 5, 3))}, "kernel: got 2 channels, but should be 3 channels"),
        ({"kernel": np.zeros((3, 3, 2))}, r"kernel: got shape \(3, 3, 2\), but should be"),
        ({"kernel": np.zeros((3, 3, 2, 0))}, r"kernel: got shape \(3, 3, 2, 0\), but should be"),
        ({"kernel": np.zeros((3, 3, 1, 3)), "groups": 2}, "got 3 filters, but should be a multip"),
        ({"bias": np.zeros(3)}, r"bias: got shape \(3,\), but should be \(4\)"),
        ({"bias": 1.0}, r"bias: got shape \(\), but should be \(4\)"),
        ({"groups": 0}, "groups: got 0, but should be"),
        ({"strides": (1, 0)}, "strides: got 0, but should be"),
        ({"strides": (1, 1, 1)}, r"strides: got \(1, 1, 1\), but should be"),
        ({"dilation": 1.0}, r"dilation: got 1\.0, but should be"),
        ({"padding": "causal"}, "padding: got 'causal', but should be 'valid' or 'same'"),
    ],
)
def test_refuses(convolved: Any, changes: dict[str, Any], message: str) -> None:
    """Arguments that do not fit each other are refused by name."""
    arguments = {"inputs": np.zeros((1, 5, 5, 2)), "kernel": np.zeros((3, 3, 2, 4))}
    with pytest.raises(ValueError, match=message):
        convolved(**arguments | changes)
