"""Trains parts of Keras in plain Keras and in the engine, and says what differs: a line for each.

`python -m tests.engine.every_part [NAME...]` runs in a process of its own, since the number of
threads is fixed once for all.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import keras
import msgspec
import numpy as np

from grader.dataset import synthetic
from grader.engine import data
from grader.engine.train import Engine, prepare
from grader.harness.describe import IndescribableError, described
from grader.protocol import (
    ArraySpec,
    DataClaim,
    Epoch,
    EpochEnded,
    Frame,
    Train,
    TrainingImpossible,
    TrainingRequest,
)
from tests.engine.line import Line
from tests.engine.parts import ONE_HOT, PARTS, Build

SEED = 11
IMAGES = 256
EPOCHS = 2
# Other kernels round otherwise, and a few steps make more of it.
NEARLY = 1e-3
TABLE = np.linspace(-1, 1, 256, dtype=np.float32)


def plain(build: Build, *, one_hot: bool) -> list[dict[str, Any]]:
    """Train with plain Keras, as a student would."""
    images, digits = data.training_set()
    x = TABLE[np.asarray(images[:IMAGES])].reshape(-1, 28, 28, 1)
    y = keras.utils.to_categorical(digits[:IMAGES], 10) if one_hot else np.asarray(digits[:IMAGES])
    keras.backend.clear_session()
    keras.utils.set_random_seed(SEED)
    history = build().fit(x, y, epochs=EPOCHS, verbose=0).history
    return [
        {name: np.asarray(values[epoch]).tolist() for name, values in history.items()}
        for epoch in range(EPOCHS)
    ]


def trained(build: Build, *, one_hot: bool, exact: bool) -> list[Epoch] | TrainingImpossible:
    """Train in the engine what the harness describes."""
    keras.backend.clear_session()
    shape = (10,) if one_hot else ()
    claim = DataClaim(IMAGES, None, True, (28, 28, 1), shape, one_hot)
    document = msgspec.json.decode(msgspec.json.encode(described(build())))
    training = Train(
        request=TrainingRequest(model=document, data=claim, epochs=EPOCHS),
        seed=SEED,
        max_epochs=EPOCHS,
        target=0.0,
        measured_images=IMAGES,
        arrays=(ArraySpec("float32", (256,)), ArraySpec("int32", (0,))),
    )
    line = Line()
    Engine(line, exact=exact).train(Frame(training, TABLE.tobytes()))  # type: ignore[arg-type]
    if isinstance(line.said[-1], TrainingImpossible):
        return line.said[-1]
    return [said.epoch for said in line.said if isinstance(said, EpochEnded)]


def difference(name: str, *, exact: bool) -> str:
    """Say how the engine trains a part: "equal", "nearly", or what is otherwise."""
    one_hot = name.startswith(ONE_HOT)
    try:
        expected = plain(PARTS[name], one_hot=one_hot)
    except Exception as error:  # noqa: BLE001 - whatever Keras has against it
        return f"not legal: {error}"[:200]
    try:
        made = trained(PARTS[name], one_hot=one_hot, exact=exact)
    except IndescribableError as error:
        return f"review: {error}"
    if isinstance(made, TrainingImpossible):
        return f"{'review' if made.needs_review else 'refused'}: {made.reason}"
    if any(epoch.known is None for epoch in made):
        return "review: not measured"
    found = [_compared(epoch.logs, logs) for epoch, logs in zip(made, expected, strict=True)]
    return next((each for each in found if each != "equal"), "equal")


def _compared(ours: dict[str, float | None], theirs: dict[str, Any]) -> str:
    if ours.keys() != theirs.keys():
        return f"other logs: {sorted(ours.keys() ^ theirs.keys())}"
    # What is not finite, or more than one number, is not in a record.
    pairs = [(our, theirs[name]) for name, our in ours.items() if our is not None]
    if all(our == their for our, their in pairs):
        return "equal"
    is_near = all(np.isclose(our, their, NEARLY, NEARLY) for our, their in pairs)
    return "nearly" if is_near else "other digits"


def main(names: list[str]) -> None:
    """Print a line of JSON for each part: its name, and what both engines make of it."""
    prepare(1)
    with tempfile.TemporaryDirectory() as folder:
        data.MOUNT = Path(folder)
        for kind, array in synthetic.generate(train=IMAGES, test=10, seed=1)._asdict().items():
            np.save(data.MOUNT / f"{kind}.npy", array)
        for name in names or PARTS:
            said = [difference(name, exact=exact) for exact in (True, False)]
            sys.stdout.write(json.dumps([name, *said]) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
