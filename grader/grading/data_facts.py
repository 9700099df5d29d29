"""Reads a data claim: counts come from the row numbers themselves, not from the claim's words."""

from __future__ import annotations

import math

import numpy as np

from grader.model.evidence import DataFacts
from grader.protocol import DataClaim, FitAsked, Frame, split

TRAINING_ROWS = 60_000
ROWS = 70_000
_PIXELS = 28 * 28
_CLASSES = 10
_LONGEST_SHAPE = 4


def read_claim(frame: Frame[FitAsked]) -> DataFacts:
    """Count the images that a fit asks for; a claim that does not add up is a problem."""
    claim = frame.message.request.data
    if claim.problem:
        return DataFacts(claim.count, problem=claim.problem)
    table, rows = _arrays(frame)
    if table.size != 256 or not _is_rescaling(table):
        return DataFacts(
            claim.count, problem="the pixels are not a rescaling of MNIST's grey values"
        )
    if not _is_shaped(claim):
        return DataFacts(
            claim.count, problem="the shapes are not those of images with a digit each"
        )
    # A huge count is refused before it becomes an array.
    if claim.in_order and 0 < claim.count <= TRAINING_ROWS:
        rows = np.arange(claim.count)
    if rows.size != claim.count or not rows.size or rows.min() < 0 or rows.max() >= ROWS:
        return DataFacts(claim.count, problem="the images are not numbered as MNIST's are")
    return DataFacts(
        claim.count,
        training_images=int(np.unique(rows[rows < TRAINING_ROWS]).size),
        test_images=int(np.count_nonzero(rows >= TRAINING_ROWS)),
        mislabelled=claim.mislabelled,
    )


def _arrays(frame: Frame[FitAsked]) -> tuple[np.ndarray, np.ndarray]:
    parts = split(frame.blob, frame.message.arrays)
    dtypes = [spec.dtype for spec in frame.message.arrays]
    if dtypes != ["float32", "int32"]:
        return np.zeros(0, np.float32), np.zeros(0, np.int32)
    return np.frombuffer(parts[0], np.float32), np.frombuffer(parts[1], np.int32)


def _is_shaped(claim: DataClaim) -> bool:
    """Whether the shapes are of 784 pixels, and of a digit or ten columns."""
    labels = _CLASSES if claim.one_hot else 1
    return (
        max(len(claim.image_shape), len(claim.label_shape)) <= _LONGEST_SHAPE
        and all(size > 0 for size in (*claim.image_shape, *claim.label_shape))
        and math.prod(claim.image_shape) == _PIXELS
        and math.prod(claim.label_shape) == labels
    )


def _is_rescaling(table: np.ndarray) -> bool:
    """Whether the values lie on a straight line over 0..255, within a quarter of a grey value."""
    if not np.isfinite(table).all():
        return False
    scale = (float(table[255]) - float(table[0])) / 255
    line = float(table[0]) + scale * np.arange(256)
    return scale != 0 and bool(np.allclose(table, line, rtol=0, atol=abs(scale) / 4))
