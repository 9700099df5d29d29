"""How far an epoch and what its model then knows lie apart: `python -m bench.margin FOLDER SEEDS`.

The margin in `grader/model/evidence.py` rests on these numbers (docs/adr/0009). Each network is
trained in this process, with the trainer's own steps, until three epochs have reached the target.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TARGET = 0.998
_NETWORKS: tuple[tuple[str, dict[str, Any], int], ...] = (
    ("16 filters", {"filters": 16, "units": 64}, 32),
    ("32 filters", {"filters": 32, "units": 128}, 32),
    ("64 filters", {"filters": 64, "units": 128}, 32),
    ("batch 8", {"filters": 8, "units": 64}, 8),
    ("batch 128", {"filters": 32, "units": 128}, 128),
    ("batch 1000", {"filters": 32, "units": 128, "optimizer": ("Adam", 3e-3)}, 1000),
    ("rate 3e-3", {"filters": 16, "units": 64, "optimizer": ("Adam", 3e-3)}, 64),
    ("rate 1e-2", {"filters": 16, "units": 64, "optimizer": ("Adam", 1e-2)}, 128),
    ("SGD", {"filters": 16, "units": 64, "optimizer": ("SGD", 5e-2)}, 64),
    ("RMSprop", {"filters": 16, "units": 64, "optimizer": ("RMSprop", 1e-3)}, 64),
    ("normalised", {"filters": 8, "units": 64, "normalised": True}, 64),
    ("dropout", {"filters": 16, "units": 128, "dropout": 0.2}, 64),
)


def main(folder: Path, seeds: int) -> None:
    """Train every network with so many seeds on the arrays in `folder`; print a line an epoch."""
    for seed in range(1, seeds + 1):
        for name, network, batch_size in _NETWORKS:
            for measured in _epochs(folder, network, batch_size, seed):
                print(json.dumps({"network": name, "seed": seed, **measured}), flush=True)


def _epochs(
    folder: Path, network: dict[str, Any], batch_size: int, seed: int
) -> Iterator[dict[str, Any]]:
    import keras  # noqa: PLC0415 - it reads its environment when it is imported
    import numpy as np  # noqa: PLC0415

    from grader.engine import data, measure  # noqa: PLC0415
    from grader.engine.build import build  # noqa: PLC0415
    from grader.engine.compiled import compiled_steps  # noqa: PLC0415
    from grader.engine.steps import orders, steps  # noqa: PLC0415
    from grader.protocol import DataClaim, TrainingRequest  # noqa: PLC0415

    data.MOUNT = folder
    keras.backend.clear_session()
    claim = DataClaim(count=60_000, in_order=True, image_shape=(28, 28, 1))
    document = json.loads(json.dumps(keras.saving.serialize_keras_object(_model(network))))
    request = TrainingRequest(model=document, data=claim, epochs=20, batch_size=batch_size)
    keras.utils.set_random_seed(seed)
    model = build(request, exact=False)
    table = np.linspace(0, 1, 256, dtype=np.float32)
    images = data.training_data(claim, table, np.zeros(0, np.int32))
    run_steps = compiled_steps(model, images, batch_size) or steps(model, images, batch_size)
    drawn, reached = orders(model, request), 0
    question = measure.Question(np.ones(60_000, np.bool_), 60_000, TARGET, 1000)
    for epoch in range(1, request.epochs + 1):
        model.reset_metrics()
        run_steps(next(drawn))
        accuracy = float(model.get_metrics_result()[measure.OWN_ACCURACY])
        if accuracy < TARGET:
            continue
        known = measure.known(model, images, question).right / 60_000
        yield {"epoch": epoch, "accuracy": accuracy, "known": known, "less": accuracy - known}
        reached += 1
        if reached == 3:
            return


def _model(network: dict[str, Any]) -> Any:
    import keras  # noqa: PLC0415

    layers = keras.layers
    name, rate = network.get("optimizer", ("Adam", 1e-3))
    more = {"momentum": 0.9} if name == "SGD" else {}
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(network["filters"], 3, activation="relu"),
            *([layers.BatchNormalization()] if "normalised" in network else []),
            layers.MaxPooling2D(),
            layers.Flatten(),
            *([layers.Dropout(network["dropout"])] if "dropout" in network else []),
            layers.Dense(network["units"], activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    optimizer = getattr(keras.optimizers, name)(rate, **more)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
