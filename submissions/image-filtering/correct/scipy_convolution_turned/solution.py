import numpy as np
from scipy import ndimage, signal


def convolve(image, filter, weight=1):
    filter = np.array(filter).T[::-1, ::-1]
    result = signal.convolve2d(image, filter, mode="same") * weight
    result = np.clip(result, 0, 255).astype(image.dtype)
    result[0, :], result[-1, :] = image[0, :], image[-1, :]
    result[:, 0], result[:, -1] = image[:, 0], image[:, -1]
    return result


def max_pool(image):
    h, w = image.shape
    biggest = ndimage.maximum_filter(image, size=2, origin=-1)
    return biggest[:h // 2 * 2:2, :w // 2 * 2:2]
