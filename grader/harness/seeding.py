"""Seeds what a submission draws from without a seed of its own, so that it does the same each time.

A shuffle without a seed would give other digits each time that a file is graded, and a training
that nobody else's could be. Whatever seeds its own generators gets the numbers it would anywhere.
Operating system, clock and threads still vary: `os.urandom`, `secrets` and `uuid` are left alone.
"""

from __future__ import annotations

import random
from typing import Any

import keras
import tensorflow as tf
from numpy.random import bit_generator


def seed_everything(seed: int) -> None:
    """Seed the generators that everybody shares, and those that will be made without a seed."""
    # Of the parts' own, so that how much one has drawn changes nothing for the others.
    for_numpy, for_python, for_tensorflow = (
        random.Random(f"{name} {seed}")  # noqa: S311 - must repeat
        for name in ("numpy", "python", "tensorflow")
    )
    seeded = random.Random.seed

    def seed_python(generator: random.Random, a: Any = None, version: int = 2) -> None:
        seeded(generator, for_python.getrandbits(128) if a is None else a, version)

    def seeded_generator(_: type, alg: Any = None) -> tf.random.Generator:
        return tf.random.Generator.from_seed(for_tensorflow.getrandbits(63), alg)

    # Whatever NumPy makes without a seed asks this for its first bits.
    bit_generator.randbits = for_numpy.getrandbits  # type: ignore[attr-defined]
    random.Random.seed = seed_python  # type: ignore[method-assign, assignment]
    random.seed = random._inst.seed  # noqa: SLF001 - as it was made
    tf.random.Generator.from_non_deterministic_state = classmethod(seeded_generator)
    keras.utils.set_random_seed(seed)
