"""The max pooling layer: each window's largest value, channel by channel.

What lies outside the image is minus infinity, the maximum's neutral element.
Were it 0, an image of negative values would come out brighter at its edges.

A NaN is not a number that others can be larger than: a window with a NaN in it has no maximum,
and its answer is NaN, as NumPy's `max` has it.
TensorFlow promises nothing here.
Its CPU kernels seed each window with the lowest finite float and keep whatever `<` prefers:
on x86-64 a NaN is passed over and a window of nothing else gives -3.4028235e+38; compiled by
XLA such a window gives minus infinity; on ARM, NaN is reported to come through for some channels
and not for others (TensorFlow issue 125965).
So compare layers on finite inputs.
The same seed makes TensorFlow answer -3.4028235e+38 for a window of minus infinities.
"""

import math

import numpy as np
import numpy.typing as npt

from reference.arguments import Floats, Pair, as_images, as_pair
from reference.padding import output_size, pads
from reference.windows import windows


def max_pool2d(
    inputs: npt.ArrayLike,
    pool_size: Pair = (2, 2),
    strides: Pair | None = None,
    padding: str = "valid",
) -> Floats:
    """Return the maximum of each window.

    Parameters
    ----------
    inputs : array_like
        (images, rows, columns, channels).
    pool_size : int or pair of int
        Rows and columns of a window.
    strides : int or pair of int, optional
        Pixels between windows; none is `pool_size`, so that windows tile the image.
    padding : {'valid', 'same'}
        `same` surrounds the images with minus infinity, the extra row and column last.

    Returns
    -------
    ndarray of float64
        (images, out_rows, out_columns, channels), where each out size is
        `reference.padding.output_size` of that axis.

    Raises
    ------
    ValueError
        If the arguments do not fit each other.

    Notes
    -----
    ``out[n, i, j, c] = max over a, b of padded[n, i * stride + a, j * stride + b, c]``;
    NaN if any of them is NaN.
    Every window holds at least one pixel of its image, so padding never shows.

    Examples
    --------
    >>> image = -np.arange(1, 10).reshape(1, 3, 3, 1)
    >>> max_pool2d(image)[0, :, :, 0]
    array([[-1.]])
    >>> max_pool2d(image, padding='same')[0, :, :, 0]
    array([[-1., -3.],
           [-7., -9.]])
    """
    images, size = as_images(inputs), as_pair("pool_size", pool_size)
    steps = size if strides is None else as_pair("strides", strides)
    seen = windows(images, size, strides=steps, fill=-np.inf, padding=padding)
    pooled: Floats = seen.max(axis=(4, 5))
    return pooled


def max_pool2d_loops(
    inputs: npt.ArrayLike,
    pool_size: Pair = (2, 2),
    strides: Pair | None = None,
    padding: str = "valid",
) -> Floats:
    """Return what `max_pool2d` returns, one pixel at a time.

    Notes
    -----
    Padding is never built: pixels outside the image are not looked at.

    Examples
    --------
    >>> max_pool2d_loops([[[[1], [2], [4]]]], (1, 2), 1)[0, 0, :, 0]
    array([2., 4.])
    """
    images, (height, width) = as_images(inputs), as_pair("pool_size", pool_size)
    down, across = (height, width) if strides is None else as_pair("strides", strides)
    count, rows, columns, channels = images.shape
    top = pads(rows, height, down, padding=padding).before
    left = pads(columns, width, across, padding=padding).before
    shape = (
        count,
        output_size(rows, height, down, padding=padding),
        output_size(columns, width, across, padding=padding),
        channels,
    )

    outputs = np.zeros(shape)
    for n, i, j, c in np.ndindex(shape):
        largest = -math.inf
        for a, b in np.ndindex(height, width):
            x, y = i * down + a - top, j * across + b - left
            if 0 <= x < rows and 0 <= y < columns:
                pixel = images[n, x, y, c]
                # Once largest is NaN, nothing is greater than it: it stays.
                if pixel > largest or math.isnan(pixel):
                    largest = pixel
        outputs[n, i, j, c] = largest
    return outputs
