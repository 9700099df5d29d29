"""Convolution and pooling over a grey picture."""
from __future__ import annotations

import numpy as np
import numpy.typing as npt


def convolve(image: npt.NDArray, filter: npt.ArrayLike, weight: float = 1) -> npt.NDArray:
    """Filter the inside of a picture."""
    taps = np.asarray(filter, dtype=float).T
    padded = image.astype(float)
    result = image.copy()
    for x in range(1, image.shape[0] - 1):
        for y in range(1, image.shape[1] - 1):
            value = float((padded[x - 1:x + 2, y - 1:y + 2] * taps).sum()) * weight
            result[x, y] = np.clip(value, 0, 255)
    return result


def max_pool(image: npt.NDArray) -> npt.NDArray:
    """Keep the largest of each block."""
    rows = np.maximum(image[0:-1:2], image[1::2])
    return np.maximum(rows[:, 0:-1:2], rows[:, 1::2])


if __name__ == "__main__":
    from matplotlib import pyplot as plt
    from scipy.datasets import ascent

    plt.imshow(max_pool(convolve(ascent(), [[-1, -2, -1], [0, 0, 0], [1, 2, 1]])))
    plt.show()
