import numpy as np


def convolve(image, filter, weight=1):
    out = np.copy(image)
    x = 1
    while x < image.shape[0] - 1:
        y = 1
        while y < image.shape[1] - 1:
            value = sum(image[x + a - 1, y + b - 1] * filter[b][a] for a in range(3) for b in range(3))
            out[x, y] = min(max(value * weight, 0), 255)
            y += 1
    return out


def max_pool(image):
    rows, columns = image.shape[0] // 2, image.shape[1] // 2
    out = np.zeros((rows, columns), image.dtype)
    for x in range(rows):
        for y in range(columns):
            out[x, y] = image[2 * x:2 * x + 2, 2 * y:2 * y + 2].max()
    return out
