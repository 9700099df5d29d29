"""Builds what a data claim describes, from the trainer's own copy of MNIST."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from grader.protocol import DataClaim

MOUNT = Path("/data")
_CLASSES = 10


class TrainingData(NamedTuple):
    """Images as bytes (count, *image_shape), labels (count, *label_shape), and what a byte becomes.

    Pixels stay bytes until they are in a batch: the table holds the 256 values that the submission
    mapped them to, so applying it then gives the very numbers that the submission passed to `fit`.
    """

    images: NDArray[np.uint8]
    labels: NDArray[Any]
    table: NDArray[np.float32]


def training_set() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return our own training images (count, 28, 28) and their digits (count,), mapped."""
    return (
        np.load(MOUNT / "x_train.npy", mmap_mode="r"),
        np.load(MOUNT / "y_train.npy", mmap_mode="r"),
    )


def training_data(
    claim: DataClaim, table: NDArray[np.float32], rows: NDArray[np.int32]
) -> TrainingData:
    """Choose a claim's rows from our own images; the labels are always our own."""
    x_train, y_train = training_set()
    chosen = slice(0, claim.count) if claim.in_order else rows
    images = np.asarray(x_train[chosen]).reshape(claim.count, *claim.image_shape)
    labels = np.asarray(y_train[chosen])
    if claim.one_hot:
        return TrainingData(images, np.eye(_CLASSES, dtype=np.float32)[labels], table)
    return TrainingData(images, labels.reshape(claim.count, *claim.label_shape), table)
