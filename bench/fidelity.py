"""Compares a full-size remote run with plain Keras, epoch by epoch, and records the result.

Usage: GRADER_MNIST=... python -m bench.fidelity [EPOCHS]

Both train the lesson's model on all 60,000 training images with the same seed on one thread:
plain Keras in a process of its own, the remote run through a box and the trainer. Writes
bench/results/fidelity.json.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from grader.exercises import load_exercise
from grader.kinds.training.evidence import TrainingEvidence
from grader.kinds.training.session import Session
from grader.preflight.read import read_source
from grader.sandbox import Limits, start_harness, start_trainer
from grader.settings import read_settings
from grader.trainer import BoxedTrainer
from grader.wiring import find_dataset

SEED = 1
RESULT = Path(__file__).parent / "results" / "fidelity.json"
PROGRAM = """
import tensorflow as tf

def train_mnist_conv():
    (x, y), _ = tf.keras.datasets.mnist.load_data()
    model = tf.keras.Sequential([
        tf.keras.layers.Conv2D(64, (3, 3), activation="relu", input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(2, 2),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(128, activation="relu"),
        tf.keras.layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x.reshape(-1, 28, 28, 1) / 255.0, y, epochs=EPOCHS, verbose=0)
    return history
"""
PLAIN = """
import json, sys
import numpy as np
import tensorflow as tf
tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)
folder, seed = sys.argv[1], int(sys.argv[2])
x, y = np.load(folder + "/x_train.npy"), np.load(folder + "/y_train.npy")
tf.keras.datasets.mnist.load_data = lambda: ((x, y), (x[:10], y[:10]))
exec(sys.stdin.read(), globals())
tf.keras.utils.set_random_seed(seed)
print(json.dumps(train_mnist_conv().history))
"""


def main(epochs: int) -> int:
    """Run both, print the comparison, write it down; return 0 when they are equal."""
    settings = replace(read_settings(), home=Path(tempfile.mkdtemp()))
    data = find_dataset(settings).path
    program = PROGRAM.replace("EPOCHS", str(epochs))
    began_s = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", PLAIN, str(data), str(SEED)],
        input=program,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    plain_s = time.monotonic() - began_s
    plain = json.loads(done.stdout.splitlines()[-1])
    began_s = time.monotonic()
    trainer = BoxedTrainer(lambda: start_trainer(data, Limits(memory_mib=8192, cpu_s=100_000), 1))
    with start_harness(data, Limits()) as box:
        box.wait_ready()
        rubric = load_exercise("mnist-conv").rubric
        session = Session(box, trainer, rubric, SEED, lambda _: True, lambda _: None)
        source = read_source(program.encode(), rubric.names)
        record = session.run(TrainingEvidence(source=source), "solution.py").record
    trainer.close()
    remote_s = time.monotonic() - began_s
    remote = [epoch.logs for epoch in record.epochs] if record else []
    result = {
        "equal": [log["accuracy"] for log in remote] == plain["accuracy"]
        and [log["loss"] for log in remote] == plain["loss"],
        "plain": plain,
        "remote": {name: [log[name] for log in remote] for name in plain},
        "plain_s": round(plain_s, 1),
        "remote_s": round(remote_s, 1),
        "images": 60_000,
        "seed": SEED,
        "threads": 1,
        "versions": {name: version(name) for name in ("tensorflow", "keras", "numpy")},
        "machine": {"processor": platform.machine(), "cores": os.cpu_count()},
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))
    return 0 if result["equal"] else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 9))
