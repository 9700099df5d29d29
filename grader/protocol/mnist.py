"""What everybody on both sides of a channel knows of MNIST: its sizes.

Rows number the training images from 0, and the test images behind them.
"""

from __future__ import annotations

TRAINING_IMAGES = 60_000
TEST_IMAGES = 10_000
IMAGES = TRAINING_IMAGES + TEST_IMAGES
SIDE = 28
PIXELS = SIDE * SIDE
CLASSES = 10
GREY_VALUES = 256
