import numpy as np


def pixel(image, x, y, filter, weight):
    value = sum(image[x + a - 1][y + b - 1] * filter[b][a] for a in range(3) for b in range(3))
    return min(max(value * weight, 0), 255)


def convolve(image, filter, weight=1):
    last_x, last_y = len(image) - 1, len(image[0]) - 1
    rows = [
        [
            image[x][y] if x in (0, last_x) or y in (0, last_y) else pixel(image, x, y, filter, weight)
            for y in range(last_y + 1)
        ]
        for x in range(last_x + 1)
    ]
    return np.array(rows).astype(image.dtype)


def max_pool(image):
    return np.array([
        [max(image[x][y], image[x + 1][y], image[x][y + 1], image[x + 1][y + 1])
         for y in range(0, len(image[0]) - 1, 2)]
        for x in range(0, len(image) - 1, 2)
    ])
