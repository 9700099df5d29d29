"""What the trainer cannot repeat is left to a human with the reason: no guess, and no zero."""

from __future__ import annotations

import pytest

from grader.dataset import DatasetFolder
from grader.grading import Grader
from grader.kinds import Boxes
from grader.model.report import Verdict
from grader.sandbox import Limits, start_trainer
from grader.trainer import BoxedTrainer
from tests.conftest import require
from tests.graders import boxes_on, graded_source, training_grader

PROGRAM = """
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

class Odd(keras.Model):
    def __init__(self, thing):
        super().__init__()
        self.last = layers.Dense(10)
    def call(self, x):
        return self.last(layers.Flatten()(x))

class Own(layers.Dense):
    pass

def train_mnist_conv():
    (x, y), _ = keras.datasets.mnist.load_data()
    x = x[:1000].reshape(-1, 28, 28, 1) / 255.0
    y = y[:1000]
    def model(last=None, loss="sparse_categorical_crossentropy"):
        model = keras.Sequential([
            layers.Conv2D(4, 3, input_shape=(28, 28, 1)), layers.MaxPooling2D(),
            layers.Flatten(), last or layers.Dense(10, activation="softmax")])
        model.compile("adam", loss, metrics=["accuracy"])
        return model
    odd = Odd(object())
    odd.compile("adam", "sparse_categorical_crossentropy")
    FIT
"""
AUGMENTED = """whole = tf.data.Dataset.from_tensor_slices((x, y))
    altered = whole.map(lambda a, b: (tf.image.random_flip_left_right(a), b))
    model().fit(altered.batch(32))"""
TAPE = """m = model()
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(m(x[:9]))
    gradients = tape.gradient(loss, m.trainable_variables)
    """
OPTIMIZER = "keras.optimizers.SGD().apply_gradients(zip(gradients, m.trainable_variables))"
BY_HAND = "for v, g in zip(m.trainable_variables, gradients): v.assign_sub(0.01 * g)"
HIDDEN = """try:
        model().train_on_batch(x, y)
    except BaseException:
        pass"""
CASES = {
    "own layer": ("model(Own(10)).fit(x, y)", "'Own'"),
    "own loss": ("model(loss=lambda a, b: tf.reduce_mean(b)).fit(x, y)", ""),
    "own model": ("odd.fit(x, y)", "Odd"),
    "generator": ("model().fit(iter([(x, y)]))", "not arrays"),
    "a pipeline that alters images": (AUGMENTED, "altered at random"),
    "own loop": ("model().train_on_batch(x, y)", "train_on_batch"),
    "own loop with an optimizer": (TAPE + OPTIMIZER, 'loop of its own" (line 32)'),
    "own loop without an optimizer": (TAPE + BY_HAND, "tf.GradientTape"),
    "one that is hidden": (HIDDEN, "train_on_batch"),
    "weights of classes": ("model().fit(x, y, class_weight={0: 2.0})", "class_weight"),
}


@pytest.fixture(scope="module")
def boxes(digits: DatasetFolder) -> Boxes:
    """Return boxes on a few digits."""
    return boxes_on(digits)


@pytest.fixture(scope="module")
def grader(digits: DatasetFolder, boxes: Boxes) -> Grader:
    """Return a grader whose trainer must never be needed."""
    require("bwrap")
    trainer = BoxedTrainer(lambda: start_trainer(digits.path, Limits(), 1))
    return training_grader(trainer, boxes)


@pytest.mark.parametrize(("fit", "words"), CASES.values(), ids=CASES.keys())
def test_it_is_left_to_a_human_with_the_reason(grader: Grader, fit: str, words: str) -> None:
    """The verdict is a question, the reason is named, and nothing was trained."""
    report = graded_source(grader, PROGRAM.replace("FIT", fit))

    assert report.verdict is Verdict.NEEDS_REVIEW, report.checks
    assert words in report.notes[0]
    assert report.training.epochs == ()
    assert all(check.status != "failed" for check in report.checks)


def test_the_boxes_of_a_closed_grader_are_gone(grader: Grader, boxes: Boxes) -> None:
    """Closing ends the warm box; a second close does nothing."""
    waiting = boxes._waiting
    grader.close()
    grader.close()

    assert waiting is not None
    assert waiting._process.poll() is not None
