"""Builds and compiles what a training request describes, or says why Keras cannot."""

from __future__ import annotations

from collections import Counter
from typing import Any

import keras

from grader.admission import admit, layers_of, uncompiled
from grader.engine import budget
from grader.engine.blame import ImpossibleError, blaming_nobody, blaming_the_model
from grader.engine.fused import fused
from grader.engine.gradients import use_faster_gradients
from grader.engine.measure import OwnAccuracy
from grader.protocol import TrainingRequest

_PROBED = ("Conv2D", "MaxPooling2D")


def check(request: TrainingRequest) -> budget.Price:
    """Admit a request once more, on this side of the boundary, and return what its model costs.

    Raises:
        ImpossibleError: It must not be built.
    """
    refusal = admit(request)
    if refusal is not None:
        raise ImpossibleError(refusal.reason, needs_review=refusal.needs_review)
    shape = request.data.image_shape
    with blaming_nobody("the trainer cannot tell what this model costs"):
        try:
            price = budget.weigh(request.model, shape)
        except ImpossibleError:
            raise
        except Exception:
            _let_keras_refuse(request.model, shape)
            raise
    too_much = budget.excess(price, request.batch_size)
    if too_much:
        raise ImpossibleError(f"the model has {too_much}")
    return price


def _let_keras_refuse(document: dict[str, Any], image_shape: tuple[int, ...]) -> None:
    """Ask Keras itself for what weighing failed at: what it refuses, too, is the student's.

    Nothing bounds what was not weighed but the memory of the box.
    """
    model = _revived(document)
    with blaming_the_model():
        model(keras.KerasTensor((None, *image_shape)))


def build(request: TrainingRequest, *, exact: bool) -> keras.Model:
    """Build the model of a request and compile it.

    An `exact` model has Keras's own optimizer and gradients, else it gets faster ones where there
    are any.

    Raises:
        ImpossibleError: Not all that is described is used, or Keras does not read its own words.
    """
    described = Counter(layer.class_name for layer in layers_of(request.model))
    model = _revived(request.model)
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


def _revived(document: dict[str, Any]) -> keras.Model:
    with blaming_nobody("the trainer cannot build this model from its description"):
        return keras.saving.deserialize_keras_object(uncompiled(document))


def compile_as_asked(model: keras.Model, request: TrainingRequest, *, exact: bool) -> None:
    """Compile `model` as the request says, with an accuracy of ours before its metrics.

    Ours comes first and so has its name to itself, whatever the submission calls its own.
    """
    compiled = request.model["compile_config"]
    with blaming_nobody("the trainer cannot compile this model as it is described"):
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
