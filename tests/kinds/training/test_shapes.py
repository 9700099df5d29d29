"""Shapes that are computed from a description are those that the layers have."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.kinds.training.shapes import layers_built
from grader.model.anatomy import MOST_LAYERS
from tests.examples import keras_object, layer, lesson_model, model

IMAGE = (28, 28, 1)


def test_the_lesson_goes_from_28_to_26_to_13() -> None:
    """The shapes of the lesson's picture, its numbers of weights, and its settings in words."""
    built = layers_built(lesson_model(), IMAGE)

    assert [(each.shape, each.parameters, each.settings) for each in built] == [
        ((26, 26, 64), 640, "64 filters of 3 x 3, relu"),
        ((13, 13, 64), 0, "2 x 2"),
        ((10816,), 0, ""),
        ((10,), 108170, "10 units, softmax"),
    ]
    assert [each.class_name for each in built] == ["Conv2D", "MaxPooling2D", "Flatten", "Dense"]


@pytest.mark.parametrize(
    ("described", "shape", "parameters"),
    [
        (layer("Conv2D", filters=4, kernel_size=[5, 3], padding="same"), (28, 28, 4), 64),
        (layer("Conv2D", filters=4, kernel_size=3, strides=[2, 3]), (13, 9, 4), 40),
        (layer("Conv2D", filters=4, kernel_size=3, dilation_rate=[2, 2]), (24, 24, 4), 40),
        (layer("Conv2D", filters=4, kernel_size=3, use_bias=False), (26, 26, 4), 36),
        (layer("MaxPooling2D", pool_size=3, strides=None, padding="same"), (10, 10, 1), 0),
        (layer("MaxPooling2D", pool_size=3, strides=2), (13, 13, 1), 0),
        (layer("GlobalAveragePooling2D"), (1,), 0),
        (layer("Reshape", target_shape=[7, -1]), (7, 112), 0),
        (layer("Dropout", rate=0.25), IMAGE, 0),
        (layer("BatchNormalization", scale=False), IMAGE, 1),
        (layer("Dense", units=3), (28, 28, 3), 6),
    ],
)
def test_settings_are_seen_to(described: Any, shape: Any, parameters: int) -> None:
    """Padding, strides, dilation and biases count."""
    [built] = layers_built(model(described), IMAGE)

    assert (built.shape, built.parameters) == (shape, parameters)


def test_what_is_not_known_is_not_said() -> None:
    """A layer of another kind has a row, and the shape is known again where Keras tells it."""
    dense = {**layer("Dense", units=2), "build_config": {"input_shape": [None, 5]}}
    strange, after, told = layers_built(model(layer("LSTM"), layer("Flatten"), dense), IMAGE)

    assert (strange.class_name, strange.shape, strange.parameters) == ("LSTM", None, None)
    assert after.shape is None
    assert (told.shape, told.parameters) == ((2,), 12)


def test_models_in_models_are_opened() -> None:
    """Their layers stand where the model stands."""
    inner = keras_object("keras", "Sequential", name="inner", layers=[layer("Flatten")])
    built = layers_built(model(inner, layer("Dense", units=1)), IMAGE)

    assert [(each.class_name, each.shape) for each in built] == [
        ("Flatten", (784,)),
        ("Dense", (1,)),
    ]


_anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
_KEYS = ("filters", "kernel_size", "units", "strides", "pool_size", "padding", "target_shape")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["Conv2D", "MaxPooling2D", "Dense", "Reshape", "Flatten", "InputLayer"]
            ),
            st.dictionaries(st.sampled_from([*_KEYS, "groups", "batch_shape", "rate"]), _anything),
            _anything,
        ),
        max_size=4,
    )
)
def test_no_description_breaks_it(layers: Any) -> None:
    """Whatever a submission's side writes, there is a row for each layer and no more."""
    nodes = [{**layer(name, **config), "build_config": built} for name, config, built in layers]
    built = layers_built(model(*nodes), IMAGE)

    assert len(built) == len([name for name, _, _ in layers if name != "InputLayer"])


def test_a_long_model_is_cut() -> None:
    """A report stays small."""
    assert len(layers_built(model(*[layer("Flatten")] * 500), IMAGE)) == MOST_LAYERS
