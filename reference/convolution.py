"""The convolution layer: cross-correlation of many channels with many filters.

`conv2d` gathers windows and contracts them with the kernel in one einsum.
`conv2d_loops` visits every output value and sums over taps, without gathering anything.
Neither flips the kernel: what the field calls convolution is cross-correlation.
"""

import numpy as np
import numpy.typing as npt

from reference.arguments import Floats, Pair, as_layer
from reference.padding import output_size, pads
from reference.windows import windows


def conv2d(
    inputs: npt.ArrayLike,
    kernel: npt.ArrayLike,
    bias: npt.ArrayLike | None = None,
    *,
    strides: Pair = (1, 1),
    padding: str = "valid",
    dilation: Pair = (1, 1),
    groups: int = 1,
) -> Floats:
    """Return the cross-correlation of images with a kernel.

    Parameters
    ----------
    inputs : array_like
        (images, rows, columns, channels).
    kernel : array_like
        (kernel_rows, kernel_columns, channels / groups, filters).
    bias : array_like, optional
        (filters,); none is zero.
    strides, dilation : int or pair of int
        Pixels between windows and between taps; rows, then columns.
    padding : {'valid', 'same'}
        `same` surrounds the images with zeros, the extra row and column last.
    groups : int
        Channels and filters are cut into this many runs; a filter sees its own run only.

    Returns
    -------
    ndarray of float64
        (images, out_rows, out_columns, filters), where each out size is
        `reference.padding.output_size` of that axis.

    Raises
    ------
    ValueError
        If the arguments do not fit each other.

    Notes
    -----
    ``out[n, i, j, f] = bias[f] + sum over a, b, c of
    padded[n, i * stride + a * dilation, j * stride + b * dilation, c] * kernel[a, b, c, f]``.

    Strides and dilation may both exceed 1 here; Keras's layer refuses that.

    Examples
    --------
    >>> image = np.arange(9).reshape(1, 3, 3, 1)
    >>> kernel = np.array([[1, 0], [0, 10]]).reshape(2, 2, 1, 1)
    >>> conv2d(image, kernel)[0, :, :, 0]
    array([[40., 51.],
           [73., 84.]])
    >>> conv2d(image, kernel, bias=[1], strides=2, padding='same')[0, :, :, 0]
    array([[41.,  3.],
           [ 7.,  9.]])
    """
    layer = as_layer(inputs, kernel, bias, strides=strides, dilation=dilation, groups=groups)
    kernel_rows, kernel_columns, depth, filters = layer.kernel.shape
    seen = windows(
        layer.images,
        (kernel_rows, kernel_columns),
        strides=layer.strides,
        fill=0,
        padding=padding,
        dilation=layer.dilation,
    )
    count, rows, columns = seen.shape[:3]
    outputs: Floats = np.einsum(
        "nijgcab,abcgf->nijgf",
        seen.reshape(count, rows, columns, groups, depth, kernel_rows, kernel_columns),
        layer.kernel.reshape(kernel_rows, kernel_columns, depth, groups, filters // groups),
    )
    return outputs.reshape(count, rows, columns, filters) + layer.bias


def conv2d_loops(
    inputs: npt.ArrayLike,
    kernel: npt.ArrayLike,
    bias: npt.ArrayLike | None = None,
    *,
    strides: Pair = (1, 1),
    padding: str = "valid",
    dilation: Pair = (1, 1),
    groups: int = 1,
) -> Floats:
    """Return what `conv2d` returns, one product at a time.

    Notes
    -----
    Padding is never built: a tap outside the image reads zero.

    Examples
    --------
    >>> conv2d_loops([[[[1], [2], [4]]]], [[[[1]], [[10]]]])[0, 0, :, 0]
    array([21., 42.])
    """
    layer = as_layer(inputs, kernel, bias, strides=strides, dilation=dilation, groups=groups)
    count, rows, columns, _ = layer.images.shape
    height, width, depth, filters = layer.kernel.shape
    (down, across), (apart, along) = layer.strides, layer.dilation
    top = pads(rows, height, down, apart, padding).before
    left = pads(columns, width, across, along, padding).before
    shape = (
        count,
        output_size(rows, height, down, apart, padding),
        output_size(columns, width, across, along, padding),
        filters,
    )

    outputs = np.zeros(shape)
    for n, i, j, f in np.ndindex(shape):
        first_channel = f // (filters // groups) * depth
        total = layer.bias[f]
        for a, b, c in np.ndindex(height, width, depth):
            x, y = i * down + a * apart - top, j * across + b * along - left
            is_inside = 0 <= x < rows and 0 <= y < columns
            pixel = layer.images[n, x, y, first_channel + c] if is_inside else 0.0
            total += pixel * layer.kernel[a, b, c, f]
        outputs[n, i, j, f] = total
    return outputs
