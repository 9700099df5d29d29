import numpy as np


def convolve(image, filter, weight=1):
    height, width = image.shape
    total = np.zeros((height - 2, width - 2))
    for a in range(3):
        for b in range(3):
            total += image[a:height - 2 + a, b:width - 2 + b] * float(filter[b][a])
    out = np.array(image)
    out[1:-1, 1:-1] = (total * weight).clip(0, 255)
    return out


def max_pool(image):
    rows, columns = image.shape[0] // 2, image.shape[1] // 2
    out = np.zeros((rows, columns), image.dtype)
    for x in range(rows):
        for y in range(columns):
            out[x, y] = image[2 * x:2 * x + 2, 2 * y:2 * y + 2].max()
    return out
