"""What draws without a seed draws the same in every box; a seed of its own keeps its effect."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

DRAW = """
import json, random, sys
import numpy as np
import tensorflow as tf
from tensorflow import keras
from grader.harness.seeding import seed_everything

def drawn():
    return [float(number) for number in (
        random.random(), random.Random().random(), np.random.rand(), np.random.RandomState().rand(),
        np.random.default_rng().random(), np.random.default_rng().random(),
        np.random.Generator(np.random.PCG64()).random(), tf.random.uniform(()),
        tf.random.Generator.from_non_deterministic_state().uniform(()),
        keras.random.uniform(()), keras.initializers.GlorotUniform()((1, 1))[0, 0],
        next(iter(tf.data.Dataset.range(10**6).shuffle(10**4))))]

def reseeded():
    random.seed(), np.random.seed()
    return [random.random(), np.random.rand()]

def of_its_own():
    random.seed(5), np.random.seed(5), tf.random.set_seed(5)
    return [random.random(), random.Random(5).random(), np.random.rand(),
            np.random.default_rng(5).random(), float(tf.random.uniform(()))]

own = of_its_own()
seed_everything(int(sys.argv[1]))
print(json.dumps([drawn() + drawn() + reseeded() + reseeded(), own == of_its_own()]))
"""


def drawn(seed: int) -> tuple[list[float], bool]:
    """Draw in a process of its own; say, too, whether seeds of one's own gave the same as ever."""
    done = subprocess.run(
        [sys.executable, "-c", DRAW, str(seed)], capture_output=True, text=True, check=True
    )
    numbers, same = json.loads(done.stdout.splitlines()[-1])
    return numbers, same


@pytest.fixture(scope="module")
def first() -> tuple[list[float], bool]:
    """Return what is drawn with seed 1."""
    return drawn(1)


def test_equal_seeds_draw_equal_numbers(first: tuple[list[float], bool]) -> None:
    """Whichever generator a program asks, made by itself or shared, the numbers come again."""
    assert drawn(1) == first


def test_other_seeds_draw_other_numbers(first: tuple[list[float], bool]) -> None:
    """A second run is a second chance, and no generator repeats another or itself."""
    numbers, _ = first
    others, _ = drawn(2)

    assert not set(numbers) & set(others)
    assert len(set(numbers)) == len(numbers)


def test_a_seed_of_its_own_keeps_its_effect(first: tuple[list[float], bool]) -> None:
    """Who seeds with 5 gets what 5 gives anywhere."""
    _, same = first

    assert same
