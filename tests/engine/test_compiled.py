"""Compiled steps: the mathematics of Keras's for one kind of model, and for no other."""

from __future__ import annotations

import ctypes
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np
import pytest
from keras import layers

from grader.dataset import DatasetFolder
from grader.engine import compiled as engine
from grader.engine.blame import ImpossibleError
from grader.engine.compiled import compiled_steps
from grader.engine.data import TrainingData
from grader.engine.steps import RunSteps, steps
from tests.conftest import ROOT, require

TABLE = (np.arange(256) / 255).astype(np.float32)


class Case(NamedTuple):
    """One network of the kind, and how it is trained."""

    filters: int = 8
    units: tuple[int, ...] = (32,)
    size: tuple[int, int] = (28, 28)
    batch: int = 32
    one_hot: bool = False
    adam: dict[str, Any] = {}  # noqa: RUF012 - never written to
    instance: bool = False
    dead: bool = False
    more: int = 0


CASES = {
    "the lesson's": Case(filters=64, units=(128,)),
    "no layer between": Case(units=()),
    "three between, none a whole panel": Case(units=(45, 7, 33)),
    "odd sizes": Case(filters=5, size=(11, 14), units=(20,)),
    "one filter, one pixel left": Case(filters=1, size=(4, 4), units=(3,)),
    "one image a batch": Case(batch=1),
    "a batch larger than the data": Case(batch=40, more=500),
    "a batch that fills no panel": Case(batch=50),
    "large batches": Case(batch=128, units=(130,)),
    "a network that is dead": Case(dead=True),
    "labels one-hot": Case(one_hot=True),
    "a loss as an object": Case(instance=True),
    "Adam's rates of its own": Case(
        adam={"learning_rate": 0.01, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-3}
    ),
}


def data_of(case: Case, count: int) -> TrainingData:
    """Return noise that a network can learn by heart."""
    draw = np.random.default_rng(1)
    labels = draw.integers(0, 10, count).astype(np.uint8)
    images = draw.integers(0, 256, (count, *case.size, 1)).astype(np.uint8)
    return TrainingData(
        images, np.eye(10, dtype=np.float32)[labels] if case.one_hot else labels, TABLE
    )


def model_of(case: Case, **compiled: Any) -> keras.Model:
    """Return a compiled model, from seed 1."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(1)
    between = [layers.Dense(units, activation="relu") for units in case.units]
    model = keras.Sequential([
        keras.Input((*case.size, 1)), layers.Conv2D(case.filters, 3, activation="relu"),
        layers.MaxPooling2D(2), layers.Flatten(), *between, layers.Dense(10, activation="softmax"),
    ])  # fmt: skip
    # Not zero, so that every value of every variable is seen to come and go.
    for variable in model.trainable_variables:
        if len(variable.shape) == 1:
            variable.assign(np.random.default_rng(2).normal(0, 0.05, variable.shape))
    if case.dead:
        # Then all that tells two outputs apart is their bias, by less than probabilities can hold.
        for variable in model.trainable_variables:
            variable.assign(np.zeros(variable.shape))
        model.trainable_variables[-1].assign(np.arange(10) * 1e-9)
    losses = keras.losses
    loss = losses.CategoricalCrossentropy if case.one_hot else losses.SparseCategoricalCrossentropy
    accuracy = "Categorical" if case.one_hot else "SparseCategorical"
    own = getattr(keras.metrics, f"{accuracy}Accuracy")(name="own")
    name = "categorical_crossentropy" if case.one_hot else "sparse_categorical_crossentropy"
    settings: dict[str, Any] = {
        "optimizer": keras.optimizers.Adam(**case.adam),
        "loss": loss() if case.instance else name,
        "metrics": [own, "accuracy"],
    }
    model.compile(**{**settings, **compiled})
    return model


def state(model: keras.Model) -> list[Any]:
    """Return all that a training changes: weights, the optimizer's variables and the logs."""
    optimizer = [variable.numpy() for variable in model.optimizer.variables]
    return [*model.get_weights(), *optimizer, *map(float, model.get_metrics_result().values())]


