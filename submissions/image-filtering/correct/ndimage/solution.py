import numpy as np
from scipy.ndimage import correlate


def convolve(image, filter, weight=1):
    result = correlate(image.astype(float), np.transpose(filter).astype(float)) * weight
    result = np.minimum(np.maximum(result, 0), 255)
    out = image.copy()
    inner = (slice(1, -1), slice(1, -1))
    out[inner] = result[inner]
    return out


def max_pool(image):
    even = image[:image.shape[0] // 2 * 2, :image.shape[1] // 2 * 2]
    return np.max([even[::2, ::2], even[1::2, ::2], even[::2, 1::2], even[1::2, 1::2]], axis=0)
