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
    new_x = int(image.shape[0] / 2)
    new_y = int(image.shape[1] / 2)
    newImage = np.zeros((new_x, new_y))
    for x in range(0, image.shape[0], 2):
        for y in range(0, image.shape[1], 2):
            pixels = []
            pixels.append(image[x, y])
            pixels.append(image[x + 1, y])
            pixels.append(image[x, y + 1])
            pixels.append(image[x + 1, y + 1])
            pixels.sort(reverse=True)
            newImage[int(x / 2), int(y / 2)] = pixels[0]
    return newImage
