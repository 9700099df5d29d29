"""Reads what a submission's own two layers did with hidden images; hostile arrays, so sizes first.

The comparison itself is for the checks. It costs time and memory that grow with what is claimed
here, so a claim that the layers of the trained model cannot have made is not looked at.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.kinds.training.evidence import DataFacts, ShownLayers
from grader.protocol import Frame, Shown
from grader.protocol.arrays import arrays_of
from grader.trainer import ProbeReading

_ARRAYS = 4
_AXES = 4
# What windows over an input may take, in numbers; an image of 28 x 28 pixels takes few of them.
_MOST_WINDOWS = 30_000_000
_MOST_PRODUCTS = 1_000_000_000
_UNLIKELY = "its layers gave arrays of shapes that they cannot have"


def read_shown(frame: Frame[Any], probe: ProbeReading) -> ShownLayers:
    """Read the answer to `Show`, as far as it may be compared with `probe`."""
    message = frame.message
    if not isinstance(message, Shown):
        return ShownLayers(problem="the program wrote to the channel that belongs to the grader")
    if message.problem:
        return ShownLayers(problem=message.problem)
    arrays = arrays_of(frame, message.arrays)
    if len(arrays) != _ARRAYS or not all(
        array.ndim == _AXES and array.dtype == np.float32 and array.size for array in arrays
    ):
        return ShownLayers(problem=_UNLIKELY)
    shown = ShownLayers(None, *arrays)
    return shown if _is_likely(shown, probe) else ShownLayers(problem=_UNLIKELY)


def as_trained_on(picture: NDArray[np.uint8], data: DataFacts) -> NDArray[np.float32]:
    """Return a picture of grey values in the form in which a model was given its images."""
    scaled = data.black + (data.white - data.black) * (picture / 255)
    return scaled.astype(np.float32).reshape(1, *data.image_shape)


def _is_likely(shown: ShownLayers, probe: ProbeReading) -> bool:
    kernel, entering, leaving = probe.kernel, shown.convolution_input, shown.convolution_output
    if kernel.ndim != _AXES or entering.shape[3] != kernel.shape[2] * probe.convolution.groups:
        return False
    # With padding of its own a layer puts out at most one place for each that comes in.
    places = math.prod(entering.shape[:3])
    windows = places * math.prod(kernel.shape[:3])
    pooled = math.prod(shown.pooling_input.shape) * math.prod(probe.pooling.pool_size)
    return (
        leaving.shape[0] == entering.shape[0]
        and windows <= _MOST_WINDOWS
        and windows * kernel.shape[3] <= _MOST_PRODUCTS
        and pooled <= _MOST_PRODUCTS
    )
