import numpy as np


def convolve(image, filter, weight=1):
    out = image.copy()
    taps = np.array(filter)
    total = np.zeros(image[1:-1, 1:-1].shape, image.dtype)
    for a in range(3):
        for b in range(3):
            part = image[a:image.shape[0] - 2 + a, b:image.shape[1] - 2 + b]
            total = total + (part * taps[b, a]).astype(image.dtype)
    out[1:-1, 1:-1] = np.clip(total * weight, 0, 255)
    return out


def max_pool(image):
    rows, columns = image.shape[0] // 2, image.shape[1] // 2
    out = np.zeros((rows, columns), image.dtype)
    for x in range(rows):
        for y in range(columns):
            out[x, y] = image[2 * x:2 * x + 2, 2 * y:2 * y + 2].max()
    return out
