"""Nothing but built-in parts of Keras is ever built, whatever a request says."""

from __future__ import annotations

from typing import Any

import pytest

from grader.admission import admit, layers_of
from tests.examples import keras_object, layer, lesson_model, model, request


def test_the_lesson_is_admitted() -> None:
    """The model of the lesson is built."""
    assert admit(request()) is None


CUSTOM = {
    "a Lambda layer": layer("Lambda", function={"class_name": "__lambda__", "config": {}}),
    "a custom layer": keras_object("submission", "MyConv", name="x"),
    "a registered layer": {**layer("Dense", units=3), "registered_name": "My>Dense"},
    "a layer from a file": layer("TFSMLayer", filepath="/data"),
    "a function by module path": layer(
        "Dense",
        activation={
            "module": "os",
            "class_name": "function",
            "config": "system",
            "registered_name": "function",
        },
    ),
    "an unknown activation": layer("Dense", units=3, activation="my_own"),
    "channels first": layer("Conv2D", data_format="channels_first"),
    "a layer as activation of a convolution": layer("Conv2D", activation=layer("LeakyReLU")),
    "states kept": layer("LSTM", units=3, stateful=True),
    "a generator of seeds": layer(
        "Dense",
        kernel_initializer=keras_object(
            "keras.initializers",
            "HeNormal",
            seed=keras_object("keras.src.random.seed_generator", "SeedGenerator", seed=3),
        ),
    ),
    "an initializer that forgets": layer(
        "Dense", kernel_initializer=keras_object("keras.initializers", "Identity")
    ),
    "another precision": layer("Dense", dtype=keras_object("keras", "DTypePolicy", name="float16")),
}


@pytest.mark.parametrize("custom", CUSTOM.values(), ids=CUSTOM.keys())
def test_code_of_the_submission_is_left_to_a_reviewer(custom: dict[str, Any]) -> None:
    """What may be legitimate but is not built in cannot be repeated, so a human decides."""
    refusal = admit(request(model(custom)))

    assert refusal is not None
    assert refusal.needs_review


DEEP: dict[str, Any] = {}
for _ in range(100):
    DEEP = {"inner": DEEP}

HOSTILE = {
    "weights in an initializer": layer(
        "Dense", kernel_initializer=keras_object("keras.initializers", "Constant", value=[0.1, 0.2])
    ),
    "an array of numbers": layer("Dense", units=3, extra=list(range(100))),
    "a tensor": layer("Dense", units={"class_name": "__tensor__", "config": {"value": [1]}}),
    "no configuration": {**layer("Dense"), "config": None},
    "unknown fields": {**layer("Dense"), "more": 1},
    "nesting": layer("Dense", units=DEEP),
    "infinity": layer("Dense", units=float("inf")),
    "size": layer("Dense", note="x" * 70_000),
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_descriptions_are_refused(hostile: dict[str, Any]) -> None:
    """What no honest model looks like is refused with a reason."""
    refusal = admit(request(model(hostile)))

    assert refusal is not None
    assert refusal.reason


@pytest.mark.parametrize(
    "values",
    [{"epochs": 0}, {"batch_size": 0}, {"batch_size": 10**9}, {"initial_epoch": 20}],
)
def test_absurd_numbers_are_refused(values: dict[str, Any]) -> None:
    """Numbers of fit have ranges."""
    assert admit(request(**values)) is not None


def test_a_model_without_a_built_in_loss_is_left_to_a_reviewer() -> None:
    """A custom loss is code of the submission."""
    refusal = admit(request(model(layer("Flatten"), loss=None)))

    assert refusal is not None
    assert refusal.needs_review


@pytest.mark.parametrize("optimizer", [None, {}, [], {"config": {}}, layer("Dense", units=3)])
def test_a_model_without_a_built_in_optimizer_is_left_to_a_reviewer(optimizer: Any) -> None:
    """Whatever stands in its place, nothing later has to look for what is missing."""
    refusal = admit(request(model(layer("Flatten"), optimizer=optimizer)))

    assert refusal is not None
    assert refusal.needs_review


@pytest.mark.parametrize(("count", "is_admitted"), [(19, True), (500, True), (501, False)])
def test_a_schedule_may_have_many_rates(count: int, *, is_admitted: bool) -> None:
    """They are numbers in plenty, and no weights."""
    schedule = keras_object(
        "keras.optimizers.schedules",
        "PiecewiseConstantDecay",
        boundaries=list(range(1, count)),
        values=[0.5**step for step in range(count)],
    )
    optimizer = keras_object("keras.optimizers", "SGD", learning_rate=schedule)
    refusal = admit(request(model(layer("Flatten"), optimizer=optimizer)))

    assert (refusal is None) is is_admitted


def test_layers_inside_models_and_wrappers_are_found() -> None:
    """A convolution cannot hide in a nested model, a wrapper or both."""
    inner = model(layer("TimeDistributed", layer=layer("Conv2D")), layer("MaxPooling2D"))
    found = [found.class_name for found in layers_of(model(layer("Conv2D"), inner))]

    assert found == ["Conv2D", "TimeDistributed", "Conv2D", "MaxPooling2D"]


def test_a_layer_in_the_place_of_an_activation_is_found() -> None:
    """A convolution that serves as another layer's activation is a convolution."""
    hidden = model(layer("Conv2D"), layer("Activation", activation=layer("Conv2D")))

    assert [found.class_name for found in layers_of(hidden)].count("Conv2D") == 2


def test_a_layer_counts_once_for_each_place_that_it_has() -> None:
    """A layer called twice is two on the way of a picture; a nested model multiplies its own."""
    twice = {**layer("MaxPooling2D", pool_size=[2, 3]), "inbound_nodes": [{}, {}]}
    inner = {**model(twice), "inbound_nodes": [{}, {}, {}]}
    found = {found.class_name: found for found in layers_of(model(layer("Conv2D"), inner))}

    assert (found["Conv2D"].calls, found["MaxPooling2D"].calls) == (1, 6)
    assert found["MaxPooling2D"].window == (2, 3)


@pytest.mark.parametrize("junk", [None, 3, [], {}, {"class_name": 3}, {"class_name": "X"}])
def test_junk_has_no_layers(junk: Any) -> None:
    """Looking for layers never fails, whatever is there."""
    assert layers_of(junk) == []


def test_the_example_is_not_shared() -> None:
    """Each request has a model of its own, so that no test changes another's."""
    assert lesson_model() is not lesson_model()
