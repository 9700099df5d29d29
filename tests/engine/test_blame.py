"""Whose an error is: the student's, for a human, or a bug; looked at inside the engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.admission import admit
from grader.dataset import DatasetFolder
from grader.engine import budget, data, train
from grader.engine.blame import ImpossibleError
from grader.engine.build import check
from grader.engine.probe import probe
from grader.protocol import (
    ArraySpec,
    DataClaim,
    EpochEnded,
    Frame,
    Train,
    TrainingImpossible,
    TrainingRequest,
)
from tests.engine.line import Line
from tests.examples import layer, lesson_model, model, request
from tests.redteam.mutation import JSON, changed, effort

TABLE = np.linspace(0, 1, 256, dtype=np.float32)


@pytest.fixture
def mounted(digits: DatasetFolder, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put images where an engine looks for them."""
    monkeypatch.setattr(data, "MOUNT", digits.path)
    return digits.path


def broken(*_: Any) -> Any:
    """Fail as only our own code does."""
    raise MemoryError


def said_of(asked: TrainingRequest) -> tuple[Any, train.Engine]:
    """Train a request, and return the last thing said of it and the engine."""
    line = Line()
    engine = train.Engine(line, exact=True)  # type: ignore[arg-type] # a double of the channel
    arrays = (ArraySpec("float32", (256,)), ArraySpec("int32", (0,)))
    training = Train(asked, seed=1, max_epochs=1, target=0.0, measured_images=50, arrays=arrays)
    engine.train(Frame(training, TABLE.tobytes()))
    return line.said[-1], engine


def test_an_error_in_weighing_is_for_a_human(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keras has nothing against the model, so it is ours."""
    monkeypatch.setattr(budget, "weigh", broken)
    with pytest.raises(ImpossibleError) as caught:
        check(request(lesson_model()))

    assert caught.value.needs_review


def test_a_model_that_cannot_be_measured_is_trained_all_the_same(
    mounted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its epoch goes on record without what it knows, which is for a human."""
    monkeypatch.setattr(train, "known", broken)
    claim = DataClaim(count=64, in_order=True, image_shape=(28, 28, 1))
    ended, _ = said_of(request(lesson_model(), data=claim, epochs=1))

    assert mounted.exists()
    assert isinstance(ended, EpochEnded)
    assert ended.epoch.known is None


SMALL = model(
    layer("InputLayer", batch_shape=[None, 28, 28, 1], dtype="float32"),
    layer(
        "Conv2D", filters=2, kernel_size=[3, 3], strides=[2, 2], padding="valid", groups=1,
        dilation_rate=[1, 1], use_bias=True, activation="relu", kernel_initializer="he_normal",
        kernel_regularizer="l2", trainable=True, dtype="float32",
    ),
    layer("MaxPooling2D", pool_size=[2, 2], strides=None, padding="same"),
    layer("Flatten"),
    layer("Dense", units=10, activation="softmax", kernel_constraint=None, bias_initializer=None),
    loss_weights=None, weighted_metrics=[], run_eagerly=False, steps_per_execution=1,
)  # fmt: skip
ODD = st.sampled_from(
    [
        *(True, False, 0, 1, 2, -1, 1.0, 0.5, "same", "relu", "mse", "l1", "", None, [], {}, [1]),
        *([True, True], [2, 1], [1, 1, 1], {"a": 1}, {"a": "mse"}, "Adam", "he_uniform"),
    ]
)
CLAIM = DataClaim(count=64, in_order=True, image_shape=(28, 28, 1))


@settings(effort, max_examples=max(25, effort.max_examples // 20))
@given(document=changed(SMALL, ODD | JSON))
def test_an_odd_description_is_trained_or_refused_with_a_reason(
    mounted: Path, document: dict[str, Any]
) -> None:
    """Whatever Keras takes a value for, the engine has an answer, and so has the probe."""
    if not isinstance(document, dict):
        return
    asked = request(json.loads(json.dumps(document)), data=CLAIM, epochs=1)
    if admit(asked):
        return
    said, engine = said_of(asked)

    assert mounted.exists()
    if isinstance(said, TrainingImpossible):
        assert said.reason
    elif {"Conv2D", "MaxPooling2D"} <= {
        each["class_name"] for each in document["config"]["layers"]
    }:
        assert engine.model is not None
        assert msgspec.json.encode(probe(engine.model)[0])
