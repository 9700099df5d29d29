"""What operations of the trainer's budget cost in time: `python -m bench.cost FOLDER`.

`grader/engine/budget.py` prices a training before it begins, in operations. Each network here was
made to be dearer than its price. It is trained on a few images in this process, with the trainer's
own steps on one thread, and a line says how many operations of its price took a second.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_IMAGES = 64
# How often a network is trained on its images before it is timed, and while it is.
_ROUNDS = 2


def main(folder: Path) -> None:
    """Train every network on the arrays in `folder`, and print a line for each."""
    for name, batch_size, make in _networks():
        print(
            json.dumps({"network": name, "batch": batch_size, **_timed(folder, make(), batch_size)})
        )
        sys.stdout.flush()


def _timed(folder: Path, model: Any, batch_size: int) -> dict[str, Any]:
    import keras  # noqa: PLC0415 - it reads its environment when it is imported
    import numpy as np  # noqa: PLC0415

    from grader.engine import data  # noqa: PLC0415
    from grader.engine.build import ImpossibleError, build, check  # noqa: PLC0415
    from grader.engine.compiled import compiled_steps  # noqa: PLC0415
    from grader.engine.steps import orders, steps  # noqa: PLC0415
    from grader.protocol import DataClaim, TrainingRequest  # noqa: PLC0415

    data.MOUNT = folder
    claim = DataClaim(count=_IMAGES, in_order=True, image_shape=(28, 28, 1))
    document = json.loads(json.dumps(keras.saving.serialize_keras_object(model)))
    keras.backend.clear_session()
    request = TrainingRequest(model=document, data=claim, epochs=20, batch_size=batch_size)
    try:
        price = check(request)
    except ImpossibleError as error:
        return {"refused": str(error)}
    built = build(request, exact=False)
    images = data.training_data(
        claim, np.linspace(0, 1, 256, dtype=np.float32), np.zeros(0, np.int32)
    )
    run_steps = compiled_steps(built, images, batch_size) or steps(built, images, batch_size)
    drawn = orders(built, request)
    for _ in range(_ROUNDS):
        run_steps(next(drawn))
    started = time.process_time()
    for _ in range(_ROUNDS):
        run_steps(next(drawn))
    taken_s = (time.process_time() - started) / _ROUNDS
    operations = price.of_epoch(_IMAGES, batch_size)
    return {
        "operations": operations,
        "seconds": round(taken_s, 4),
        "operations_a_second": round(operations / taken_s),
    }


def _networks() -> list[tuple[str, int, Callable[[], Any]]]:
    import keras  # noqa: PLC0415

    layers = keras.layers

    def model(*between: Any, optimizer: Any = "adam", first: tuple[Any, ...] | None = None) -> Any:
        begin = first or (layers.Conv2D(8, 3, activation="relu"), layers.MaxPooling2D())
        made = keras.Sequential(
            [keras.Input((28, 28, 1)), *begin, *between, layers.Dense(10, activation="softmax")]
        )
        made.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
        return made

    def flat(*between: Any, **more: Any) -> Any:
        return model(layers.Flatten(), *between, **more)

    def rows(steps: int, *between: Any) -> Any:
        return model(layers.Reshape((steps, -1)), *between)

    def small(steps: int, *between: Any) -> Any:
        return model(layers.Reshape((steps, -1)), *between, first=(layers.Activation("linear"),))

    dense, lesson = layers.Dense, (layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D())
    return [
        ("lesson", 32, lambda: flat(dense(128, activation="relu"), first=lesson)),
        ("lesson, one image a step", 1, lambda: flat(dense(128, activation="relu"), first=lesson)),
        ("wide", 1, lambda: flat(dense(10_000, activation="relu"))),
        ("SGD, wide", 1, lambda: flat(dense(10_000), optimizer="sgd")),
        ("Muon, square", 32, lambda: flat(dense(2_000), dense(2_000), optimizer="muon")),
        ("Lamb, wide", 1, lambda: flat(dense(10_000), optimizer="lamb")),
        ("Adafactor, wide", 1, lambda: flat(dense(10_000), optimizer="adafactor")),
        ("200 small layers", 1, lambda: flat(*(dense(4, activation="gelu") for _ in range(200)))),
        ("100 normalised", 1, lambda: flat(*(layers.LayerNormalization() for _ in range(100)))),
        ("LSTM of 784 steps", 1, lambda: small(784, layers.LSTM(1))),
        ("LSTM of 784 steps", 32, lambda: small(784, layers.LSTM(1))),
        (
            "GRU, five deep",
            32,
            lambda: small(
                784, *(layers.GRU(4, return_sequences=True) for _ in range(4)), layers.GRU(4)
            ),
        ),
        (
            "RNN of 28 steps, both ways",
            32,
            lambda: small(28, layers.Bidirectional(layers.SimpleRNN(8))),
        ),
        (
            "ConvLSTM",
            4,
            lambda: model(
                layers.Reshape((26, 26, 8, 1)),
                layers.ConvLSTM2D(2, 3),
                layers.Flatten(),
                first=(layers.Conv2D(8, 3),),
            ),
        ),
        ("attention", 8, lambda: rows(169, layers.Flatten())),
        ("orthogonal", 32, lambda: flat(dense(2_000, kernel_regularizer="orthogonal_regularizer"))),
        (
            "spectral",
            1,
            lambda: flat(layers.SpectralNormalization(dense(2_000), power_iterations=20)),
        ),
        (
            "elementwise",
            32,
            lambda: flat(*(layers.Activation(keras.activations.gelu) for _ in range(100))),
        ),
        (
            "depthwise",
            32,
            lambda: model(
                layers.DepthwiseConv2D(5, depth_multiplier=8, padding="same"), layers.Flatten()
            ),
        ),
        (
            "dilated",
            8,
            lambda: model(layers.Conv2D(64, 5, dilation_rate=3, padding="same"), layers.Flatten()),
        ),
        (
            "resized",
            8,
            lambda: model(
                layers.UpSampling2D(8, interpolation="bilinear"),
                layers.MaxPooling2D(16),
                layers.Flatten(),
            ),
        ),
        (
            "augmented",
            32,
            lambda: model(*(layers.GaussianNoise(0.1) for _ in range(50)), layers.Flatten()),
        ),
    ]


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
    os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
    main(Path(sys.argv[1]))
