"""Builds and compiles what a training request describes, or says why Keras cannot."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import tensorflow as tf

from grader.admission import admit, layers_of
from grader.engine import budget
from grader.engine.fused import fused
from grader.engine.gradients import use_faster_gradients
from grader.engine.measure import OwnAccuracy
from grader.protocol import TrainingRequest

_PROBED = ("Conv2D", "MaxPooling2D")
_TOO_LARGE = "training it takes more memory than the trainer has"


class ImpossibleError(Exception):
    """Raised when the request cannot be trained and the reason is the student's to know."""


@contextmanager
def blaming_the_model() -> Iterator[None]:
    """Turn what Keras says inside into the student's result; only Keras may run inside."""
    try:
        yield
    except (tf.errors.ResourceExhaustedError, MemoryError) as error:
        # Its memory is the trainer's limit and not the machine's, so another try would end alike.
        raise ImpossibleError(_TOO_LARGE) from error
    except Exception as error:
        raise ImpossibleError(own_words(error)) from error


@contextmanager
def blaming_its_size() -> Iterator[None]:
    """Turn a lack of memory inside into the student's result, and nothing else."""
    try:
        yield
    except MemoryError as error:
        raise ImpossibleError(_TOO_LARGE) from error


def own_words(error: Exception) -> str:
    """Return what Keras or TensorFlow says, without the files and lines that surround it."""
    text = str(error)
    in_graph = re.search(r"\n([^\n]+)\n[ \t]*\[\[\{\{node", text)
    in_trace = re.search(r"\n    (\w+(?:Error|Exception): .*)", text, re.DOTALL)
    found = in_graph or in_trace
    words = found[1] if found else f"{type(error).__name__}: {text}"
    return " ".join(words.split())


def check(request: TrainingRequest) -> budget.Price:
    """Admit a request once more, on this side of the boundary, and return what its model costs.

    Raises:
        ImpossibleError: It must not be built.
    """
    refusal = admit(request)
    if refusal is not None:
        raise ImpossibleError(refusal.reason)
    with blaming_the_model():
        shape = request.data.image_shape
        price = budget.weigh(request.model, shape)
    too_much = budget.excess(price, request.batch_size)
    if too_much:
        raise ImpossibleError(f"the model has {too_much}")
    return price


def build(request: TrainingRequest, *, exact: bool) -> keras.Model:
    """Build the model of a request and compile it.

    An `exact` model has Keras's own optimizer and gradients, else it gets faster ones where there
    are any.
    """
    document = {**request.model, "compile_config": None}
    described = Counter(layer.class_name for layer in layers_of(document))
    model = keras.saving.deserialize_keras_object(document)
    built = Counter(
        type(layer).__name__
        for layer in model._flatten_layers(include_self=False)  # noqa: SLF001 - nested models too
    )
    for name in _PROBED:
        if described[name] != built[name]:
            raise ImpossibleError(
                f"the model is described with {described[name]} {name}, but uses {built[name]}"
            )
    if not exact:
        use_faster_gradients(model)
    compile_as_asked(model, request, exact=exact)
    return model


def compile_as_asked(model: keras.Model, request: TrainingRequest, *, exact: bool) -> None:
    """Compile `model` as the request says, with an accuracy of ours before its metrics.

    Ours comes first and so has its name to itself, whatever the submission calls its own.
    """
    compiled = request.model["compile_config"]
    asked = {
        name: keras.saving.deserialize_keras_object(compiled.get(name))
        for name in ("optimizer", "loss", "metrics", "weighted_metrics")
    }
    optimizer = keras.optimizers.get(asked["optimizer"])
    model.compile(
        optimizer=optimizer if exact else fused(optimizer),
        loss=asked["loss"],
        loss_weights=compiled.get("loss_weights"),
        # Ours beside theirs, because a submission may call anything "accuracy".
        metrics=[OwnAccuracy(), *_as_list(asked["metrics"])],
        weighted_metrics=asked["weighted_metrics"],
    )


def set_learning_rate(model: keras.Model, request: TrainingRequest) -> None:
    """Set the rate that the submission's optimizer has by now; a schedule goes on by itself."""
    optimizer = request.model["compile_config"]["optimizer"]
    rate = optimizer["config"].get("learning_rate") if isinstance(optimizer, dict) else None
    if isinstance(rate, float):
        model.optimizer.learning_rate = rate


def _as_list(metrics: Any) -> list[Any]:
    """Return metrics however they were given: one, a list, or a list or dict for each output."""
    return [metric for metric in keras.tree.flatten(metrics) if metric is not None]
