import numpy as np


class Filters:
    def convolve(self, image, filter, weight=1):
        return image

    def max_pool(self, image):
        return image[::2, ::2]


