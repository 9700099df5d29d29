"""Every built-in part of Keras is trained as plain Keras trains it, or it is said why not.

A part gives the same digits, or it is left to a human with a reason, or `EXPLAINED` says what is
otherwise and why. A core of them runs each time; `make every-part` runs all.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import keras
import pytest

from grader.admission import admit
from grader.admission.vocabulary import CLASSES
from tests.engine.parts import PARTS
from tests.examples import layer, model, request

EVERYTHING = "EVERY_PART" in os.environ
_LORA = "a layer draws for LoRA when it is built, and a model that is read is built as it grows"
EXPLAINED = {
    "layers made in another order": (
        "other digits",
        "each layer draws its seed when it is made; they are made again in the order of the model",
    ),
    **dict.fromkeys(
        ("layer Bidirectional", "layer Bidirectional, two layers"),
        ("other digits", "described with both its layers, it draws their seeds in another order"),
    ),
    "layer Dense, lora_rank": ("nearly", _LORA),
    "layer Conv2D, lora_rank": ("other digits", _LORA),
    **dict.fromkeys(
        ("layer LayerNormalization", "layer GroupNormalization", "layer ConvLSTM2D"),
        ("nearly", "inside a loop TensorFlow adds up the gradient otherwise, as ADR 2 knows"),
    ),
    **dict.fromkeys(
        ("one-hot loss Huber, its delta", "one-hot loss CosineSimilarity, its axis"),
        ("review", "Keras leaves the option out of its description"),
    ),
    **dict.fromkeys(
        ("one-hot loss LogCosh", "one-hot metric LogCoshError"),
        ("nearly", "inside a loop TensorFlow computes it otherwise, in the last digits"),
    ),
    "initializer one object for two layers": (
        "other digits",
        "each layer describes it for itself, and so draws a seed of its own",
    ),
    "initializer Identity": ("review", "Keras leaves its gain out of its description"),
    "initializer a seed generator": ("review", "it is drawn from again each time"),
    "optimizer ScheduleFreeAdamW": ("review", "Keras resets its state in each step of a first fit"),
    "LSTM, stateful": ("review", "states are kept from batch to batch"),
    "layer LSTM, unroll": ("review", "its graph grows with each step"),
    "weights OrthogonalRegularizer": ("review", "it costs what its weights do not tell"),
    "metric the grader's own name": ("other logs", "the name is taken"),
}
CORE = [
    *("names: loss", "names: loss and metrics", "names: one metric", "names: weights of losses"),
    *("names: inputs", "names: outputs", "one input in a list", "one output in a list"),
    *("nested and compiled", "a layer called twice", "layers made in another order"),
    *("LSTM, stateful", "layer Conv2D", "layer Conv2D, groups=True, strides=[True, True]"),
    *("layer Bidirectional", "layer Dense, lora_rank", "optimizer ScheduleFreeAdamW"),
    *("schedule PiecewiseConstantDecay", "loss one in a list", "loss a function"),
    *("metric a function", "metric the grader's own name", "one-hot loss KLDivergence"),
]


@pytest.fixture(scope="module")
def made() -> dict[str, list[str]]:
    """Return what both engines make of each part, all trained in one process."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.engine.every_part", *([] if EVERYTHING else CORE)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-3000:]
    return {name: said for name, *said in map(json.loads, done.stdout.splitlines())}


@pytest.mark.timeout(3600 if EVERYTHING else 600)
@pytest.mark.parametrize("name", PARTS if EVERYTHING else CORE)
def test_a_part_is_trained_as_keras_trains_it(name: str, made: dict[str, list[str]]) -> None:
    """Equal by the exact engine, equal but for rounding by the fast one, or explained."""
    exact, fast = made[name]
    expected, _why = EXPLAINED.get(name, ("equal", ""))

    assert exact.startswith(expected)
    assert fast.startswith((expected, "equal", "nearly")), fast


def test_whatever_is_explained_exists() -> None:
    """A part that was renamed is not forgotten."""
    assert EXPLAINED.keys() | set(CORE) <= PARTS.keys()


@pytest.mark.parametrize(
    ("module", "kind"),
    [
        ("keras.layers", "layer"),
        ("keras.optimizers", "optimizer"),
        ("keras.optimizers.schedules", "schedule"),
        ("keras.initializers", "initializer"),
        ("keras.losses", "loss"),
        ("keras.metrics", "metric"),
        ("keras.regularizers", "weights"),
        ("keras.constraints", "weights"),
    ],
)
def test_every_part_that_is_admitted_is_trained(module: str, kind: str) -> None:
    """What is put on a list of admission gets a place among the parts."""
    words = {word for name in PARTS if f"{kind} " in name for word in name.replace(",", "").split()}

    assert CLASSES[module] - {"InputLayer"} - words == set()


OTHER_LAYERS = [
    name
    for name, value in vars(keras.layers).items()
    if isinstance(value, type) and name not in CLASSES["keras.layers"]
]


@pytest.mark.parametrize("name", OTHER_LAYERS)
def test_every_other_layer_is_left_to_a_human(name: str) -> None:
    """It is Keras's own, so using it is no mistake."""
    refusal = admit(request(model(layer(name))))

    assert refusal is not None
    assert refusal.needs_review
