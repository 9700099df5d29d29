"""What is measured of a training: its running accuracy, and what the trained model then knows.

The accuracy of an epoch is a mean over its steps, taken while the model changes. Whoever chooses
the images or their order can have it say anything: sorted by digit, the images of one digit follow
each other, and the next answer is always the last one; after one honest epoch, the images that the
model is surest of make a perfect second one. So where that mean reaches the target, the model
itself is asked, image by image, about all training images: those that its fits have used, and
those that were left out.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import keras
import numpy as np
from numpy.typing import NDArray

from grader.engine.data import TrainingData, training_set
from grader.protocol import Known

OWN_ACCURACY = "grader_accuracy"
_MOST_BATCH = 250
# Asking takes no more memory than this many values between layers, which training needs as well.
_MOST_ACTIVATIONS = 50_000_000


class OwnAccuracy(keras.metrics.MeanMetricWrapper):  # type: ignore[misc] # Keras has no types
    """Keras's accuracy for the labels at hand: ten columns, or a number each.

    Keras chooses by the first labels that a model sees and stays with that, so that a column after
    one-hot labels would be compared with the answer 0, always.
    """

    def __init__(self) -> None:
        """Have a name that no metric of a submission gets, since this one comes first."""
        super().__init__(_is_right, name=OWN_ACCURACY, dtype="float32")


def _is_right(labels: Any, answers: Any) -> Any:
    one_hot = len(labels.shape) == 2 and labels.shape[1] not in (None, 1)
    metric = (
        keras.metrics.categorical_accuracy if one_hot else keras.metrics.sparse_categorical_accuracy
    )
    return metric(labels, answers)


class Question(NamedTuple):
    """Which images a model is asked about, and how well it has to know them.

    Attributes:
        trained: Which of the training images any of its fits have used; they come first.
        most_images: How many to ask about.
        enough: Share of those it was trained on, from 0 to 1, from which the first answer is taken.
        activations: Values between its layers for one image.
    """

    trained: NDArray[np.bool_]
    most_images: int
    enough: float
    activations: int


def known(model: keras.Model, data: TrainingData, asked: Question) -> Known:
    """Ask the model, as an epoch left it, about images in the form of its last fit's `data`.

    Where the answers are not good enough, it is asked as in training as well, and the better ones
    count: what it has learned may be hidden by averages that have not settled yet.
    """
    chosen = (np.flatnonzero(asked.trained), np.flatnonzero(~asked.trained))
    rows = np.concatenate(chosen)[: asked.most_images]
    count = min(len(chosen[0]), len(rows))
    batch = max(1, min(_MOST_BATCH, _MOST_ACTIVATIONS // max(1, asked.activations)))
    right = _right(model, data, rows, batch, training=False)
    if right[:count].sum() < asked.enough * count:
        otherwise = _right(model, data, rows, batch, training=True)
        right = max(right, otherwise, key=lambda answers: int(answers[:count].sum()))
    return Known(
        images=len(rows),
        right=int(right.sum()),
        trained=count,
        trained_right=int(right[:count].sum()),
    )


def _right(
    model: keras.Model, data: TrainingData, rows: Any, batch: int, *, training: bool
) -> NDArray[np.bool_]:
    """Ask without a trace: averages and random states of the model stay what they are."""
    images, digits = training_set()
    trainable = [variable.value for variable in model.trainable_variables]
    fixed = [variable.value for variable in model.non_trainable_variables]
    shape, parts = data.images.shape[1:], []
    # Equal parts: a small rest would be normalised by its few images.
    for part in np.array_split(rows, math.ceil(len(rows) / batch)):
        pixels = data.table[images[part]].reshape(-1, *shape)
        outputs, _ = model.stateless_call(trainable, fixed, pixels, training=training)
        answers = keras.ops.convert_to_numpy(keras.tree.flatten(outputs)[0])
        parts.append(answers.argmax(axis=-1).reshape(len(part), -1)[:, 0] == digits[part])
    return np.concatenate(parts)
