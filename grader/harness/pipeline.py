"""Reads a `tf.data` pipeline once, so that what it feeds to `fit` can be recognised as images.

A pipeline that deals the images anew in each pass is trained like arrays with `shuffle=True`; one
that keeps its order, in that order. One that repeats is read until an image comes again.
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


class UnbatchedError(ValueError):
    """Raised when a pipeline deals single images, which Keras cannot fit either."""


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
    repeats = int(dataset.cardinality()) == tf.data.INFINITE_CARDINALITY
    batches: list[tuple[NDArray[Any], NDArray[Any]]] = []
    count = 0
    for x, y in dataset.as_numpy_iterator():
        if np.ndim(x) < 2 or np.ndim(y) < 1 or len(x) != len(y):
            raise UnbatchedError(
                "fit is given a pipeline of single images: it needs .batch(32) or the like"
            )
        if count + len(x) > IMAGES:
            repeats = True
            break
        batches.append((x, y))
        count += len(x)
    if not batches:
        raise UnreadableError("fit is given a pipeline without images")
    first = next(iter(dataset.as_numpy_iterator()))
    same = np.array_equal(first[0], batches[0][0]) and np.array_equal(first[1], batches[0][1])
    if repeats:
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
    """Cut a stream that repeats after its first pass, in whole batches but the last.

    Raises:
        UnreadableError: An image comes again before all have come, so that no pass has an end; or
            none comes again, so that there are more of them than MNIST has.
    """
    seen: set[bytes] = set()
    cut: list[tuple[NDArray[Any], NDArray[Any]]] | None = None
    for number, (x, y) in enumerate(batches):
        for row, image in enumerate(x):
            key = image.tobytes()
            if key not in seen and cut is not None:
                raise UnreadableError(
                    "fit is given a pipeline that repeats before it shuffles, so that its passes"
                    " run into each other"
                )
            if key in seen and cut is None:
                cut = [*batches[:number], (x[:row], y[:row])] if row else batches[:number]
            seen.add(key)
    if cut is None:
        raise UnreadableError(f"fit is given a pipeline of more than {IMAGES:,} images")
    return cut
