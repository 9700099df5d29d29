"""What the two layers should make of an input, by the reference and the trainer's record."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from grader.kinds.training.evidence import ShownLayers, TrainingEvidence, Weights
from grader.trainer import ProbeReading
from reference import activate, conv2d, max_pool2d
from reference.arguments import Floats

_SAME_OUTPUT = 1e-4


def tolerance(expected: Floats) -> float:
    """Return how far another output may be off, and still be the same but for rounding."""
    return _SAME_OUTPUT * max(1.0, float(np.max(np.abs(expected), initial=0.0)))


def convolved(evidence: TrainingEvidence, shown: ShownLayers) -> Iterator[Floats]:
    """Return what the convolution may put out, the likeliest first.

    Callbacks of Keras put the weights of a better epoch back; any epoch of the record will do.
    """
    probe = evidence.probe
    if probe is None:
        return
    settings = probe.convolution
    for weights in (Weights(probe.kernel, probe.bias), *evidence.weights[::-1]):
        yield activate(
            settings.activation,
            conv2d(
                shown.convolution_input,
                weights.kernel,
                weights.bias if settings.use_bias else None,
                strides=settings.strides,
                padding=settings.padding,
                dilation=settings.dilation,
                groups=settings.groups,
            ),
        )


def pooled(probe: ProbeReading, shown: ShownLayers) -> Floats:
    """Return what the pooling must put out."""
    settings = probe.pooling
    return max_pool2d(
        shown.pooling_input,
        settings.pool_size,
        strides=settings.strides,
        padding=settings.padding,
    )
