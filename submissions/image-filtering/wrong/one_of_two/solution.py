import numpy as np




def max_pool(image):
    rows, columns = image.shape[0] // 2, image.shape[1] // 2
    out = np.zeros((rows, columns), image.dtype)
    for x in range(rows):
        for y in range(columns):
            out[x, y] = image[2 * x:2 * x + 2, 2 * y:2 * y + 2].max()
    return out
