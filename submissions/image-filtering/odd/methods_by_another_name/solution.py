import numpy as np


class Filters:
    @staticmethod
    def over(image, filter, weight=1):
        out = image.copy()
        for x in range(1, image.shape[0] - 1):
            for y in range(1, image.shape[1] - 1):
                part = image[x - 1:x + 2, y - 1:y + 2].astype(float)
                out[x, y] = min(255, max(0, weight * (part * np.transpose(filter)).sum()))
        return out

    @staticmethod
    def shrink(image):
        return np.array([[image[x:x + 2, y:y + 2].max() for y in range(0, image.shape[1] - 1, 2)]
                         for x in range(0, image.shape[0] - 1, 2)])


convolve = Filters.over
max_pool = Filters.shrink
