"""Fidelity: for the same seed on one thread, the remote run is plain Keras to the last digit.

Plain Keras runs in a process of its own, as a student would run it; the remote run goes the whole
way, from a box through a session to the trainer.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from grader.dataset import DatasetFolder
from grader.exercises import load_exercise
from grader.kinds.training.evidence import Ending
from grader.protocol import Raised, Returned
from grader.trainer import BoxedTrainer
from tests.runs import HEAD, TAIL, plain, remote

PROGRAMS = {
    "the lesson": """
    model = keras.Sequential([
        layers.Conv2D(64, (3, 3), activation="relu", input_shape=(28, 28, 1)),
        layers.MaxPooling2D(2, 2), layers.Flatten(),
        layers.Dense(128, activation="relu"), layers.Dense(10, activation="softmax")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit((x / 255.0).reshape(-1, 28, 28, 1), y, epochs=2, verbose=0)
""",
    "functional, dropout, one-hot, odd batches, unbuilt": """
    y = keras.utils.to_categorical(y, 10)
    inputs = keras.Input((28, 28, 1))
    h = layers.Conv2D(8, 5, strides=2, padding="same", activation="elu")(inputs)
    h = layers.MaxPool2D(3, strides=2, padding="same")(h)
    h = layers.Dropout(0.3)(layers.Flatten()(h))
    model = keras.Model(inputs, layers.Dense(10)(h))
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
                  keras.losses.CategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    history = model.fit(x.reshape(-1, 28, 28, 1) / 127.5 - 1, y, batch_size=48, epochs=2, verbose=0)
""",
    "no shuffling, bytes, a schedule, l2, normalisation": """
    model = keras.Sequential([
        layers.Reshape((28, 28, 1)), layers.Rescaling(1 / 255),
        layers.Conv2D(8, 3, activation="relu", kernel_regularizer="l2"),
        layers.MaxPooling2D(), layers.BatchNormalization(), layers.Flatten(),
        layers.Dense(10, activation="softmax")])
    rate = keras.optimizers.schedules.ExponentialDecay(0.01, 20, 0.9)
    model.compile(keras.optimizers.RMSprop(rate), "sparse_categorical_crossentropy",
                  metrics=["accuracy"])
    history = model.fit(x, y, epochs=2, shuffle=False, verbose=0)
""",
}


@pytest.mark.parametrize("body", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_the_remote_run_is_plain_keras_to_the_last_digit(
    body: str, trainer: BoxedTrainer, digits: DatasetFolder
) -> None:
    """Accuracies and losses are equal as floats, not nearly equal."""
    program = HEAD + body + TAIL
    evidence = remote(program, trainer, digits)
    expected = plain(program, digits)

    assert evidence.record is not None
    assert isinstance(evidence.outcome, Returned)

    logs = [epoch.logs for epoch in evidence.record.epochs]
    assert [log["accuracy"] for log in logs] == expected["accuracy"]
    assert [log["loss"] for log in logs] == expected["loss"]
    # Keras divides in float32, and the record counts.
    accuracies = [float(np.float32(epoch.accuracy)) for epoch in evidence.record.epochs]
    assert accuracies == expected["accuracy"]
    assert evidence.outcome.accuracy == expected["accuracy"][-1]


def test_the_same_request_gives_the_same_run_again(
    trainer: BoxedTrainer, digits: DatasetFolder
) -> None:
    """A trainer that has trained before trains no differently."""
    program = HEAD + PROGRAMS["the lesson"] + TAIL
    first, second = (remote(program, trainer, digits) for _ in range(2))

    assert first.record == second.record


CALLBACKS = """
    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                self.model.stop_training = True
    class Halve(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch:
                rate = self.model.optimizer.learning_rate
                self.model.optimizer.learning_rate = float(rate) / 2
    model = keras.Sequential([
        layers.Conv2D(4, 3, activation="relu", input_shape=(28, 28, 1)),
        layers.MaxPooling2D(2, 2), layers.Flatten(), layers.Dense(10, activation="softmax")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit((x / 255.0).reshape(-1, 28, 28, 1), y, epochs=EPOCHS, verbose=0,
                        callbacks=[Halve(), Stop()][:COUNT])
"""


def test_callbacks_stop_and_steer_the_trainer(trainer: BoxedTrainer, digits: DatasetFolder) -> None:
    """A learning rate that a callback changes, and a stop, act as they do in plain Keras."""
    program = HEAD + CALLBACKS.replace("EPOCHS", "6").replace("COUNT", "2") + TAIL
    evidence = remote(program, trainer, digits)
    expected = plain(program, digits)

    assert evidence.record is not None
    assert evidence.record.ending is Ending.STOPPED
    assert [epoch.logs["loss"] for epoch in evidence.record.epochs] == expected["loss"]


def test_what_never_ends_is_cut(trainer: BoxedTrainer, digits: DatasetFolder) -> None:
    """The trainer ends at the limit, and only what went on beyond it counts as cut."""
    program = HEAD + CALLBACKS.replace("COUNT", "1") + TAIL
    cut = remote(program.replace("EPOCHS", "9"), trainer, digits, max_epochs=3)
    done = remote(program.replace("EPOCHS", "3"), trainer, digits, max_epochs=3)

    assert cut.record is not None
    assert done.record is not None
    assert (len(cut.record.epochs), cut.record.ending) == (3, Ending.CUT)
    assert (len(done.record.epochs), done.record.ending) == (3, Ending.COMPLETED)


WRONG_MODELS = {
    "too few outputs": (
        'Dense(10, activation="softmax")',
        'Dense(5, activation="softmax")',
        "Received a label value of 9 which is outside the valid range of [0, 5).",
    ),
    "one number for ten columns": (
        "history = model",
        "y = keras.utils.to_categorical(y); history = model",
        "ValueError: Argument `output` must have rank (ndim) `target.ndim - 1`.",
    ),
}


@pytest.mark.parametrize(("old", "new", "words"), WRONG_MODELS.values(), ids=WRONG_MODELS.keys())
def test_what_keras_refuses_is_the_students_to_know(
    old: str, new: str, words: str, trainer: BoxedTrainer, digits: DatasetFolder
) -> None:
    """A model that does not fit its labels is a result in Keras's own words."""
    program = HEAD + PROGRAMS["the lesson"].replace(old, new) + TAIL
    evidence = remote(program, trainer, digits)

    assert evidence.record is not None
    assert evidence.record.ending is Ending.IMPOSSIBLE
    assert str(evidence.record.problem).startswith(words)
    assert isinstance(evidence.outcome, Raised)


def test_a_model_of_a_terabyte_is_weighed_and_not_built(
    trainer: BoxedTrainer, digits: DatasetFolder
) -> None:
    """A budget is counted in parameters, before memory is taken."""
    body = PROGRAMS["the lesson"].replace("layers.Dense(128, ", "layers.Dense(2000, ")
    evidence = remote(HEAD + body + TAIL, trainer, digits)

    assert evidence.record is not None
    assert "parameters, over the limit" in str(evidence.record.problem)


def test_own_weights_of_a_submission_are_for_a_human(
    trainer: BoxedTrainer, digits: DatasetFolder
) -> None:
    """Training starts from the seed, so that what was set before would be dropped in silence."""
    body = PROGRAMS["the lesson"]
    spoiled = body.replace(
        "    history =",
        "    model.set_weights([w * 0 + 7 for w in model.get_weights()])\n    history =",
    )
    honest, set_before = (remote(HEAD + text + TAIL, trainer, digits) for text in (body, spoiled))

    assert (honest.review, set_before.record) == (None, None)
    assert set_before.review
    assert "weights of a model were set before it was fitted" in set_before.review


def test_a_later_evaluation_sees_the_trained_weights(
    trainer: BoxedTrainer, digits: DatasetFolder
) -> None:
    """The submission's own model has the weights of the last epoch."""
    body = PROGRAMS["the lesson"].replace("return", "#")
    tail = """
    model.evaluate((x / 255.0).reshape(-1, 28, 28, 1), y, verbose=0)
    scores = model.predict((x / 255.0).reshape(-1, 28, 28, 1), verbose=0)
    return history.epoch, float((scores.argmax(1) == y).mean())
"""
    outcome = remote(HEAD + body + tail, trainer, digits).outcome

    assert isinstance(outcome, Returned)
    assert outcome.accuracy is not None
    assert outcome.accuracy > 0.6


def test_the_probe_agrees_with_the_reference(trainer: BoxedTrainer, digits: DatasetFolder) -> None:
    """Strides, padding and another activation are what the reference says they are."""
    exercise = load_exercise("mnist-conv")
    for body in PROGRAMS.values():
        evidence = remote(HEAD + body + TAIL, trainer, digits)
        for check in ("conv_output", "pool_output"):
            finding = exercise.checks[check](evidence, exercise.rubric)

            assert finding.status == "passed", finding

        broken = replace(evidence.probe, kernel=evidence.probe.kernel + 0.1)  # type: ignore[union-attr,type-var]
        other = replace(evidence, probe=broken, weights=())
        finding = exercise.checks["conv_output"](other, exercise.rubric)

        assert finding.status == "failed"


def test_the_engine_is_where_the_contract_says(tmp_path: Path) -> None:
    """Importing the worker's side imports no TensorFlow."""
    code = "import sys, grader.tasks, grader.cli; sys.exit('tensorflow' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=False).returncode == 0
