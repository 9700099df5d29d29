"""The identity of a run: what trains alike has one key, and nothing else has it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from grader.protocol import Decision, Train
from grader.runs.identity import code_digest, first_key, next_key, processor, with_plain_names
from tests.examples import keras_object, layer, lesson_model, model, request


def key(document: dict[str, Any] | None = None, **values: Any) -> str:
    """Return the key of a training."""
    asked = request(document, **values)
    return first_key(Train(request=asked, seed=1, max_epochs=20), b"", "data")


def renamed(document: dict[str, Any], number: int) -> dict[str, Any]:
    """Return a model as Keras names it when others were built before."""
    text = msgspec.json.encode(document).decode()
    for name in ("conv2d", "maxpooling2d", "flatten", "dense", "sequential", "adam"):
        text = text.replace(f'"name":"{name}"', f'"name":"{name}_{number}"')
    other: dict[str, Any] = msgspec.json.decode(text)
    return other


def test_names_and_the_number_of_epochs_do_not_matter() -> None:
    """A model that is built after others, and asked for longer, is the same run."""
    same = key(renamed(lesson_model(), 3), epochs=7)

    assert renamed(lesson_model(), 3) != lesson_model()
    assert same == key(lesson_model())


def test_wires_of_a_functional_model_follow_the_names() -> None:
    """What points to a layer is renamed with it."""
    tensor = {"class_name": "__keras_tensor__", "config": {"keras_history": ["a", 0, 0]}}
    document = {
        "class_name": "Functional",
        "config": {
            "name": "f",
            "layers": [
                {"class_name": "Dense", "config": {"name": "a"}, "name": "a", "args": [tensor]}
            ],
            "input_layers": [["a", 0, 0]],
            "output_layers": ["a", 0, 0],
        },
    }
    plain = with_plain_names(document)["config"]

    assert plain["input_layers"] == [["part_1", 0, 0]]
    assert plain["output_layers"] == ["part_1", 0, 0]
    assert plain["layers"][0]["args"][0]["config"]["keras_history"] == ["part_1", 0, 0]


def test_a_layer_may_be_called_like_a_type_of_numbers() -> None:
    """Only layers are renamed, and not what happens to be called like one."""
    policy = {"class_name": "DTypePolicy", "config": {"name": "float32"}}
    document = {
        "class_name": "Sequential",
        "config": {
            "name": "s",
            "layers": [{"class_name": "Dense", "config": {"name": "float32", "dtype": policy}}],
        },
    }
    [dense] = with_plain_names(document)["config"]["layers"]

    assert dense["config"] == {"name": "part_1", "dtype": policy}


def by_name(output: str, named: str) -> dict[str, Any]:
    """Return a model with an output of this name, and what is compiled for one of that name."""
    document = model(layer("Flatten"), {**layer("Dense", units=10)})
    document["config"]["layers"][1]["config"]["name"] = output
    for key, value in (("loss", "mse"), ("metrics", ["accuracy"]), ("loss_weights", 0.5)):
        document["compile_config"][key] = {named: value}
    return document


def test_what_is_compiled_by_name_follows_the_names() -> None:
    """Losses, metrics and weights may be given for an output by its name."""
    assert key(by_name("digit", "digit")) == key(by_name("dense_7", "dense_7"))


@pytest.mark.parametrize("named", ["nobody", "part_2", "flatten"])
def test_a_name_that_points_elsewhere_is_another_run(named: str) -> None:
    """It never reads like one that was found."""
    assert key(by_name("digit", named)) != key(by_name("digit", "digit"))


def test_a_model_in_a_model_may_have_been_compiled() -> None:
    """What it was compiled with for itself does not train."""
    inner = {**model(layer("Flatten")), "compile_config": {"optimizer": "sgd"}}
    plain = {**inner, "compile_config": None}

    assert key(model(inner)) == key(model(plain))


@pytest.mark.parametrize("name", ["engine/compiled.c", "engine/_compiled.so", "protocol/new.py"])
def test_every_byte_of_our_code_is_part_of_a_run(name: str, tmp_path: Path) -> None:
    """One that changes in a source or a library changes the digest; what is left by Python not."""
    folders = [tmp_path / "engine", tmp_path / "protocol"]
    for folder in folders:
        folder.mkdir()
    for path in ("engine/compiled.c", "engine/_compiled.so", "protocol/messages.py"):
        (tmp_path / path).write_bytes(b"1")
    before = code_digest(folders)
    (tmp_path / "engine" / "compiled.pyc").write_bytes(b"2")
    unchanged = code_digest(folders)
    (tmp_path / name).write_bytes(b"2")

    assert before == unchanged
    assert before != code_digest(folders)


CPUINFO = """processor	: 0
vendor_id	: Genuine
cpu family	: 6
model		: 85
model name	: Some Processor @ 2 GHz
flags		: fpu sse2 avx2 fma avx512f amx_tile

