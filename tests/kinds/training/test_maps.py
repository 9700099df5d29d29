"""A digit is shown on its way through the layers, with what the reference makes of it."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest

from grader.kinds.training.evidence import (
    DataFacts,
    ShownDigit,
    ShownLayers,
    TrainingEvidence,
    Weights,
)
from grader.kinds.training.maps import maps_of
from grader.kinds.training.showing import as_trained_on
from grader.model.anatomy import LONGEST_SIDE, MOST_FEATURES, Maps
from grader.protocol import ConvolutionSettings, PoolingSettings
from grader.trainer import ProbeReading
from reference import activate, conv2d, max_pool2d

_RANDOM = np.random.default_rng(3)
DIGIT = _RANDOM.integers(0, 256, (28, 28), np.uint8)


def evidence(filters: int = 8, *, side: int = 28, **changes: Any) -> TrainingEvidence:
    """Return evidence of a program whose layers are as they should be, but for `changes`."""
    kernel = _RANDOM.normal(size=(3, 3, 1, filters)).astype(np.float32)
    probe = ProbeReading(
        ConvolutionSettings((1, 1), "valid", (1, 1), 1, "relu", use_bias=False),
        PoolingSettings((2, 2), (2, 2), "valid"),
        kernel,
        None,
    )
    image = np.resize(DIGIT / 255, (1, side, side, 1)).astype(np.float32)
    convolved = activate("relu", conv2d(image, kernel)).astype(np.float32)
    pooled = max_pool2d(convolved).astype(np.float32)
    shown = {
        "convolution_input": image,
        "convolution_output": convolved,
        "pooling_input": convolved,
        "pooling_output": pooled,
    }
    shown |= {name: change(shown[name]) for name, change in changes.items()}
    return TrainingEvidence(probe=probe, digit=ShownDigit(DIGIT, ShownLayers(None, **shown)))


def maps(found: TrainingEvidence) -> Maps:
    """Return the maps, which are there."""
    drawn = maps_of(found)

    assert drawn is not None
    return drawn


def test_a_digit_goes_from_28_to_26_to_13() -> None:
    """The sides of the lesson, a few filters, and bytes for every one of their numbers."""
    drawn = maps(evidence(20))
    feature = drawn.features[0]

    assert drawn.sides == ((28, 28), (26, 26), (13, 13))
    assert (drawn.digit.low, drawn.digit.high) == (DIGIT.min(), DIGIT.max())
    assert drawn.filters == 20
    assert len(drawn.features) == MOST_FEATURES
    assert sorted(each.number for each in drawn.features) == [e.number for e in drawn.features]
    assert (feature.filter.height, feature.filter.width) == (3, 3)
    assert len(feature.convolved.got.values) == 26 * 26
    assert feature.pooled is not None
    assert len(feature.pooled.got.values) == 13 * 13


def test_a_step_is_a_number_again() -> None:
    """From `low` to `high` in 255 steps, so no number is off by more than half of one."""
    found = evidence(1)
    shown = maps(found).features[0].convolved.got
    steps = np.frombuffer(shown.values, np.uint8).reshape(shown.height, shown.width)
    numbers = shown.low + steps / 255 * (shown.high - shown.low)
    assert found.digit is not None
    real = found.digit.layers.convolution_output[0, :, :, 0]

    assert np.abs(numbers - real).max() <= (shown.high - shown.low) / 509


def test_the_reference_is_kept_only_where_it_differs() -> None:
    """A report need not hold the same picture twice."""
    same = maps(evidence()).features
    wrong = maps(evidence(pooling_output=lambda array: -array)).features

    assert all(each.convolved.expected is None for each in same)
    assert all(each.pooled and each.pooled.expected is None for each in same)
    assert all(each.convolved.expected is None for each in wrong)
    assert all(each.pooled and each.pooled.expected is not None for each in wrong)


def test_weights_of_a_better_epoch_are_as_good() -> None:
    """The check takes them, so the pictures agree."""
    older = evidence()
    newer = evidence()
    assert older.probe is not None
    recorded = TrainingEvidence(
        probe=newer.probe,
        digit=older.digit,
        weights=(Weights(older.probe.kernel, None),),
    )

    assert all(each.convolved.expected is None for each in maps(recorded).features)


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda array: np.full_like(array, np.nan),
        lambda array: np.full_like(array, np.inf),
        lambda array: np.full_like(array, -3e38),
        np.zeros_like,
    ],
    ids=["nan", "infinity", "huge", "nothing"],
)
def test_what_is_no_brightness_is_drawn_all_the_same(spoilt: Any) -> None:
    """Numbers that no picture has come from programs; nothing overflows, and JSON can hold it."""
    drawn = maps(evidence(convolution_output=spoilt, pooling_output=spoilt))

    assert all(
        np.isfinite([e.convolved.got.low, e.convolved.got.high]).all() for e in drawn.features
    )
    assert msgspec.json.decode(msgspec.json.encode(drawn), type=Maps) == drawn


def test_a_picture_that_was_enlarged_is_cut() -> None:
    """The sides are told as they are, and the bytes are few."""
    drawn = maps(evidence(2, side=100))

    assert drawn.sides == ((28, 28), (98, 98), (49, 49))
    assert len(drawn.features[0].convolved.got.values) == LONGEST_SIDE**2
    assert len(msgspec.json.encode(drawn)) < 30_000


def test_maps_are_small() -> None:
    """A class of thousands has them in its gradebook."""
    assert len(msgspec.json.encode(maps(evidence(64)))) < 12_000


@pytest.mark.parametrize(
    "changes",
    [
        {"convolution_output": lambda array: array[:, 1:]},
        {"convolution_output": lambda array: array[..., 1:]},
    ],
)
def test_outputs_of_other_shapes_are_not_drawn(changes: Any) -> None:
    """There is nothing to lay beside the reference's."""
    assert maps_of(evidence(**changes)) is None


def test_a_pooling_elsewhere_is_left_out() -> None:
    """Where it does not follow the convolution, no channel of it belongs to a filter."""
    drawn = maps(evidence(pooling_input=lambda array: array[:, ::2]))

    assert all(each.pooled is None for each in drawn.features)
    assert drawn.sides == ((28, 28), (26, 26))


def test_what_was_not_shown_is_not_drawn() -> None:
    """No probe, no digit, or a box that did not answer."""
    found = evidence()
    gone = ShownDigit(DIGIT, ShownLayers(problem="it ended itself"))

    assert maps_of(TrainingEvidence()) is None
    assert maps_of(TrainingEvidence(probe=found.probe)) is None
    assert maps_of(TrainingEvidence(probe=found.probe, digit=gone)) is None


def test_a_digit_is_given_as_the_images_were() -> None:
    """Scaled and shaped like what the model was trained on."""
    data = DataFacts(1, image_shape=(784,), black=-1.0, white=1.0)
    image = as_trained_on(np.array([[0, 255] * 14] * 28, np.uint8), data)

    assert image.shape == (1, 784)
    assert image.dtype == np.float32
    assert image[0, :3].tolist() == [-1.0, 1.0, -1.0]
