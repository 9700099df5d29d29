"""How many of the images that it was trained on a trained model knows.

The accuracy of an epoch is a mean over its steps, taken while the model changes. Whoever chooses
the order of the images can have it say anything: sorted by digit, the images of one digit follow
each other, and the next answer is always the last one. So the model that comes out of a training
is asked itself, image by image and in no order that anybody chose.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from grader.engine.data import TrainingData

_MOST_IMAGES = 5000
_BATCH = 250


def recall(model: keras.Model, data: TrainingData, seed: int) -> float:
    """Return the share of images, drawn from the training's own, that the model gets right.

    The better one of two ways to ask counts, because what a model has learned may be hidden by
    dropout in training, and by averages that have not settled yet in use.
    """
    drawn = np.random.default_rng(seed).permutation(len(data.images))[:_MOST_IMAGES]
    labels = data.labels[drawn]
    digits = labels.argmax(axis=-1) if labels.ndim == 2 and labels.shape[1] > 1 else labels
    images = data.table[data.images[drawn]]
    return max(
        _share(_answers(model, images, training=training), digits.reshape(-1))
        for training in (False, True)
    )


def _answers(model: keras.Model, images: Any, *, training: bool) -> Any:
    """Ask without a trace: averages and random states of the model stay what they are."""
    trainable = [variable.value for variable in model.trainable_variables]
    fixed = [variable.value for variable in model.non_trainable_variables]
    parts = []
    for start in range(0, len(images), _BATCH):
        outputs, _ = model.stateless_call(
            trainable, fixed, images[start : start + _BATCH], training=training
        )
        parts.append(keras.ops.convert_to_numpy(keras.tree.flatten(outputs)[0]))
    return np.concatenate(parts)


def _share(answers: Any, digits: Any) -> float:
    return float(np.mean(answers.argmax(axis=-1) == digits))