processor	: 1
vendor_id	: Genuine
flags		: fpu
"""


def test_a_processor_is_what_its_rounding_depends_on() -> None:
    """Its model and the instruction sets that kernels are chosen by, in no order of its own."""
    assert processor(CPUINFO) == "6 85 Genuine amx_tile avx2 avx512f fma"
    assert processor("no such words") == ""


DIFFERENT = {
    "units": {"document": model(layer("Dense", units=11))},
    "batch size": {"batch_size": 64},
    "order": {"shuffle": False},
    "first epoch": {"initial_epoch": 1},
}


@pytest.mark.parametrize("values", DIFFERENT.values(), ids=DIFFERENT.keys())
def test_what_trains_differently_has_another_key(values: dict[str, Any]) -> None:
    """Model, data, batches and order are part of a run."""
    assert key(**values) != key(lesson_model())


def test_what_a_submission_may_still_spend_is_no_part_of_a_run() -> None:
    """What it stops is not trained, and what is trained is the same."""
    asked = Train(request=request(), seed=1, max_epochs=20)
    poorer = msgspec.structs.replace(asked, max_epochs=2, most_operations=7)

    assert first_key(asked, b"", "data") == first_key(poorer, b"", "data")


def test_the_order_of_a_description_is_no_part_of_a_run() -> None:
    """JSON has none."""
    document = lesson_model()
    turned = {name: document[name] for name in [*document][::-1]}

    assert key(turned) == key(document)


def compiled(**changes: Any) -> str:
    """Return the key of a model that is compiled otherwise."""
    return key(model(layer("Flatten"), **changes))


def test_an_optimizer_may_be_named_and_losses_may_not() -> None:
    """Keras numbers optimizers like layers; a loss by another name is another loss."""
    adam = keras_object("keras.optimizers", "Adam", learning_rate=0.001)
    named = keras_object("keras.optimizers", "Adam", learning_rate=0.001, name="adam_3")
    keys = [
        *(compiled(optimizer=adam), compiled(optimizer=named), compiled(optimizer="adam")),
        *(compiled(optimizer={"config": 3}), compiled(optimizer=None)),
        *(compiled(loss="mse"), compiled(loss="mae"), compiled(loss=None)),
    ]

    assert keys[0] == keys[1]
    assert len({*keys[1:]}) == len(keys) - 1


@pytest.mark.parametrize("odd", ["x", None, [1]])
def test_what_is_compiled_oddly_stays_odd(odd: Any) -> None:
    """It is not admitted, and never like what is."""
    assert with_plain_names({**lesson_model(), "compile_config": odd})["compile_config"] == odd


def test_a_layer_may_be_called_like_anything_else() -> None:
    """A name is renamed where names stand: not in an activation, not in what points by a key."""
    relu = model({**layer("Dense", activation="relu")})
    relu["config"]["layers"][0]["config"]["name"] = "relu"
    pointing = {
        "class_name": "Functional",
        "config": {"name": "f", "input_layers": {"f": ["f", 0, 0], "g": ["g", 0, 0]}},
    }
    [dense] = with_plain_names(relu)["config"]["layers"]

    assert (dense["config"]["name"], dense["config"]["activation"]) == ("part_1", "relu")
    assert with_plain_names(pointing)["config"]["input_layers"] == {
        "part_0": ["part_0", 0, 0],
        "nobody: g": ["nobody: g", 0, 0],
    }


def test_decisions_seed_context_and_bytes_are_part_of_the_chain() -> None:
    """Runs part where the decisions do."""
    asked = Train(request=request(), seed=1, max_epochs=20)
    keys = {
        first_key(asked, b"", "data"),
        first_key(asked, b"x", "data"),
        first_key(asked, b"", "other data"),
        first_key(asked, b"", "data", before="1"),
        first_key(msgspec.structs.replace(asked, seed=2), b"", "data"),
        next_key(first_key(asked, b"", "data"), Decision(stop=False)),
        next_key(first_key(asked, b"", "data"), Decision(stop=False, learning_rate=0.1)),
    }

    assert len(keys) == 7
