"""What convolution and pooling are, said twice.

A grader that measures against a formula must first be right about the formula.
So each operation has two independent definitions: one as loops, to be read beside the
textbook, and one as windows and a single reduction, to be run.
The tests require the two to agree with each other, with SciPy and with Keras.

The whole of it is one picture.
Lay a window of the kernel's size over the input, at every `stride`-th place.
Cross-correlation multiplies each window by the kernel and sums; max pooling takes the
window's maximum.
Padding decides where the first window starts and how many there are (`reference.padding`),
and what lies outside the input is the reduction's neutral element:
0 for a sum, minus infinity for a maximum.

The lesson's own image filter (`reference.lesson`) is a narrower thing:
one image of integers, a 3 x 3 kernel read transposed, margins left alone, values clipped.

Arrays of images are (images, rows, columns, channels).
Kernels are (rows, columns, channels, filters).
Answers of the layers are computed in float64, whatever comes in.
"""

from reference.activations import ACTIVATIONS, activate
from reference.convolution import conv2d, conv2d_loops
from reference.lesson import filter_image, filter_image_loops, pool_image, pool_image_loops
from reference.padding import Pads, output_size, pads
from reference.pooling import max_pool2d, max_pool2d_loops

__all__ = [
    "ACTIVATIONS",
    "Pads",
    "activate",
    "conv2d",
    "conv2d_loops",
    "filter_image",
    "filter_image_loops",
    "max_pool2d",
    "max_pool2d_loops",
    "output_size",
    "pads",
    "pool_image",
    "pool_image_loops",
]
