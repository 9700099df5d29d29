"""Every limit of admission to the last one that is let through, and in whose hands the rest is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from grader.admission import LayerFound, admit, layers_of
from grader.admission.admit import MAX_BATCH, MAX_CALLS, MAX_CONFIG_BYTES, MAX_DEPTH, MAX_LAYERS
from grader.admission.structure import calls_of, uncompiled
from tests.admission.test_numbers import shared
from tests.examples import keras_object, layer, lesson_model, model, request

REFUSED, REVIEWED = False, True


def verdict(document: dict[str, Any] | None = None, **values: Any) -> tuple[str, bool] | None:
    """Say why a request is refused and whether a human decides, or None where it is admitted."""
    refusal = admit(request(document, **values))
    return None if refusal is None else (refusal.reason, refusal.needs_review)


def flat(**config: Any) -> dict[str, Any]:
    """Return a model of one layer that is described so."""
    return model(layer("Flatten", **config))


def nested(depth: int) -> dict[str, Any]:
    """Return a description that is so deep in all."""
    inner: Any = "x"
    for _ in range(depth - 5):
        inner = {"inner": inner}
    return flat(note=inner)


def sized(size: int) -> dict[str, Any]:
    """Return a description that takes so many bytes."""
    return flat(note="x" * (size - len(json.dumps(flat(note="")))))


def compiled(**changes: Any) -> dict[str, Any]:
    """Return a model that is compiled otherwise."""
    return model(layer("Flatten"), **changes)


def of_calls(count: int) -> dict[str, Any]:
    """Return a compiled model that calls its layers so often."""
    parts = [count // 3, count // 3, count - 2 * (count // 3)]
    return model(*[{**layer("Flatten"), "inbound_nodes": [{}] * part} for part in parts])


@pytest.mark.parametrize(
    ("let_through", "refused", "words"),
    [
        (sized(MAX_CONFIG_BYTES), sized(MAX_CONFIG_BYTES + 1), "65,537 bytes, over 65,536"),
        (
            model(*[layer("Flatten")] * MAX_LAYERS),
            model(*[layer("Flatten")] * (MAX_LAYERS + 1)),
            "more than 200 layers",
        ),
        (of_calls(MAX_CALLS), of_calls(MAX_CALLS + 1), "calls its layers more than 400 times"),
        (nested(MAX_DEPTH), nested(MAX_DEPTH + 1), "nested too deeply"),
        (flat(note=[1] * 16), flat(note=[1] * 17), "an array of numbers"),
        (flat(note=["x"] * 200), flat(note=["x"] * 201), "a list that is too long"),
        (flat(pool_size=[1024, -1024]), flat(pool_size=[1, 1025]), "more than an image has"),
        (flat(padding=[[-1024, 1]]), flat(padding=[[-1025, 1]]), "more than an image has"),
        (flat(ns_steps=16), flat(ns_steps=17), "ns_steps=17, over 16"),
        (flat(num_thresholds=1000), flat(num_thresholds=[1, 1001]), "over 1,000"),
        (flat(num_classes=1000), flat(num_classes=1001), "over 1,000"),
        (
            flat(gradient_accumulation_steps=100_000),
            flat(gradient_accumulation_steps=100_001),
            "over 100,000",
        ),
        (
            flat(mean=[[1.0] * 16], variance=[1.0] * 16, note=[1.0] * 16),
            flat(mean=[[1.0] * 16], variance=[1.0] * 16, scale=[1.0]),
            "33 numbers in its layers: weights",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_limit_is_let_through_and_one_more_is_not(
    let_through: dict[str, Any], refused: dict[str, Any], words: str
) -> None:
    """Honest descriptions are far from it, and no human need look at others."""
    found = verdict(refused)

    assert verdict(let_through) is None
    assert found is not None
    assert words in found[0]
    assert found[1] is REFUSED


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"epochs": 1}, {"epochs": 0}),
        ({"batch_size": 1}, {"batch_size": 0}),
        ({"steps_per_epoch": 1}, {"steps_per_epoch": 0}),
        ({"batch_size": MAX_BATCH}, {"batch_size": MAX_BATCH + 1}),
        ({"epochs": 7, "initial_epoch": 6}, {"epochs": 7, "initial_epoch": 7}),
    ],
    ids=str,
)
def test_numbers_of_fit_have_ranges(values: dict[str, Any], refused: dict[str, Any]) -> None:
    """All images in one batch, and one image in each, are both admitted."""
    [name] = {*refused} - {"epochs"} or {"epochs"}
    found = verdict(**refused)

    assert MAX_BATCH == 60_000
    assert verdict(**values) is None
    assert found is not None
    assert found[0].startswith(f"fit is called with {name}=")


def test_what_never_ends_is_refused() -> None:
    """A description as deep as JSON goes ends no worker."""
    deep: dict[str, Any] = {}
    for _ in range(5000):
        deep = {"config": {"layers": [deep]}}

    assert verdict(flat(note=[deep])) == ("the model is nested too deeply", REFUSED)


def test_long_numbers_are_shortened_where_they_are_named() -> None:
    """A report is read by people."""
    found = verdict(flat(pool_size=[2000] * 16))

    assert found is not None
    assert found[0] == (
        "the model is described with pool_size=[2000, 2000, 2000, 2000, 2000, 2000, 200,"
        " more than an image has"
    )


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (compiled(optimizer=None), "not compiled with a built-in optimizer"),
        (compiled(optimizer=layer("Flatten")), "not compiled with a built-in optimizer"),
        ({**model(layer("Flatten")), "compile_config": None}, "with a built-in optimizer"),
        ({**model(layer("Flatten")), "compile_config": "x"}, "with a built-in optimizer"),
        (compiled(loss=None), "one built-in loss"),
        (compiled(loss=["mse", "mse"]), "one built-in loss"),
        (compiled(loss=[]), "one built-in loss"),
        (
            flat(note={"class_name": "function", "module": "m", "config": "f"}),
            "custom code is not a built-in part",
        ),
        (model(keras_object("mine", "MyConv")), "'MyConv' is not a built-in part of Keras"),
        (model(keras_object("keras.layers", "Adam")), "'Adam' is not a built-in part of Keras"),
        (model(layer("Conv2D", activation=layer("ReLU"))), "activation of Conv2D is a layer"),
        (model(layer("MaxPooling2D", data_format="channels_first")), "format channels_first"),
        (flat(recurrent_activation="mine"), "activation 'mine' is not built in"),
        (flat(activation="m" * 200), f"activation '{'m' * 80}' is not built in"),
        (flat(dtype="bfloat16"), "float32 only"),
        (flat(dtype=keras_object("keras", "DTypePolicy", name="mixed")), "float32 only"),
        (flat(stateful=True), "keeps its state"),
        (model({**layer("Flatten"), "registered_name": "My>Flatten"}), "registered class"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_may_be_honest_is_left_to_a_human(document: dict[str, Any], words: str) -> None:
    """And the reason says what it is."""
    found = verdict(document)

    assert found is not None
    assert words in found[0]
    assert found[1] is REVIEWED


@pytest.mark.parametrize(
    "document",
    [
        compiled(optimizer="adam"),
        compiled(loss=["mse"]),
        compiled(loss=keras_object("keras.losses", "MeanSquaredError")),
        model(layer("Conv2D", data_format="channels_last", activation="relu")),
        model(layer("LSTM", unroll=False, stateful=False, recurrent_activation="tanh")),
        flat(dtype="float32", activation=None),
        flat(dtype=keras_object("keras", "DTypePolicy", name="float32")),
        flat(note={"class_name": "__keras_tensor__", "config": {"shape": [1]}}),
        flat(kernel=keras_object("keras.initializers", "Constant", value=0.5, name="x")),
        model({**layer("Flatten"), "build_config": {}, "name": "x", "inbound_nodes": []}),
        model(
            {
                **layer("Flatten"),
                "build_config": 1,
                "compile_config": 1,
                "name": 1,
                "shared_object_id": 1,
                "inbound_nodes": 1,
            }
        ),
        {**lesson_model(), "registered_name": "Sequential"},
        model({**layer("Flatten"), "registered_name": "Functional"}),
    ],
)
def test_what_keras_writes_is_admitted(document: dict[str, Any]) -> None:
    """Each is written by some honest model."""
    assert verdict(document) is None


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (
            flat(note={"class_name": "__keras_tensor__", "module": "keras", "config": {}}),
            "'__keras_tensor__' is not a built-in part",
        ),
        (flat(note={"module": "os"}), "'' is not a built-in part"),
        (flat(note={"class_name": 3, "module": "keras"}), "'' is not a built-in part"),
        (flat(note={"class_name": "x" * 99, "module": "m"}), f"'{'x' * 80}' is not a built-in"),
        ({**layer("Flatten"), "compile_config": {}}, "not a Keras model"),
        (flat(note=float("nan")), "not finite"),
        (
            flat(k=keras_object("keras.initializers", "Constant", value=[0.1], name="x")),
            "initializer Constant holds an array",
        ),
        (
            flat(k=keras_object("keras.initializers", "Constant", value={"x": 1}, seed=1)),
            "initializer Constant holds an array",
        ),
        (model({**layer("Flatten"), "config": []}), "of Flatten has no configuration"),
        (model({**layer("Flatten"), "more": 1}), "of Flatten has unknown fields"),
        (
            model({key: value for key, value in layer("Flatten").items() if key != "config"}),
            "of Flatten has unknown fields",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_no_keras_writes_is_refused(document: dict[str, Any], words: str) -> None:
    """And the reason says what it is."""
    found = verdict(document)

    assert found is not None
    assert words in found[0]


# Layers.


def test_a_layer_is_found_with_its_name_and_window() -> None:
    """Names are shortened, and what is no name or no size is none."""
    named = layer("Conv2D", kernel_size=3)
    named["config"]["name"] = "n" * 300
    odd = {**layer("MaxPooling2D", pool_size=[2, "x", 3, 4]), "inbound_nodes": "x"}
    odd["config"]["name"] = 7
    found = layers_of(model(named, odd, keras_object("keras.layers", "C" * 300, name="x")))

    assert [(item.name, item.window, item.calls) for item in found] == [
        ("n" * 100, (3,), 1),
        ("", (2, 3), 1),
        ("x", (), 1),
    ]
    assert found[2].class_name == "C" * 100


def test_a_layer_is_called_once_unless_it_is_said() -> None:
    """And has no window."""
    assert LayerFound("Dense", "d") == LayerFound("Dense", "d", calls=1, window=())


def test_windows_of_three_sides_are_whole() -> None:
    """Of a layer for volumes; no layer has more."""
    [found] = layers_of(model(layer("Conv3D", kernel_size=[2, 3, 4, 5])))

    assert found.window == (2, 3, 4)


@pytest.mark.parametrize(
    ("node", "is_layer"),
    [
        (keras_object("keras.layers", "Dense"), True),
        (keras_object("mine", "MyLayer"), True),
        (keras_object("kerastuner", "MyLayer"), True),
        ({"class_name": "MyLayer", "config": {}}, True),
        (keras_object("keras", "DTypePolicy"), False),
        (keras_object("keras.initializers", "Zeros"), False),
        (keras_object("keras", "Sequential"), False),
        (keras_object("keras.layers", "Functional"), False),
        (keras_object("mine", "Model"), False),
        ({"class_name": "Dense", "config": None}, False),
        ({"class_name": 3, "config": {}}, False),
    ],
)
def test_what_is_a_layer(node: dict[str, Any], is_layer: bool) -> None:  # noqa: FBT001
    """One of Keras's, or of a class that is not Keras's at all; models are what holds them."""
    assert bool(layers_of(node)) is is_layer


def test_a_layer_that_was_compiled_with_is_none() -> None:
    """What a model is compiled with is not on the way of a picture."""
    assert layers_of({**model(), "compile_config": {"loss": layer("Conv2D")}}) == []


def test_layers_come_in_their_order() -> None:
    """Whatever holds them."""
    inner = model(layer("Flatten"), layer("Dense"))
    document = model(layer("Conv2D"), {"a": layer("ReLU"), "b": [layer("Add")]}, inner)

    assert [found.class_name for found in layers_of(document)] == [
        *("Conv2D", "ReLU", "Add", "Flatten", "Dense")
    ]


def test_calls_are_not_counted_for_ever() -> None:
    """More than may be admitted is enough to know."""
    document = shared(shared(layer("Conv2D"), 100), 100)
    [found] = layers_of(document)

    assert found.calls == 1000
    assert calls_of(shared(layer("Conv2D"), 100), 10) == 100
    assert calls_of({**shared(layer("A"), 3), "config": {"layers": [layer("A")] * 9}}, 5) == 6


@pytest.mark.parametrize(
    ("node", "calls"),
    [
        ({}, 1),
        ({"config": []}, 1),
        ({"config": {"layers": 3}}, 1),
        ({"config": {"layers": []}}, 0),
        ({"config": {"layers": [3, None, "x"]}}, 0),
        ({"config": {"layers": [layer("Dense"), {}]}}, 2),
        ({"config": {"layers": [{**layer("Dense"), "inbound_nodes": []}]}}, 1),
        ({"config": {"layers": [layer("TimeDistributed", layer=shared(layer("A"), 7))]}}, 7),
        ({"config": {"layers": [layer("A", layer=layer("B", layer=shared(layer("C"), 5)))]}}, 5),
        ({"config": {"layers": [{"config": 3}]}}, 1),
        ({"config": {"layers": [shared(layer("A"), 6), layer("B")]}}, 7),
    ],
)
def test_calls_are_counted_where_there_are_layers(node: dict[str, Any], calls: int) -> None:
    """Junk calls nothing, a wrapper what it wraps."""
    assert calls_of(node, 100) == calls


def test_what_is_compiled_inside_is_left_out() -> None:
    """At any depth, in a copy that shares nothing."""
    inner = {"compile_config": {"loss": "x"}, "list": [{"compile_config": 1, "a": [2, "b"]}]}
    copied = uncompiled(inner)

    assert copied == {"compile_config": None, "list": [{"compile_config": None, "a": [2, "b"]}]}
    assert inner["compile_config"] == {"loss": "x"}
    assert copied["list"] is not inner["list"]
