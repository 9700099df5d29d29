import numpy as np


def convolve(image, filter, weight=1):
    out = np.copy(image)
    for x in range(1, image.shape[0] - 1):
        for y in range(1, image.shape[1] - 1):
            total = 0.0
            for a in range(3):
                for b in range(3):
                    total = total + image[x + a - 1, y + b - 1] * filter[b][a]
            total = total * weight
            if total < 0:
                total = 0
            if total > 255:
                total = 255
            out[x, y] = total
    return out


def max_pool(image):
    rows, columns = image.shape[0] // 2, image.shape[1] // 2
    out = np.zeros((rows, columns), image.dtype)
    for x in range(rows):
        for y in range(columns):
            out[x, y] = image[2 * x:2 * x + 2, 2 * y:2 * y + 2].min()
    return out
