"""Draws a digit on its way through a submission's two layers, as bytes that a report can carry.

What the layers put out is claimed, and its sizes were looked at before; what they should put out is
the reference's. Nothing is decided here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.kinds.training import expected
from grader.kinds.training.evidence import ShownLayers, TrainingEvidence
from grader.model.anatomy import LONGEST_SIDE, MOST_FEATURES, Feature, Grey, Maps, Stage

_STEPS = 255
# Larger numbers are no brightness any more, and overflow where they are subtracted.
_BRIGHTEST = 1e9
_Plane = NDArray[np.floating[Any]]


def maps_of(evidence: TrainingEvidence) -> Maps | None:
    """Return what became of the digit, or None where it could not be seen."""
    probe, digit = evidence.probe, evidence.digit
    if probe is None or digit is None or digit.layers.problem:
        return None
    seen = digit.layers
    outputs = seen.convolution_output
    wanted = _closest(evidence, seen)
    if wanted is None or probe.kernel.shape[3] != outputs.shape[3]:
        return None
    pooled = _Pooled.of(seen, expected.pooled(probe, seen))
    features = tuple(
        Feature(
            number=number + 1,
            filter=_grey(probe.kernel[:, :, 0, number]),
            convolved=_stage(outputs[0, :, :, number], wanted[0, :, :, number], wanted),
            pooled=pooled.stage(number) if pooled else None,
        )
        for number in _telling(outputs[0])
    )
    return Maps(
        digit=_grey(digit.pixels.astype(np.float32)),
        sides=(
            (digit.pixels.shape[0], digit.pixels.shape[1]),
            (outputs.shape[1], outputs.shape[2]),
            *([pooled.sides] if pooled else []),
        ),
        filters=outputs.shape[3],
        features=features,
    )


class _Pooled:
    """What left the pooling, where it follows the convolution channel by channel."""

    def __init__(self, got: _Plane, wanted: _Plane) -> None:
        self._got = got
        self._wanted = wanted
        self.sides = (int(got.shape[1]), int(got.shape[2]))

    @classmethod
    def of(cls, seen: ShownLayers, wanted: _Plane) -> _Pooled | None:
        """Look at the sizes: a program may pool first, or something else than the convolution."""
        got, before = seen.pooling_output, seen.convolution_output
        follows = seen.pooling_input.shape == before.shape and got.shape == wanted.shape
        return cls(got, wanted) if follows else None

    def stage(self, number: int) -> Stage:
        """Return one channel."""
        return _stage(self._got[0, :, :, number], self._wanted[0, :, :, number], self._wanted)


def _closest(evidence: TrainingEvidence, seen: ShownLayers) -> _Plane | None:
    """Return the reference's output with those recorded weights that come closest."""
    best, distance = None, np.inf
    for outputs in expected.convolved(evidence, seen):
        if outputs.shape != seen.convolution_output.shape:
            return None
        off = float(np.max(np.abs(_tame(seen.convolution_output) - _tame(outputs)), initial=0.0))
        if best is None or off < distance:
            best, distance = outputs, off
        if distance <= expected.tolerance(_tame(outputs)):
            break
    return best


def _telling(maps: _Plane) -> list[int]:
    """Choose the channels in which most of the digit is to be seen, in their order."""
    contrast = np.std(_tame(maps), axis=(0, 1))
    return sorted(int(number) for number in np.argsort(-contrast, kind="stable")[:MOST_FEATURES])


def _stage(got: _Plane, wanted: _Plane, whole: _Plane) -> Stage:
    got, wanted = _tame(got), _tame(wanted)
    low = float(min(got.min(), wanted.min()))
    high = float(max(got.max(), wanted.max()))
    is_same = float(np.max(np.abs(got - wanted))) <= expected.tolerance(_tame(whole))
    shown = _grey(got, low, high)
    return Stage(got=shown, expected=None if is_same else _grey(wanted, low, high))


def _grey(plane: _Plane, low: float | None = None, high: float | None = None) -> Grey:
    plane = _tame(plane)[:LONGEST_SIDE, :LONGEST_SIDE]
    low = float(plane.min()) if low is None else low
    high = float(plane.max()) if high is None else high
    steps = np.rint((plane - low) / (high - low) * _STEPS) if high > low else np.zeros(plane.shape)
    return Grey(
        height=plane.shape[0],
        width=plane.shape[1],
        low=round(low, 4),
        high=round(high, 4),
        values=steps.astype(np.uint8).tobytes(),
    )


def _tame(plane: _Plane) -> NDArray[np.float64]:
    """Return numbers that can be drawn: NaN is black, and nothing is too bright."""
    numbers = np.nan_to_num(
        plane.astype(np.float64), nan=0.0, posinf=_BRIGHTEST, neginf=-_BRIGHTEST
    )
    return np.clip(numbers, -_BRIGHTEST, _BRIGHTEST)
