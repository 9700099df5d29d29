import numpy as np
from scipy.signal import convolve2d


def convolve(image, filter, weight=1):
    sums = convolve2d(image, np.transpose(filter), mode='valid') * weight
    out = image.copy()
    out[1:-1, 1:-1] = np.clip(sums, 0, 255)
    return out


def max_pool(image):
    rows, columns = image.shape[0] // 2, image.shape[1] // 2
    out = np.zeros((rows, columns), image.dtype)
    for x in range(rows):
        for y in range(columns):
            out[x, y] = image[2 * x:2 * x + 2, 2 * y:2 * y + 2].max()
    return out
