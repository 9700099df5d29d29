"""Reads a `tf.data` pipeline once, so that what it feeds to `fit` can be recognised as images.

A pipeline that deals the images anew in each pass is trained like arrays with `shuffle=True`; one
that keeps its order, in that order. One that repeats for ever is read until an image comes again.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf
from keras.src.trainers.data_adapters.array_data_adapter import ArrayDataAdapter
from numpy.typing import NDArray

from grader.protocol.mnist import IMAGES


class UnreadableError(Exception):
    """Raised when a pipeline is not batches of images with a label each."""


class Pass(NamedTuple):
    """One pass over a pipeline, and whether the next one comes in another order."""

    x: NDArray[Any]
    y: NDArray[Any]
    batch_size: int
    shuffled: bool


def end_at_once() -> None:
    """Have Keras feed arrays through pipelines that are not tuned while they run.

    On one thread there is nothing to tune, and at the end of `evaluate` and `predict` the tuning
    thread may sleep on for as long again as it has lived, which is waited for.
    """
    tuned = ArrayDataAdapter.get_tf_dataset

    def get_tf_dataset(adapter: Any) -> tf.data.Dataset:
        options = tf.data.Options()
        options.autotune.enabled = False
        return tuned(adapter).with_options(options)

    ArrayDataAdapter.get_tf_dataset = get_tf_dataset


def read(dataset: tf.data.Dataset) -> Pass:
    """Read one pass of batches.

    Raises:
        UnreadableError: They are not pairs of arrays, or there are too many of them.
    """
    spec = dataset.element_spec
    if not isinstance(spec, tuple) or len(spec) != 2 or not all(hasattr(s, "shape") for s in spec):
        raise UnreadableError("fit is given a pipeline that does not deal pairs of x and y")
    endless = int(dataset.cardinality()) == tf.data.INFINITE_CARDINALITY
    batches: list[tuple[NDArray[Any], NDArray[Any]]] = []
    count = 0
    for x, y in dataset.as_numpy_iterator():
        if np.ndim(x) < 3 or len(x) != np.size(y, 0):
            raise UnreadableError("fit is given a pipeline that is not batched")
        if count + len(x) > IMAGES:
            if endless:
                break
            raise UnreadableError(f"fit is given a pipeline of more than {IMAGES:,} images")
        batches.append((x, y))
        count += len(x)
    if not batches:
        raise UnreadableError("fit is given a pipeline without images")
    first = next(iter(dataset.as_numpy_iterator()))
    same = np.array_equal(first[0], batches[0][0]) and np.array_equal(first[1], batches[0][1])
    if endless:
        batches = _until_an_image_comes_again(batches)
    return Pass(
        x=np.concatenate([x for x, _ in batches]),
        y=np.concatenate([y for _, y in batches]),
        batch_size=len(batches[0][0]),
        shuffled=not same,
    )


def _until_an_image_comes_again(
    batches: list[tuple[NDArray[Any], NDArray[Any]]],
) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    """Cut a stream that repeats after its first pass, in whole batches but the last."""
    seen: set[bytes] = set()
    for number, (x, y) in enumerate(batches):
        for row, image in enumerate(x):
            key = image.tobytes()
            if key in seen:
                return [*batches[:number], (x[:row], y[:row])] if row else batches[:number]
            seen.add(key)
    return batches
