"""How a model is asked about images."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.dataset import DatasetFolder
from grader.engine import data
from grader.engine.data import TrainingData
from grader.engine.measure import Question, known


class Asked:
    """A model that is always wrong, and keeps how many images it was asked about."""

    trainable_variables = non_trainable_variables = ()

    def __init__(self) -> None:
        """Begin with no question."""
        self.batches: list[int] = []

    def stateless_call(self, _: Any, __: Any, pixels: Any, *, training: bool) -> Any:
        """Answer."""
        self.batches += [len(pixels)] if training else []
        return np.eye(11)[np.full(len(pixels), 10)], None


@pytest.mark.parametrize("images", [1, 250, 251, 256, 1000])
def test_no_batch_is_a_rest(
    images: int, digits: DatasetFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who normalises by the batch, asked as in training, is not asked about six images alone."""
    monkeypatch.setattr(data, "MOUNT", digits.path)
    model: Any = Asked()
    shown = TrainingData(
        np.zeros((images, 28, 28, 1), np.uint8), np.zeros(images), np.zeros(256, np.float32)
    )
    found = known(model, shown, Question(np.ones(images, np.bool_), images, 1.0, 1))

    assert found.images == found.trained == sum(model.batches) == images
    assert max(model.batches) <= 250
    assert max(model.batches) - min(model.batches) <= 1
