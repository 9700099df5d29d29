"""From a program to its verdict: which fit is graded, and when a second seed is tried."""

from __future__ import annotations

from typing import Any

import pytest

from grader.dataset import DatasetFolder
from grader.exercises import load_exercise
from grader.model.report import Report
from grader.trainer import BoxedTrainer
from tests.graders import LESSON, asking, boxes_on, graded_source, training_grader
from tests.runs import HEAD, TAIL

MODEL = """
    x = (x / 255.0).reshape(-1, 28, 28, 1)
    def build(*more):
        model = keras.Sequential([
            layers.Conv2D(8, 3, activation="relu", input_shape=(28, 28, 1)), *more,
            layers.MaxPooling2D(2, 2), layers.Flatten(), layers.Dense(10, activation="softmax")])
        model.compile(optimizer="adam", loss="sparse_categorical_crossentropy",
                      metrics=["accuracy"])
        return model
"""


def grade(program: str, trainer: BoxedTrainer, digits: DatasetFolder, **target: Any) -> Report:
    """Grade a program against a small target."""
    asked = {"min_images": 1000, "accuracy": 0.7, "max_epochs": 3} | target
    boxes = boxes_on(digits)
    grader = training_grader(trainer, boxes, asking(load_exercise(LESSON), **asked))
    try:
        return graded_source(grader, program)
    finally:
        boxes.close()


def failed(report: Report) -> list[str]:
    """Return the checks that failed."""
    return [check.id for check in report.checks if check.status == "failed"]


def test_a_model_that_fails_a_gate_does_not_hide_the_one_that_counts(
    trainer: BoxedTrainer, digits: DatasetFolder
) -> None:
    """A first try on too few images and with two convolutions is not what is graded."""
    body = """
    first = build(layers.Conv2D(8, 3)).fit(x[:100], y[:100], epochs=20, verbose=0)
    assert first.epoch == list(range(20))
    history = build().fit(x, y, epochs=2, verbose=0)
"""
    report = grade(HEAD + MODEL + body + TAIL, trainer, digits)

    assert "one_conv" not in failed(report)
    assert len(report.training.epochs) == 2


def test_a_returned_model_that_fails_a_gate_is_graded(
    trainer: BoxedTrainer, digits: DatasetFolder
) -> None:
    """A program that returns the history of two convolutions is told so, whatever it fits later."""
    body = """
    history = build(layers.Conv2D(8, 3)).fit(x, y, epochs=2, verbose=0)
    build().fit(x, y, epochs=1, verbose=0)
"""
    report = grade(HEAD + MODEL + body + TAIL, trainer, digits)

    assert failed(report) == ["one_conv"]


def test_validation_images_may_be_weighted(trainer: BoxedTrainer, digits: DatasetFolder) -> None:
    """Fits that are rehearsed and fits that count measure on them, as plain Keras does."""
    body = """
    held_back = (x[:50], y[:50], np.ones(50))
    first = build(layers.Conv2D(8, 3)).fit(x, y, epochs=2, validation_data=held_back, verbose=0)
    history = build().fit(x, y, epochs=2, validation_data=held_back, verbose=0)
    assert len(first.history["val_loss"]) == len(history.history["val_loss"]) == 2
"""
    report = grade(HEAD + MODEL + body + TAIL, trainer, digits)

    assert "interface" not in failed(report)
    assert len(report.training.epochs) == 2


@pytest.mark.parametrize("gap", [0.0005, 0.01])
def test_a_second_seed_is_tried_only_where_luck_decides(
    gap: float, trainer: BoxedTrainer, digits: DatasetFolder
) -> None:
    """Falling short by a hair is worth a second run, the better one counts, and it is said."""
    program = (
        HEAD + MODEL + "    history = build().fit(x, y, epochs=2, verbose=0, shuffle=True)\n" + TAIL
    )
    first = grade(program, trainer, digits)
    best = max(epoch.accuracy for epoch in first.training.epochs)
    second = grade(program, trainer, digits, accuracy=best + gap)
    again = grade(program, trainer, digits, accuracy=best + gap)
    notes = [note for note in second.notes if "with seed 2" in note]

    assert len(notes) == (1 if gap < 0.001 else 0)
    assert max(epoch.accuracy for epoch in second.training.epochs) >= best
    assert (second.checks, second.training, second.notes) == (
        again.checks,
        again.training,
        again.notes,
    )


def test_an_order_that_gives_answers_away_is_left_to_a_human(
    trainer: BoxedTrainer, digits: DatasetFolder
) -> None:
    """Sorted by digit, the next answer is the last one: the model itself knows next to nothing."""
    body = """
    order = np.argsort(y, kind="stable")
    model = build()
    model.compile(keras.optimizers.SGD(0.5), "sparse_categorical_crossentropy", ["accuracy"])
    history = model.fit(x[order], y[order], batch_size=1, shuffle=False, epochs=1, verbose=0)
"""
    report = grade(HEAD + MODEL + body + TAIL, trainer, digits, accuracy=0.9, max_epochs=1)

    assert report.verdict == "needs_review"
    assert any("training images right" in note for note in report.notes), report


def test_an_order_of_ones_own_is_trained_like_any_other(
    trainer: BoxedTrainer, digits: DatasetFolder
) -> None:
    """Who deals the images by hand, and lets nobody deal them again, passes."""
    body = """
    order = np.random.default_rng(0).permutation(len(x))
    history = build().fit(x[order], y[order], shuffle=False, epochs=3, verbose=0)
"""
    report = grade(HEAD + MODEL + body + TAIL, trainer, digits)

    assert report.verdict != "needs_review"
    assert "reaches_target" not in failed(report)
