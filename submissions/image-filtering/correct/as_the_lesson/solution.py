import numpy as np


def convolve(image, filter, weight=1):
    i_transformed = np.copy(image)
    size_x = i_transformed.shape[0]
    size_y = i_transformed.shape[1]
    for x in range(1, size_x - 1):
        for y in range(1, size_y - 1):
            convolution = 0.0
            convolution = convolution + (image[x - 1, y - 1] * filter[0][0])
            convolution = convolution + (image[x, y - 1] * filter[0][1])
            convolution = convolution + (image[x + 1, y - 1] * filter[0][2])
            convolution = convolution + (image[x - 1, y] * filter[1][0])
            convolution = convolution + (image[x, y] * filter[1][1])
            convolution = convolution + (image[x + 1, y] * filter[1][2])
            convolution = convolution + (image[x - 1, y + 1] * filter[2][0])
            convolution = convolution + (image[x, y + 1] * filter[2][1])
            convolution = convolution + (image[x + 1, y + 1] * filter[2][2])
            convolution = convolution * weight
            if convolution < 0:
                convolution = 0
            if convolution > 255:
                convolution = 255
            i_transformed[x, y] = convolution
    return i_transformed


def max_pool(image):
    new_x = int(image.shape[0] / 2)
    new_y = int(image.shape[1] / 2)
    newImage = np.zeros((new_x, new_y))
    for x in range(0, 2 * new_x, 2):
        for y in range(0, 2 * new_y, 2):
            pixels = []
            pixels.append(image[x, y])
            pixels.append(image[x + 1, y])
            pixels.append(image[x, y + 1])
            pixels.append(image[x + 1, y + 1])
            pixels.sort(reverse=True)
            newImage[int(x / 2), int(y / 2)] = pixels[0]
    return newImage
