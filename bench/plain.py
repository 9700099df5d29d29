"""Plain Keras, as a student runs it: a process of its own that the benchmark starts.

Usage: python -m bench.plain epochs DATA THREADS IMAGES   trains an epoch for each line it is sent
       python -m bench.plain file DATA THREADS FILE       runs a file and says how long epochs took

Zero threads leave TensorFlow its default. Nothing of the grader is imported here.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf


def main(mode: str, folder: str, threads: int, argument: str) -> None:
    """Do what the command line asks for."""
    if threads:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    images, labels = (np.load(Path(folder) / f"{name}_train.npy") for name in "xy")
    if mode == "epochs":
        _train_when_asked(images[: int(argument)], labels[: int(argument)])
    else:
        _run(Path(argument), images, labels)


def _train_when_asked(images: Any, labels: Any) -> None:
    pixels = images.reshape(-1, 28, 28, 1) / 255.0
    model = keras.Sequential([
        keras.Input((28, 28, 1)), keras.layers.Conv2D(64, 3, activation="relu"),
        keras.layers.MaxPooling2D(2, 2), keras.layers.Flatten(),
        keras.layers.Dense(128, activation="relu"), keras.layers.Dense(10, activation="softmax"),
    ])  # fmt: skip
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    for _ in sys.stdin:
        began_s = time.perf_counter()
        model.fit(pixels, labels, verbose=0)
        print(time.perf_counter() - began_s, flush=True)


def _run(file: Path, images: Any, labels: Any) -> None:
    ended_s: list[float] = []

    class Clock(keras.callbacks.Callback):  # type: ignore[misc] # Keras has no types
        def on_epoch_end(self, *_: Any) -> None:
            ended_s.append(time.perf_counter())

    fit = keras.Model.fit

    def timed_fit(*arguments: Any, **options: Any) -> Any:
        options["callbacks"] = [*options.get("callbacks", ()), Clock()]
        return fit(*arguments, **options)

    keras.Model.fit = timed_fit
    for name in ("mnist", "fashion_mnist"):
        dataset = getattr(keras.datasets, name)
        dataset.load_data = lambda *_: ((images, labels), (images[:10], labels[:10]))
    names: dict[str, Any] = {}
    exec(file.read_text(), names)  # noqa: S102 - a file that the benchmark has written itself
    names["train_mnist_conv"]()
    print(json.dumps({"epochs_s": list(np.diff(ended_s)), "epochs": len(ended_s)}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
