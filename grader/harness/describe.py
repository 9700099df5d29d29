"""Describes a compiled model as plain JSON: Keras's own description, completed where it forgets."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import FunctionType, ModuleType
from typing import Any

import keras
import msgspec
import numpy as np

from grader.protocol import MAX_DOCUMENT_BYTES

_MOST_MEANS = 16
# Beside it, a message holds little else.
_MOST_BYTES = MAX_DOCUMENT_BYTES - (1 << 19)


class IndescribableError(Exception):
    """Raised when a model is not made of built-in parts of Keras alone."""


def described(model: keras.Model) -> dict[str, Any]:
    """Return Keras's description of `model` with the statistics that `adapt` has found.

    Raises:
        IndescribableError: A part of the model describes itself in no way that Keras could read.
    """
    adapted = {layer.name: layer for layer in _adapted(model)}
    try:
        whole = {
            **keras.saving.serialize_keras_object(model),
            "compile_config": _compiled(model),
        }
        document: dict[str, Any] = msgspec.to_builtins(whole, str_keys=True, enc_hook=_builtin)
    # Whatever a class of the submission raises here, it is a class of the submission.
    except Exception as error:
        raise IndescribableError(str(error)) from error
    if len(msgspec.json.encode(document)) > _MOST_BYTES:
        raise IndescribableError(f"its description takes over {_MOST_BYTES:,} bytes")
    for config in _configs(document, "Normalization"):
        layer = adapted.get(config.get("name", ""))
        if layer is not None:
            config["mean"] = _numbers(layer.adapt_mean)
            config["variance"] = _numbers(layer.adapt_variance)
    return document


def _compiled(model: keras.Model) -> dict[str, Any] | None:
    """Return how `model` is compiled, with Keras's own functions by the names that it has for them.

    Keras describes any function by its name alone, so that one of the submission's might be meant.
    """
    compiled = model.get_compile_config()
    if not compiled:
        return None
    given = model._compile_config.config  # noqa: SLF001 - the same, as it was given
    for key in ("loss", "metrics", "weighted_metrics"):
        home = keras.losses if key == "loss" else keras.metrics
        compiled[key] = keras.saving.serialize_keras_object(_named(given.get(key), home))
    return dict(compiled)


def _named(given: Any, home: ModuleType) -> Any:
    if isinstance(given, dict):
        return {key: _named(child, home) for key, child in given.items()}
    if isinstance(given, list | tuple):
        return [_named(child, home) for child in given]
    if not isinstance(given, FunctionType) or not given.__module__.startswith("keras."):
        _check_options(given)
        return given
    name = given.__name__
    return name if getattr(home, name, None) is given else given


def _check_options(given: Any) -> None:
    """Refuse a loss or a metric with an option that Keras leaves out of its description."""
    options = getattr(given, "_fn_kwargs", None)
    if not options:
        return
    parameters = inspect.signature(type(given)).parameters
    for name, value in options.items():
        default = parameters[name].default if name in parameters else value
        if value != default and name not in given.get_config():
            raise IndescribableError(f"{type(given).__name__} does not describe its {name}")


def _builtin(value: Any) -> Any:
    """Return a number of NumPy's, which metrics keep, as one of Python's."""
    if isinstance(value, np.generic):
        return value.item()
    raise NotImplementedError


def variables_of(model: keras.Model) -> list[Any]:
    """List the weights that a model built from `described(model)` has, in Keras's order.

    What `adapt` found is a weight in the submission's model and a constant in the description.
    """
    constants = {id(weight) for layer in _adapted(model) for weight in layer.weights}
    return [weight for weight in model.weights if id(weight) not in constants]


def _adapted(model: keras.Model) -> Iterator[Any]:
    for layer in model._flatten_layers(include_self=False):  # noqa: SLF001 - nested models too
        is_own = isinstance(layer, keras.layers.Normalization) and layer.input_mean is None
        if is_own and layer.built and bool(np.any(layer.count) or np.any(layer.adapt_mean)):
            yield layer


def _numbers(variable: Any) -> float | list[float]:
    values = np.asarray(variable, np.float64)
    if values.size > _MOST_MEANS:
        raise IndescribableError(f"a Normalization layer holds {values.size} means")
    numbers: float | list[float] = values.tolist()
    return numbers


def _configs(node: Any, class_name: str) -> Iterator[dict[str, Any]]:
    """Find the configurations of a class's objects, wherever they stand."""
    if isinstance(node, dict):
        if node.get("class_name") == class_name and isinstance(node.get("config"), dict):
            yield node["config"]
        for child in node.values():
            yield from _configs(child, class_name)
    elif isinstance(node, list):
        for child in node:
            yield from _configs(child, class_name)
