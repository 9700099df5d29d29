"""No number of a request costs more than an image is worth, and no list of them is weights."""

from __future__ import annotations

from typing import Any

import pytest

from grader.admission import admit
from grader.admission.structure import calls_of
from tests.examples import keras_object, layer, model, request

DEAR = {
    "a window of a million pixels": layer("MaxPooling2D", pool_size=[1_000_000, 1]),
    "a stride beyond all images": layer("Conv2D", strides=[2147483647, 1]),
    "a dilation beyond all images": layer("Conv2D", dilation_rate=2147483647),
    "a long repetition": layer("RepeatVector", n=1_000_000),
    "weights of an embedding": layer("Embedding", weights=[[[0.1] * 8] * 20]),
    "means as weights": layer("Normalization", mean=[[0.1] * 14] * 14),
    "means in many layers": layer(
        "Flatten", note=[layer("Normalization", mean=[0.1] * 10) for _ in range(5)]
    ),
}


@pytest.mark.parametrize("dear", DEAR.values(), ids=DEAR.keys())
def test_dear_numbers_are_refused(dear: dict[str, Any]) -> None:
    """They are refused before Keras hears of them."""
    refusal = admit(request(model(dear)))

    assert refusal is not None


def test_a_metric_of_many_thresholds_is_refused() -> None:
    """What a metric keeps is memory as well."""
    metric = keras_object("keras.metrics", "AUC", num_thresholds=10**9)
    refusal = admit(request(model(layer("Flatten"), metrics=[metric])))

    assert refusal is not None
    assert "num_thresholds" in refusal.reason


LEFT_TO_HUMANS = {
    "half precision by name": layer("Dense", dtype="float16"),
    "a recurrent layer written out": layer("LSTM", units=3, unroll=True),
    "attention": layer("MultiHeadAttention", num_heads=2),
}


@pytest.mark.parametrize("odd", LEFT_TO_HUMANS.values(), ids=LEFT_TO_HUMANS.keys())
def test_what_is_not_weighed_is_left_to_a_reviewer(odd: dict[str, Any]) -> None:
    """It may be honest, but its cost is not known before it is built."""
    refusal = admit(request(model(odd)))

    assert refusal is not None
    assert refusal.needs_review


def test_usual_numbers_are_admitted() -> None:
    """What students write is far from every limit."""
    usual = model(
        layer("Normalization", mean=[0.13], variance=[0.09]),
        layer("Conv2D", filters=256, kernel_size=[5, 5], strides=[2, 2], dilation_rate=1),
        layer("MaxPooling2D", pool_size=[2, 2], padding="same"),
        layer("ZeroPadding2D", padding=[[1, 1], [1, 1]]),
        layer("Resizing", height=64, width=64),
        metrics=["accuracy", keras_object("keras.metrics", "AUC", num_thresholds=200)],
    )

    assert admit(request(usual)) is None


@pytest.mark.parametrize("value", [[], 3, [[]], {"class_name": []}], ids=repr)
@pytest.mark.parametrize("key", ["module", "class_name", "registered_name", "config"])
def test_a_name_of_another_type_is_refused(key: str, value: Any) -> None:
    """Lists and objects in the place of names are refused and break nothing."""
    odd = {**layer("Dense", units=3), key: value}

    assert admit(request(model(odd))) is not None


def shared(inner: dict[str, Any], times: int) -> dict[str, Any]:
    """Return a model that calls another one so often."""
    return {
        **keras_object("keras", "Functional", layers=[{**inner, "inbound_nodes": [{}] * times}]),
        "registered_name": "Functional",
    }


def test_calls_multiply_through_nested_models() -> None:
    """A layer that is called ten times by a model that is called ten times is called often."""
    document = shared(shared(shared(layer("Dense", units=2), 10), 10), 10)

    assert calls_of(document, 10**6) == 1000
    assert admit(request({**document, "compile_config": model()["compile_config"]})) is not None
