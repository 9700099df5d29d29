"""Windows cover what they should with the least padding, and the odd pixel goes last.

Guards the arithmetic that both definitions of every layer share, by laying windows down one by
one instead of dividing.
"""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference import Pads, output_size, pads

few = st.integers(1, 7)


def starts(length: int, window: int, stride: int, dilation: int) -> list[int]:
    """Return where windows start that lie wholly inside an axis of this length."""
    taps = range(0, window * dilation, dilation)
    return [start for start in range(0, length, stride) if start + taps[-1] < length]


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 40), few, few, few)
def test_valid_counts_windows_that_fit(size: int, window: int, stride: int, dilation: int) -> None:
    """Valid has as many windows as can be laid inside the input, and no padding."""
    fitting = len(starts(size, window, stride, dilation))
    if fitting == 0:
        with pytest.raises(ValueError, match=f"size: got {size}, but should be at least"):
            output_size(size, window, stride, dilation)
        return

    assert output_size(size, window, stride, dilation) == fitting
    assert pads(size, window, stride, dilation) == Pads(0, 0)


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 40), few, few, few)
def test_same_pads_as_little_as_it_can(size: int, window: int, stride: int, dilation: int) -> None:
    """Same has one window per stride, with the least padding that lets all of them fit."""
    wanted = len(range(0, size, stride))
    total = 0
    while len(starts(size + total, window, stride, dilation)) < wanted:
        total += 1
    before, after = pads(size, window, stride, dilation, "same")

    assert output_size(size, window, stride, dilation, "same") == wanted
    assert before + after == total
    assert after - before in {0, 1}


@pytest.mark.parametrize(
    ("size", "window", "stride", "dilation", "expected"),
    [
        (5, 3, 1, 1, Pads(1, 1)),
        (5, 3, 2, 1, Pads(1, 1)),
        (6, 3, 2, 1, Pads(0, 1)),
        (5, 2, 1, 1, Pads(0, 1)),
        (8, 4, 1, 1, Pads(1, 2)),
        (9, 3, 1, 2, Pads(2, 2)),
        (3, 5, 1, 1, Pads(2, 2)),
        (9, 1, 3, 1, Pads(0, 0)),
    ],
)
def test_same_split(size: int, window: int, stride: int, dilation: int, expected: Pads) -> None:
    """Known cases split as TensorFlow documents it."""
    assert pads(size, window, stride, dilation, "same") == expected


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 3), "size: got 0, but should be"),
        ((5, 0), "window: got 0, but should be"),
        ((5, 3, 0), "stride: got 0, but should be"),
        ((5, 3, 1, -1), "dilation: got -1, but should be"),
        ((5, 3, 1.5), r"stride: got 1\.5, but should be"),
        ((5, 3, True), "stride: got True, but should be"),
        ((5, 3, 1, 1, "full"), "padding: got 'full', but should be 'valid' or 'same'"),
        ((5, 3, 1, 1, "SAME"), "padding: got 'SAME', but should be 'valid' or 'same'"),
        ((2, 3), "size: got 2, but should be at least 3"),
    ],
)
@pytest.mark.parametrize("function", [output_size, pads])
def test_refuses(function: Any, arguments: tuple[Any, ...], message: str) -> None:
    """What is not a count, or not a known padding, is refused by name."""
    with pytest.raises(ValueError, match=message):
        function(*arguments)
