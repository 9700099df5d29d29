import numpy as np
from scipy.signal import correlate2d as c

convolve = lambda image, filter, weight=1: np.pad(
    np.clip(c(image, np.transpose(filter), 'valid') * weight, 0, 255), 1
) .astype(image.dtype) + image * np.pad(np.zeros(np.subtract(image.shape, 2), image.dtype), 1, constant_values=1)
max_pool = lambda image: np.maximum.reduce(
    [image[x:image.shape[0] // 2 * 2:2, y:image.shape[1] // 2 * 2:2] for x in (0, 1) for y in (0, 1)]
)
