"""Reads a data claim: counts come from the row numbers themselves, not from the claim's words."""

from __future__ import annotations

import numpy as np

from grader.model.evidence import DataFacts
from grader.protocol import FitAsked, Frame, split

TRAINING_ROWS = 60_000
ROWS = 70_000


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
    if claim.in_order:
        rows = np.arange(claim.count)
    in_range = rows.size == claim.count and rows.size > 0 and rows.min() >= 0 and rows.max() < ROWS
    if not in_range or (claim.in_order and claim.count > TRAINING_ROWS):
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


def _is_rescaling(table: np.ndarray) -> bool:
    """Whether the values lie on a straight line over 0..255, within a quarter of a grey value."""
    if not np.isfinite(table).all():
        return False
    scale = (float(table[255]) - float(table[0])) / 255
    line = float(table[0]) + scale * np.arange(256)
    return scale != 0 and bool(np.allclose(table, line, rtol=0, atol=abs(scale) / 4))
