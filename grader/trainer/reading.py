"""How two layers came out of training, as the trainer says it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.protocol import ConvolutionSettings, Frame, PoolingSettings, Probed
from grader.protocol.arrays import arrays_of


@dataclass(frozen=True)
class ProbeReading:
    """How the two layers came out of training; all from the trainer."""

    convolution: ConvolutionSettings
    pooling: PoolingSettings
    kernel: NDArray[np.float32]
    bias: NDArray[np.float32] | None


def read_probe(frame: Frame[Probed]) -> ProbeReading:
    """Read the arrays of a probe."""
    kernel, bias = arrays_of(frame, frame.message.arrays)
    return ProbeReading(
        convolution=frame.message.convolution,
        pooling=frame.message.pooling,
        kernel=kernel,
        bias=bias if frame.message.convolution.use_bias else None,
    )
