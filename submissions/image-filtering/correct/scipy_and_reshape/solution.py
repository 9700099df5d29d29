import numpy as np
from scipy.signal import correlate2d


def convolve(image, filter, weight=1):
    sums = correlate2d(image, np.transpose(filter), mode='valid') * weight
    out = image.copy()
    out[1:-1, 1:-1] = np.clip(sums, 0, 255)
    return out


def max_pool(image):
    rows, columns = image.shape[0] // 2, image.shape[1] // 2
    return image[:2 * rows, :2 * columns].reshape(rows, 2, columns, 2).max(axis=(1, 3))
