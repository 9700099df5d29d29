"""Every window of a batch of images, as one array: what a layer reduces."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from reference.arguments import Array, Floats
from reference.padding import pads


def windows(
    images: Floats,
    size: tuple[int, int],
    *,
    strides: tuple[int, int],
    fill: float,
    padding: str,
    dilation: tuple[int, int] = (1, 1),
) -> Array:
    """Return the windows of each image, in reading order.

    Parameters
    ----------
    images : ndarray
        (images, rows, columns, channels).
    size, strides, dilation : tuple of int
        Taps of a window, pixels between windows, pixels between taps; rows, then columns.
    fill : float
        What lies outside the image.
    padding : {'valid', 'same'}
        As for `reference.padding.pads`.

    Returns
    -------
    ndarray
        (images, out_rows, out_columns, channels, size[0], size[1]); a read-only view of the
        padded images.

    Examples
    --------
    >>> image = np.arange(12.0).reshape(1, 3, 4, 1)
    >>> windows(image, (2, 2), strides=(1, 2), fill=0, padding='valid')[0, 1, 1, 0]
    array([[ 6.,  7.],
           [10., 11.]])
    >>> windows(image, (3, 3), strides=(2, 2), fill=-1, padding='same')[0, 0, 0, 0]
    array([[-1., -1., -1.],
           [ 0.,  1.,  2.],
           [ 4.,  5.,  6.]])
    """
    rows, columns = (
        pads(images.shape[1 + axis], size[axis], strides[axis], dilation[axis], padding)
        for axis in (0, 1)
    )
    padded = np.pad(images, ((0, 0), rows, columns, (0, 0)), constant_values=fill)
    reach = tuple((size[axis] - 1) * dilation[axis] + 1 for axis in (0, 1))
    view = sliding_window_view(padded, reach, axis=(1, 2))
    return view[:, :: strides[0], :: strides[1], :, :: dilation[0], :: dilation[1]]
