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
    out = np.zeros((image.shape[0] // 2, image.shape[1] // 2), image.dtype)
    for x in range(out.shape[0]):
        for y in range(out.shape[1]):
            largest = 0
            for a in range(2):
                for b in range(2):
                    if image[2 * x + a, 2 * y + b] > largest:
                        largest = image[2 * x + a, 2 * y + b]
            out[x, y] = largest
    return out