def compiled(model: keras.Model, data: TrainingData, batch: int) -> RunSteps:
    """Return the compiled steps, which must be there: setup installs a compiler."""
    run = compiled_steps(model, data, batch)
    assert run is not None
    return run


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Give a function that leaves the engine one library to look for."""
    found = engine.library

    def leave(name: str) -> None:
        monkeypatch.setattr(engine, "LIBRARIES", (name,))
        found.cache_clear()

    yield leave
    found.cache_clear()


@pytest.fixture(params=engine.LIBRARIES)
def library(request: pytest.FixtureRequest, only: Callable[[str], None]) -> None:
    """Have steps for one kind of processor; this one must be of it."""
    only(request.param)
    if engine.library() is None:
        pytest.skip(f"this processor cannot run {request.param}")


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compile what AVX-512 computes for a processor that lacks it."""
    require("cc")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    modules = project["tool"]["setuptools"]["ext-modules"]
    [flags] = [each["extra-compile-args"] for each in modules if each["name"].endswith("avx2")]
    made = tmp_path_factory.mktemp("compiled") / "wide.so"
    source = ROOT / "grader" / "engine" / "compiled.c"
    command = ["cc", *flags, "-DWIDE", "-Wno-psabi", "-shared", "-fPIC", source, "-o", made, "-lm"]
    subprocess.run(command, check=True)
    return made


DIGITS = {
    **CASES,
    "sixty-four filters, a last batch of one": Case(filters=64, units=(100,), batch=47),
    "many dense layers, one-hot": Case(filters=3, units=(64, 17, 16, 40), batch=33, one_hot=True),
    "a rate that leaps": Case(filters=2, batch=17, adam={"learning_rate": 0.5}),
}


