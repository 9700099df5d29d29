"""What layers are given: activations and initializers of TensorFlow, and old arguments.

`tf.nn.relu` and Keras's `relu` compute the same, but only Keras's own can be described to the
trainer. So where Keras looks up what it was given, it finds its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import keras.src.activations
import keras.src.initializers
import keras.src.losses.loss
import tensorflow as tf

from grader.harness.compat import modules
from grader.harness.compat.notes import note_spelling

_ACTIVATIONS = (
    *("elu", "gelu", "leaky_relu", "log_softmax", "relu", "relu6", "selu", "sigmoid", "silu"),
    *("softmax", "softplus", "softsign", "swish", "tanh"),
)
_INITIALIZERS = (
    *("Constant", "GlorotNormal", "GlorotUniform", "Ones", "Orthogonal", "RandomNormal"),
    *("RandomUniform", "TruncatedNormal", "VarianceScaling", "Zeros"),
)
_LEFT_OUT = ("fused", "virtual_batch_size", "adjustment")


def install() -> None:
    """Let Keras find its own activation or initializer for TensorFlow's."""
    _replace("activations", _own_activation(keras.src.activations.get))
    _replace("initializers", _own_initializer(keras.src.initializers.get))
    init = keras.layers.Layer.__init__

    def with_todays_arguments(layer: Any, **options: Any) -> None:
        shape = options.pop("batch_input_shape", None)
        if shape is not None:
            note_spelling("batch_input_shape= is an old argument; it was read as input_shape=")
            options["input_shape"] = tuple(shape)[1:]
        for name in _LEFT_OUT:
            if name in options:
                note_spelling(f"{name}= is an old argument of BatchNormalization; it was left out")
                del options[name]
        init(layer, **options)

    keras.layers.Layer.__init__ = with_todays_arguments
    for name in ("input", "output"):
        setattr(keras.Sequential, name, property(_tensor_of(f"{name}s")))
    _accept_old_reduction()


def _tensor_of(name: str) -> Callable[[Any], Any]:
    """Answer `model.input` of a Sequential, which Keras 2 knew once it was built."""

    def tensor(model: Any) -> Any:
        tensors = getattr(model, name)
        if tensors is None:
            raise AttributeError(f"The model has no {name} before it is built.")
        return tensors[0] if isinstance(tensors, list) and len(tensors) == 1 else tensors

    return tensor


def _replace(place: str, get: Callable[[Any], Any]) -> None:
    getattr(keras.src, place).get = get
    for name, module in modules.public_modules().items():
        if modules.relative(name) == place:
            module.__dict__["get"] = get


def _own_activation(get: Callable[[Any], Any]) -> Callable[[Any], Any]:
    of_tensorflow = {
        id(getattr(place, name)): getattr(keras.activations, name)
        for place in (tf.nn, tf.math, tf)
        for name in _ACTIVATIONS
        if hasattr(place, name)
    }
    as_layers: dict[type[Any], tuple[dict[str, Any], str]] = {
        keras.layers.ReLU: ({"max_value": None, "negative_slope": 0.0, "threshold": 0.0}, "relu"),
        keras.layers.Softmax: ({"axis": -1}, "softmax"),
        keras.layers.ELU: ({"alpha": 1.0}, "elu"),
    }

    def own(identifier: Any) -> Any:
        plain, name = as_layers.get(type(identifier), ({}, ""))
        if name and all(identifier.get_config()[key] == value for key, value in plain.items()):
            return getattr(keras.activations, name)
        return get(of_tensorflow.get(id(identifier), identifier))

    return own


def _own_initializer(get: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def own(identifier: Any) -> Any:
        kind = identifier if isinstance(identifier, type) else type(identifier)
        if not kind.__module__.startswith("tensorflow.") or kind.__name__ not in _INITIALIZERS:
            return get(identifier)
        today = getattr(keras.initializers, kind.__name__)
        if isinstance(identifier, type):
            return today()
        options = {
            name: value for name, value in identifier.get_config().items() if name != "dtype"
        }
        return today(**options)

    return own


def _accept_old_reduction() -> None:
    losses = keras.src.losses.loss
    standardize = losses.standardize_reduction

    def of_today(reduction: Any) -> Any:
        if reduction == "auto":
            note_spelling(
                "reduction='auto' is an old spelling; it was read as 'sum_over_batch_size'"
            )
            reduction = "sum_over_batch_size"
        return standardize(reduction)

    losses.standardize_reduction = of_today
