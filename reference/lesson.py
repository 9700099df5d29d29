"""The lesson's two loops, read literally.

An *image* here is one two-dimensional array of integers or floats, indexed `image[x, y]`.

The filter's loop reads its kernel as `kernel[b][a]` beside the pixel `image[x + a - 1, y + b - 1]`:
the kernel is *transposed* with respect to `scipy.signal.correlate2d`.
A horizontal and a vertical edge filter trade places if that is missed.

Written with plain NumPy scalars the loop overflows on an image of unsigned bytes;
the definitions here compute in float64 and only then return to the image's type.
Only an image of integers loses fractions.
Anything but finite reals, or a kernel that is not 3 x 3, is a ValueError.
"""

import numpy as np
import numpy.typing as npt
from scipy.signal import correlate2d

from reference.arguments import Array, Floats, as_image, as_shaped, refusal

DARKEST, BRIGHTEST = 0, 255


def filter_image(image: npt.ArrayLike, kernel: npt.ArrayLike, weight: float = 1.0) -> Array:
    """Return the image filtered as in the lesson, by SciPy.

    Parameters
    ----------
    image : array_like of int or float
        (width, height), finite, of a type that can hold 255.
    kernel : array_like
        (3, 3), finite.
    weight : float
        Multiplies each sum before it is clipped.

    Returns
    -------
    ndarray
        (width, height), of the image's type.

    Notes
    -----
    ``out[x, y] = clip(weight * sum over a, b of image[x + a - 1, y + b - 1] * kernel[b][a],
    0, 255)``; an image of integers drops the fraction.
    The first and last row and column keep the input's own pixels, unclipped.

    For a kernel of integers the sum is exact (below 2**53), so this equals
    `filter_image_loops` to the last bit, whatever the weight.
    For other kernels the order of summation shows: the sums agree to ``2**-48`` of the sum of
    the products' magnitudes, and where that much lies astride an integer the answers differ by 1.

    Examples
    --------
    >>> image = np.array([[9, 9, 9], [0, 50, 7], [9, 100, 9]])
    >>> filter_image(image, [[0, 0, 0], [0, 1, 2], [0, 0, 0]])
    array([[  9,   9,   9],
           [  0, 250,   7],
           [  9, 100,   9]])
    >>> filter_image(image, [[0, 0, 0], [0, 1, 2], [0, 0, 0]], weight=0.25)[1, 1]
    np.int64(62)
    """
    pixels, taps, factor = _checked(image, kernel, weight)
    sums = correlate2d(pixels.astype(np.float64), taps.T, mode="same")
    out = pixels.copy()
    out[1:-1, 1:-1] = np.clip(factor * sums, DARKEST, BRIGHTEST)[1:-1, 1:-1].astype(out.dtype)
    return out


def filter_image_loops(image: npt.ArrayLike, kernel: npt.ArrayLike, weight: float = 1.0) -> Array:
    """Return what `filter_image` returns, by the lesson's own loop.

    Examples
    --------
    >>> image = np.array([[9, 9, 9], [0, 50, 7], [9, 100, 9]])
    >>> filter_image_loops(image, [[0, 0, 0], [0, 1, 2], [0, 0, 0]])[1, 1]
    np.int64(250)
    """
    pixels, taps, factor = _checked(image, kernel, weight)
    width, height = pixels.shape
    out = pixels.copy()
    for x in range(1, width - 1):
        for y in range(1, height - 1):
            total = 0.0
            for b in range(3):
                for a in range(3):
                    total += float(pixels[x + a - 1, y + b - 1]) * float(taps[b, a])
            # Assigning to an array of integers drops the fraction, as the lesson's copy does.
            out[x, y] = min(max(factor * total, DARKEST), BRIGHTEST)
    return out


def pool_image(image: npt.ArrayLike) -> Array:
    """Return the maximum of each 2 x 2 block, stride 2.

    Parameters
    ----------
    image : array_like of int or float
        (width, height), finite.

    Returns
    -------
    ndarray
        (width // 2, height // 2), of the image's type.

    Notes
    -----
    The lesson's loop fills an output of half the size, rounded down.
    On an odd size it would step past the edge; here the odd row or column is dropped, as the
    rounding says, and as a pooling layer without padding does.

    Examples
    --------
    >>> pool_image([[1, 5, 0], [2, 3, 9], [9, 9, 9]])
    array([[5]])
    """
    pixels = as_image(image, at_least=0)
    width, height = pixels.shape[0] // 2, pixels.shape[1] // 2
    blocks = pixels[: 2 * width, : 2 * height].reshape(width, 2, height, 2)
    pooled: Array = blocks.max(axis=(1, 3))
    return pooled


def pool_image_loops(image: npt.ArrayLike) -> Array:
    """Return what `pool_image` returns, by the lesson's own loop.

    Examples
    --------
    >>> pool_image_loops([[1, 5, 0, 0], [2, 3, 9, 8]])
    array([[5, 9]])
    """
    pixels = as_image(image, at_least=0)
    width, height = pixels.shape[0] // 2, pixels.shape[1] // 2
    out = np.zeros((width, height), pixels.dtype)
    for x in range(0, 2 * width, 2):
        for y in range(0, 2 * height, 2):
            out[x // 2, y // 2] = max(
                pixels[x, y], pixels[x + 1, y], pixels[x, y + 1], pixels[x + 1, y + 1]
            )
    return out


def _checked(
    image: npt.ArrayLike, kernel: npt.ArrayLike, weight: float
) -> tuple[Array, Floats, float]:
    """Return the filter's arguments as arrays and a float, or refuse them."""
    pixels, taps = as_image(image, at_least=BRIGHTEST), as_shaped("kernel", kernel, 3, 3)
    if not (np.isfinite(taps).all() and np.isfinite(weight)):
        raise refusal("kernel and weight", "infinity or NaN among them", "finite")
    return pixels, taps, float(weight)
