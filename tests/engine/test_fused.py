"""The fused optimizer: Keras's mathematics, whatever options the optimizer has."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from grader.dataset import DatasetFolder
from grader.engine.fused import FusedAdam, fused

OPTIONS: dict[str, dict[str, Any]] = {
    "defaults": {},
    "rates of its own": {"learning_rate": 0.01, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-3},
    "a schedule": {"learning_rate": keras.optimizers.schedules.ExponentialDecay(0.01, 2, 0.5)},
    "clipped by norm": {"global_clipnorm": 0.01},
    "clipped by value": {"clipvalue": 1e-3},
    "decaying weights": {"weight_decay": 0.01},
    "averages": {"use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 3},
    "accumulated gradients": {"gradient_accumulation_steps": 2},
}
OTHERS = {
    "a third moment": keras.optimizers.Adam(amsgrad=True),
    "another optimizer": keras.optimizers.SGD(),
    "a relative": keras.optimizers.AdamW(),
}


def weights(optimizer: keras.optimizers.Optimizer, steps: int) -> list[Any]:
    """Return the weights of a small model after a few steps from seed 1."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(1)
    model = keras.Sequential([
        keras.Input((8, 8, 1)), keras.layers.Conv2D(4, 3, activation="relu"),
        keras.layers.MaxPooling2D(2), keras.layers.Flatten(),
        keras.layers.Dense(10, activation="softmax"),
    ])  # fmt: skip
    model.compile(optimizer, "sparse_categorical_crossentropy")
    draw = np.random.default_rng(1)
    images, labels = draw.random((32 * steps, 8, 8, 1)), draw.integers(0, 10, 32 * steps)
    model.fit(images, labels, shuffle=False, verbose=0)
    return [model.get_weights(), int(model.optimizer.iterations.numpy())]


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS.keys())
@pytest.mark.parametrize("steps", [1, 6])
def test_the_weights_are_those_of_keras(options: dict[str, Any], steps: int) -> None:
    """After the first step within 1e-6, and as many steps are counted."""
    fast = fused(keras.optimizers.Adam(**options))
    ours, counted = weights(fast, steps)
    theirs, expected = weights(keras.optimizers.Adam(**options), steps)

    assert isinstance(fast, FusedAdam)
    assert counted == expected
    for own, their in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(own, their, rtol=0, atol=1e-6 * steps)


def test_a_run_ends_within_the_spread_of_seeds(digits: DatasetFolder) -> None:
    """Where rounding differs, a run differs by less than from a run with another seed."""
    folder = digits.path
    images, labels = np.load(folder / "x_train.npy") / 255, np.load(folder / "y_train.npy")

    def ending(optimizer: keras.optimizers.Optimizer, seed: int) -> float:
        keras.utils.set_random_seed(seed)
        model = keras.Sequential([
            keras.Input((28, 28, 1)), keras.layers.Conv2D(8, 3, activation="relu"),
            keras.layers.MaxPooling2D(2), keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax"),
        ])  # fmt: skip
        model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
        history = model.fit(images[..., None], labels, epochs=3, verbose=0)
        return float(history.history["accuracy"][-1])

    theirs = [ending(keras.optimizers.Adam(), seed) for seed in range(4)]
    ours = [ending(fused(keras.optimizers.Adam()), seed) for seed in range(4)]

    assert min(theirs) > 0.5
    assert np.abs(np.subtract(ours, theirs)).max() < max(theirs) - min(theirs)


@pytest.mark.parametrize("optimizer", OTHERS.values(), ids=OTHERS.keys())
def test_what_the_kernel_cannot_do_is_left_to_keras(
    optimizer: keras.optimizers.Optimizer,
) -> None:
    """It stays the very same object."""
    assert fused(optimizer) is optimizer
