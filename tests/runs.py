"""Runs of one program: remote, through a box and the trainer, and with plain Keras."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from typing import Any, NamedTuple

import msgspec

from grader.dataset import DatasetFolder
from grader.exercises import load_exercise
from grader.kinds.training.evidence import TrainingEvidence
from grader.kinds.training.session import Session
from grader.model.rubric import Rubric
from grader.preflight import read_source
from grader.protocol import Epoch
from grader.runs import SharedTrainer
from grader.sandbox import Limits, start_harness
from grader.trainer import BoxedTrainer

SEED = 11
# Python 3.11 counts the depth of a syntax tree for all threads together and trips over two at once.
# A worker parses in one thread only.
_PARSING = threading.Lock()
RUBRIC: Rubric = load_exercise("mnist-conv").rubric

HEAD = """
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

def train_mnist_conv():
    (x, y), _ = keras.datasets.mnist.load_data()
    x, y = x[:2000], y[:2000]
"""
TAIL = """
    return history.epoch, history.history["accuracy"][-1]
"""
PLAIN = """
import json, sys
import numpy as np
import tensorflow as tf
from tensorflow import keras
tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)
folder, seed = sys.argv[1], int(sys.argv[2])
x, y = np.load(folder + "/x_train.npy"), np.load(folder + "/y_train.npy")
keras.datasets.mnist.load_data = lambda: ((x, y), (x[:10], y[:10]))
fits = []
fit = keras.Model.fit
def recording(*args, **options):
    fits.append(fit(*args, **options))
    return fits[-1]
keras.Model.fit = recording
exec(sys.stdin.read(), globals())
keras.utils.set_random_seed(seed)
train_mnist_conv()
print(json.dumps(fits[-1].history))
"""


class RemoteRun(NamedTuple):
    """What a session observed of a program, and how many epochs it trained for all its fits."""

    evidence: TrainingEvidence
    trained_epochs: int


def plain(program: str, digits: DatasetFolder) -> dict[str, list[float]]:
    """Run a program with plain Keras and return its history."""
    done = subprocess.run(
        [sys.executable, "-c", PLAIN, str(digits.path), str(SEED)],
        input=program,
        capture_output=True,
        text=True,
        check=True,
    )
    history: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    return history


def remote(
    program: str, trainer: BoxedTrainer | SharedTrainer, digits: DatasetFolder, **target: Any
) -> TrainingEvidence:
    """Run a program through a box and the trainer; no gate is closed."""
    return remote_run(program, trainer, digits, **target).evidence


def remote_run(
    program: str, trainer: BoxedTrainer | SharedTrainer, digits: DatasetFolder, **target: Any
) -> RemoteRun:
    """Run a program through a box and the trainer; no gate is closed."""
    rubric = RUBRIC
    if target:
        rubric = msgspec.structs.replace(
            RUBRIC, target=msgspec.structs.replace(RUBRIC.target, **target)
        )
    seen: list[Epoch] = []
    with _PARSING:
        evidence = TrainingEvidence(source=read_source(program.encode(), rubric.names))
    with start_harness(digits.path, Limits(memory_mib=4096)) as box:
        box.wait_ready()
        session = Session(box, trainer, rubric, SEED, lambda _: True, seen.append)
        evidence = session.run(evidence, "solution.py")

    assert evidence.collapse is None, box.output
    return RemoteRun(evidence, session.spending.epochs)
