"""Builds and compiles what a training request describes, or says why Keras cannot."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import tensorflow as tf

from grader.admission import admit
from grader.engine import budget
from grader.protocol import TrainingRequest

OWN_ACCURACY = "grader_accuracy"


class ImpossibleError(Exception):
    """Raised when the request cannot be trained and the reason is the student's to know."""


@contextmanager
def blaming_the_model() -> Iterator[None]:
    """Turn what Keras says inside into the student's result; only Keras may run inside."""
    try:
        yield
    except tf.errors.ResourceExhaustedError:
        raise
    except Exception as error:
        raise ImpossibleError(own_words(error)) from error


def own_words(error: Exception) -> str:
    """Return what Keras or TensorFlow says, without the files and lines that surround it."""
    text = str(error)
    in_graph = re.search(r"\n([^\n]+)\n[ \t]*\[\[\{\{node", text)
    in_trace = re.search(r"\n    (\w+(?:Error|Exception): .*)", text, re.DOTALL)
    found = in_graph or in_trace
    words = found[1] if found else f"{type(error).__name__}: {text}"
    return " ".join(words.split())


def check(request: TrainingRequest) -> None:
    """Admit a request once more, on this side of the boundary, and weigh its model.

    Raises:
        ImpossibleError: It must not be built.
    """
    refusal = admit(request)
    if refusal is not None:
        raise ImpossibleError(refusal.reason)
    with blaming_the_model():
        too_much = budget.excess(request.model, request.batch_size)
    if too_much:
        raise ImpossibleError(f"the model has {too_much}")


def build(request: TrainingRequest) -> keras.Model:
    """Build the model of a request and compile it."""
    document = {**request.model, "compile_config": None}
    model = keras.saving.deserialize_keras_object(document)
    compile_as_asked(model, request)
    return model


def compile_as_asked(model: keras.Model, request: TrainingRequest) -> None:
    """Compile `model` as the request says, with an accuracy of ours beside its metrics."""
    compiled = request.model["compile_config"]
    asked = {
        name: keras.saving.deserialize_keras_object(compiled.get(name))
        for name in ("optimizer", "loss", "metrics", "weighted_metrics")
    }
    model.compile(
        optimizer=asked["optimizer"],
        loss=asked["loss"],
        loss_weights=compiled.get("loss_weights"),
        # Ours beside theirs, because a submission may call anything "accuracy".
        metrics=[*_as_list(asked["metrics"]), _own_accuracy(one_hot=request.data.one_hot)],
        weighted_metrics=asked["weighted_metrics"],
    )


def set_learning_rate(model: keras.Model, request: TrainingRequest) -> None:
    """Set the rate that the submission's optimizer has by now; a schedule goes on by itself."""
    optimizer = request.model["compile_config"]["optimizer"]
    rate = optimizer["config"].get("learning_rate") if isinstance(optimizer, dict) else None
    if isinstance(rate, float):
        model.optimizer.learning_rate = rate


def _own_accuracy(*, one_hot: bool) -> keras.metrics.Metric:
    if one_hot:
        return keras.metrics.CategoricalAccuracy(name=OWN_ACCURACY)
    return keras.metrics.SparseCategoricalAccuracy(name=OWN_ACCURACY)


def _as_list(metrics: Any) -> list[Any]:
    """Return metrics however they were given: one, a list, or a list or dict for each output."""
    return [metric for metric in keras.tree.flatten(metrics) if metric is not None]
