"""Reads a data claim: counts come from the row numbers themselves, not from the claim's words."""

from __future__ import annotations

import math

import numpy as np

from grader.kinds.training.evidence import DataFacts
from grader.protocol import DataClaim, FitAsked, Frame, split
from grader.protocol.mnist import CLASSES, GREY_VALUES, IMAGES, PIXELS, TRAINING_IMAGES

_LONGEST_SHAPE = 4


def read_claim(frame: Frame[FitAsked]) -> DataFacts:
    """Count the images that a fit asks for; a claim that does not add up is a problem."""
    claim = frame.message.request.data
    table, rows = _arrays(frame)
    problem = claim.problem or _form_problem(claim, table)
    if problem:
        return DataFacts(claim.count, problem=problem)
    if claim.in_order:
        # Rows beside the word that they are in order contradict it.
        rows = np.arange(0 if rows.size else claim.count)
    training = rows[rows < TRAINING_IMAGES]
    if rows.size != claim.count or not rows.size or rows.min() < 0 or rows.max() >= IMAGES:
        return DataFacts(claim.count, problem="the images are not numbered as MNIST's are")
    # Repeated images would buy epochs.
    if training.size > TRAINING_IMAGES:
        return DataFacts(claim.count, problem=f"{claim.count:,} images hold repeated ones")
    return DataFacts(
        claim.count,
        training_images=int(np.unique(training).size),
        test_images=int(rows.size - training.size),
        mislabelled=claim.mislabelled,
        image_shape=claim.image_shape,
        black=float(table[0]),
        white=float(table[-1]),
    )


def _form_problem(claim: DataClaim, table: np.ndarray) -> str | None:
    """Say what is wrong with a claim before its rows are looked at, a huge count among it."""
    if table.size != GREY_VALUES or not _is_rescaling(table):
        return "the pixels are not a rescaling of MNIST's grey values"
    if not _is_shaped(claim):
        return "the shapes are not those of images with a digit each"
    if claim.count > (TRAINING_IMAGES if claim.in_order else IMAGES):
        return f"{claim.count:,} images are more than MNIST has"
    return None if claim.count > 0 else "there are no images"


def _arrays(frame: Frame[FitAsked]) -> tuple[np.ndarray, np.ndarray]:
    parts = split(frame.blob, frame.message.arrays)
    dtypes = [spec.dtype for spec in frame.message.arrays]
    if dtypes != ["float32", "int32"]:
        return np.zeros(0, np.float32), np.zeros(0, np.int32)
    return np.frombuffer(parts[0], np.float32), np.frombuffer(parts[1], np.int32)


def _is_shaped(claim: DataClaim) -> bool:
    """Whether the shapes are of 784 pixels, and of a digit or ten columns."""
    labels = CLASSES if claim.one_hot else 1
    return (
        max(len(claim.image_shape), len(claim.label_shape)) <= _LONGEST_SHAPE
        and all(size > 0 for size in (*claim.image_shape, *claim.label_shape))
        and math.prod(claim.image_shape) == PIXELS
        and math.prod(claim.label_shape) == labels
    )


def _is_rescaling(table: np.ndarray) -> bool:
    """Whether the values lie on a straight line over 0..255, within a quarter of a grey value."""
    if not np.isfinite(table).all():
        return False
    scale = (float(table[255]) - float(table[0])) / 255
    line = float(table[0]) + scale * np.arange(GREY_VALUES)
    return scale != 0 and bool(np.allclose(table, line, rtol=0, atol=abs(scale) / 4))
