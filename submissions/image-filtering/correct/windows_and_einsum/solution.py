import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def convolve(image, filter, weight=1):
    windows = sliding_window_view(image, (3, 3))
    out = image.copy()
    out[1:-1, 1:-1] = np.clip(np.einsum("xyab,ba->xy", windows, filter) * weight, 0, 255)
    return out


def max_pool(image):
    return sliding_window_view(image, (2, 2))[::2, ::2].max(axis=(2, 3))
