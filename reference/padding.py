"""How many windows fit along one axis, and how much padding they need on each side.

A window of `window` taps, `dilation` apart, reaches over `(window - 1) * dilation + 1` pixels.

`valid` lays windows only where they fit: no padding.

`same` lays one window per `stride` pixels, `ceil(size / stride)` of them, and pads by the least
that makes the last one fit.
TensorFlow halves that total, and when it is odd the extra pixel goes *last*.
"""

from typing import NamedTuple

from reference.arguments import as_count, refusal


class Pads(NamedTuple):
    """Pixels added before the first and after the last pixel of one axis."""

    before: int
    after: int


def output_size(
    size: int, window: int, stride: int = 1, dilation: int = 1, padding: str = "valid"
) -> int:
    """Return the number of windows along one axis.

    Parameters
    ----------
    size : int
        Pixels along the axis.
    window : int
        Taps of the window.
    stride : int
        Pixels from the start of one window to the start of the next.
    dilation : int
        Pixels from one tap to the next.
    padding : {'valid', 'same'}
        Whether windows must lie inside the input.

    Returns
    -------
    int
        ``(size - reach) // stride + 1`` for `valid`, where
        ``reach = (window - 1) * dilation + 1``; ``ceil(size / stride)`` for `same`.

    Raises
    ------
    ValueError
        If no window fits, or `padding` is neither word.

    Examples
    --------
    >>> output_size(28, 3)
    26
    >>> output_size(5, 3, stride=2, padding='same')
    3
    """
    size, stride = as_count("size", size), as_count("stride", stride)
    reach = _reach(window, dilation)
    if padding == "same":
        return -(-size // stride)
    if padding != "valid":
        raise refusal("padding", repr(padding), "'valid' or 'same'")
    if size < reach:
        raise refusal("size", size, f"at least {reach}, the reach of the window")
    return (size - reach) // stride + 1


def pads(
    size: int, window: int, stride: int = 1, dilation: int = 1, padding: str = "valid"
) -> Pads:
    """Return the padding before and after one axis.

    Parameters
    ----------
    size, window, stride, dilation, padding
        As for `output_size`.

    Returns
    -------
    Pads
        ``before + after = max((output_size - 1) * stride + reach - size, 0)`` for `same`, with
        ``after - before`` 0 or 1; none for `valid`.

    Notes
    -----
    The split is where implementations differ.
    Putting all of it last passes every test whose total is 0 or 1.

    Examples
    --------
    >>> pads(5, 3, padding='same')
    Pads(before=1, after=1)
    >>> pads(28, 4, padding='same')
    Pads(before=1, after=2)
    >>> pads(6, 3, stride=2, padding='same')
    Pads(before=0, after=1)
    """
    count = output_size(size, window, stride, dilation, padding)
    total = max((count - 1) * stride + _reach(window, dilation) - size, 0)
    if padding == "valid":
        total = 0
    return Pads(before=total // 2, after=total - total // 2)


def _reach(window: int, dilation: int) -> int:
    """Return the pixels from the first tap of a window to its last, both included."""
    return (as_count("window", window) - 1) * as_count("dilation", dilation) + 1