@pytest.mark.parametrize("other", ["written out", *engine.LIBRARIES[:1]])
@pytest.mark.parametrize("case", DIGITS.values(), ids=DIGITS.keys())
def test_every_processor_computes_the_same_digits(
    case: Case,
    other: str,
    wide: Path,
    only: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every bit of the weights, the moments, the loss and the counts, after two passes."""
    count = 5 * case.batch + (case.batch + 1) // 2
    data, order = data_of(case, count), np.random.default_rng(3).permutation(count)
    ended = []
    for name in (engine.LIBRARIES[-1], other):
        if name == "written out":
            loaded = ctypes.CDLL(str(wide))
            monkeypatch.setattr(engine, "library", lambda loaded=loaded: loaded)
        else:
            only(name)
        if engine.library() is None:
            pytest.skip(f"this processor cannot run {name}")
        model = model_of(case)
        run = compiled(model, data, case.batch + case.more)
        run(order)
        run(order[::-1])
        ended.append(b"".join(np.asarray(value).tobytes() for value in state(model)))

    assert ended[0] == ended[1]


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_step_is_that_of_keras(case: Case) -> None:
    """Weights, moments, the number of steps, loss and accuracy, within 1e-6."""
    data, order = data_of(case, 2 * case.batch), np.arange(2 * case.batch)[::-1][: case.batch]
    ours, theirs = model_of(case), model_of(case)
    compiled(ours, data, case.batch + case.more)(order)
    steps(theirs, data, case.batch + case.more)(order)

    for own, their in zip(state(ours), state(theirs), strict=True):
        np.testing.assert_allclose(own, their, rtol=2e-6, atol=1e-6)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_steps_go_on_as_those_of_keras(case: Case) -> None:
    """Five and a last one that is smaller, in two calls with another rate between."""
    count = 5 * case.batch + (case.batch + 1) // 2
    data, order = data_of(case, count), np.random.default_rng(3).permutation(count)
    ended = []
    for make in (compiled, steps):
        model = model_of(case)
        run = make(model, data, case.batch + case.more)
        run(order[: 2 * case.batch])
        model.optimizer.learning_rate = 5e-4
        run(order[2 * case.batch :])
        ended.append(state(model))

    for own, their in zip(*ended, strict=True):
        np.testing.assert_allclose(own, their, rtol=1e-3, atol=2e-5)


def test_a_run_ends_within_the_spread_of_seeds(digits: DatasetFolder) -> None:
    """Where rounding differs, a run differs by less than from a run with another seed."""
    images, labels = (np.load(digits.path / f"{name}_train.npy") for name in "xy")
    data, case = TrainingData(images[..., None], labels, TABLE), Case()

    def ending(make: Any, seed: int) -> float:
        model = model_of(case)
        run = make(model, data, case.batch)
        for epoch in range(3):
            model.reset_metrics()
            run(np.random.default_rng([seed, epoch]).permutation(len(images)))
        return float(model.get_metrics_result()["accuracy"])

    theirs = [ending(steps, seed) for seed in range(4)]
    ours = [ending(compiled, seed) for seed in range(4)]

    assert min(theirs) > 0.5
    assert np.abs(np.subtract(ours, theirs)).max() < max(theirs) - min(theirs)


def test_what_diverges_diverges() -> None:
    """A rate without measure ends in numbers that are none, and not in an error."""
    case = Case(adam={"learning_rate": 1e30})
    data, model = data_of(case, 256), model_of(case)
    compiled(model, data, case.batch)(np.arange(256))

    assert not np.isfinite(model.get_metrics_result()["loss"])


OTHERS: dict[str, Any] = {
    "another kernel size": (1, {"kernel_size": 5}),
    "padding": (1, {"padding": "same"}),
    "strides": (1, {"strides": 2}),
    "no bias": (1, {"use_bias": False}),
    "another activation": (1, {"activation": "tanh"}),
    "a regularizer": (1, {"kernel_regularizer": "l2"}),
    "a constraint": (4, {"kernel_constraint": "non_neg"}),
    "frozen weights": (4, {"trainable": False}),
    "another precision": (4, {"dtype": "float64"}),
    "overlapping pools": (2, {"strides": 1}),
    "no activation between": (4, {"activation": None}),
    "logits": (5, {"activation": None}),
}  # fmt: skip


@pytest.mark.parametrize(("index", "option"), OTHERS.values(), ids=OTHERS.keys())
def test_another_option_is_left_to_tensorflow(index: int, option: dict[str, Any]) -> None:
    """One option that differs is enough."""
    stack: list[tuple[Any, dict[str, Any]]] = [
        (keras.Input, {"shape": (28, 28, 1)}),
        (layers.Conv2D, {"filters": 4, "kernel_size": 3, "activation": "relu"}),
        (layers.MaxPooling2D, {}), (layers.Flatten, {}),
        (layers.Dense, {"units": 8, "activation": "relu"}),
        (layers.Dense, {"units": 10, "activation": "softmax"}),
    ]  # fmt: skip

    def run_steps(changed: int | None) -> RunSteps | None:
        model = keras.Sequential([
            kind(**({**given, **option} if number == changed else given))
            for number, (kind, given) in enumerate(stack)
        ])  # fmt: skip
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        return compiled_steps(model, data_of(Case(), 8), 8)

    assert run_steps(None) is not None
    assert run_steps(index) is None


COMPILED: dict[str, dict[str, Any]] = {
    "another optimizer": {"optimizer": "sgd"},
    "a relative of Adam": {"optimizer": "adamw"},
    "a third moment": {"optimizer": keras.optimizers.Adam(amsgrad=True)},
    "clipping": {"optimizer": keras.optimizers.Adam(clipnorm=1.0)},
    "decay": {"optimizer": keras.optimizers.Adam(weight_decay=0.1)},
    "averages": {"optimizer": keras.optimizers.Adam(use_ema=True)},
    "a schedule": {
        "optimizer": keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5))
    },
    "another loss": {"loss": "mse"},
    "a class that is ignored": {"loss": keras.losses.SparseCategoricalCrossentropy(ignore_class=3)},
    "logits said to come": {"loss": keras.losses.SparseCategoricalCrossentropy(from_logits=True)},
    "another axis": {"loss": keras.losses.SparseCategoricalCrossentropy(axis=0)},
    "another precision": {"loss": keras.losses.SparseCategoricalCrossentropy(dtype="float16")},
    "a metric of another precision": {
        "metrics": [keras.metrics.SparseCategoricalAccuracy(dtype="bool")]
    },
    "a rate in words": {"optimizer": keras.optimizers.Adam(beta_1="0.9")},
    "no epsilon": {"optimizer": keras.optimizers.Adam(epsilon=0.0)},
    "an epsilon that is zero to a processor": {"optimizer": keras.optimizers.Adam(epsilon=1e-40)},
    "a loss for one-hot labels": {"loss": "categorical_crossentropy"},
    "a weighted loss": {"loss_weights": [0.5]},
    "another metric": {"metrics": ["accuracy", "mse"]},
    "no metric at all": {"metrics": None},
}


@pytest.mark.parametrize("settings", COMPILED.values(), ids=COMPILED.keys())
def test_other_settings_are_left_to_tensorflow(settings: dict[str, Any]) -> None:
    """Of the optimizer, the loss and the metrics."""
    model = model_of(Case(), **settings)

    assert compiled_steps(model, data_of(Case(), 8), 8) is None


def test_without_a_library_tensorflow_trains(only: Callable[[str], None]) -> None:
    """As where there was no compiler, or on another processor."""
    only("grader.engine.not_compiled")

    assert compiled_steps(model_of(Case()), data_of(Case(), 8), 8) is None


@pytest.mark.parametrize("shape", [(784,), (28, 28), (14, 28, 2), (1, 784, 1)])
def test_images_of_another_shape_are_left_to_tensorflow(shape: tuple[int, ...]) -> None:
    """Rows of pixels, images without a channel or with two, images without height."""
    images, labels, table = data_of(Case(), 8)
    data = TrainingData(images.reshape(8, *shape), labels, table)

    assert compiled_steps(model_of(Case()), data, 8) is None


@pytest.mark.parametrize("shape", [(1, 1), (1, 1, 1), (2,)])
def test_labels_of_another_shape_are_left_to_tensorflow(shape: tuple[int, ...]) -> None:
    """Keras counts them otherwise, or refuses them."""
    images, _, table = data_of(Case(), 8)
    data = TrainingData(images, np.zeros((8, *shape), np.uint8), table)

    assert compiled_steps(model_of(Case()), data, 8) is None


def test_smoothed_labels_are_left_to_tensorflow() -> None:
    """As one-hot labels have them."""
    case = Case(one_hot=True)
    model = model_of(case, loss=keras.losses.CategoricalCrossentropy(label_smoothing=0.1))

    assert compiled_steps(model, data_of(case, 8), 8) is None


def test_a_short_table_is_left_to_tensorflow() -> None:
    """Compiled code would read beyond it."""
    images, labels, table = data_of(Case(), 8)

    assert compiled_steps(model_of(Case()), TrainingData(images, labels, table[:16]), 8) is None


def test_a_model_built_for_other_images_is_left_to_tensorflow() -> None:
    """As when a second fit of it comes with another shape: compiled code would write beyond it."""
    built = model_of(Case(size=(4, 196)))

    assert compiled_steps(built, data_of(Case(size=(4, 196)), 8), 8) is not None
    assert compiled_steps(built, data_of(Case(), 8), 8) is None


def test_a_layer_that_is_used_twice_is_left_to_tensorflow() -> None:
    """It is listed twice, and has its weights once."""
    twice = layers.Dense(8, activation="relu")
    model = keras.Sequential([
        keras.Input((28, 28, 1)), layers.Conv2D(4, 3, activation="relu"), layers.MaxPooling2D(),
        layers.Flatten(), layers.Dense(8, activation="relu"), twice, twice,
        layers.Dense(10, activation="softmax"),
    ])  # fmt: skip
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])

    assert compiled_steps(model, data_of(Case(), 8), 8) is None


def test_more_room_than_there_is_is_the_models_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for too much is told so; nobody tries again."""

    def refuse(*_: Any) -> None:
        raise MemoryError

    run = compiled(model_of(Case()), data_of(Case(), 8), 8)
    monkeypatch.setattr(engine._Layout, "pack", refuse)

    with pytest.raises(ImpossibleError, match="more memory"):
        run(np.arange(8))


@pytest.mark.parametrize("label", [10, 255])
def test_a_label_without_an_output_is_left_to_tensorflow(label: int) -> None:
    """It has words for it; compiled code would read what is not there."""
    images, labels, table = data_of(Case(), 8)
    labels[3] = label

    assert compiled_steps(model_of(Case()), TrainingData(images, labels, table), 8) is None
