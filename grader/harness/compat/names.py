"""Old names in modules that still exist: `tf.ConfigProto`, `K.set_session`, `optimizers.adam`.

A module's `__getattr__` is asked only for what it does not have, so nothing that exists today
is ever hidden, and nothing that only Keras touches makes a note.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from grader.harness.compat import modules
from grader.harness.compat.notes import note

_IN_V1 = frozenset(
    {
        *("ConfigProto", "GPUOptions", "OptimizerOptions", "GraphOptions", "RunOptions"),
        *("logging", "set_random_seed", "gfile", "app", "flags", "to_float", "to_int32"),
        *("to_int64", "log", "trainable_variables", "global_variables", "random_normal"),
        *("random_uniform", "truncated_normal"),
    }
)
_INITIALIZERS = {
    "glorot_normal_initializer": "GlorotNormal",
    "glorot_uniform_initializer": "GlorotUniform",
    "orthogonal_initializer": "Orthogonal",
    "truncated_normal_initializer": "TruncatedNormal",
    "variance_scaling_initializer": "VarianceScaling",
}
_IN_PYTHON = {"float": float, "int": int, "object": object, "str": str, "complex": complex}
_OPTIMIZERS = ("Adadelta", "Adagrad", "Adam", "Adamax", "Ftrl", "Nadam", "RMSprop", "SGD")


def _nothing(*_args: Any, **_options: Any) -> None:
    """Do nothing, where the old name set up what needs no setting up today."""


def _session() -> Any:
    # Looked up at the call: another shim puts its own class there.
    return tf.compat.v1.Session()


def _old_data_format(*, spelling: dict[str, str]) -> str:
    return spelling[keras.config.image_data_format()]


def _set_old_data_format(name: str) -> None:
    keras.config.set_image_data_format({"tf": "channels_last", "th": "channels_first"}[name])


_OLD_BACKEND: dict[str, Callable[..., Any]] = {
    "set_session": _nothing,
    "get_session": _session,
    "set_learning_phase": _nothing,
    "learning_phase": lambda: 0,
    "manual_variable_initialization": _nothing,
    "image_dim_ordering": partial(
        _old_data_format, spelling={"channels_last": "tf", "channels_first": "th"}
    ),
    "set_image_dim_ordering": _set_old_data_format,
    "_get_available_gpus": list,
}


def _set_value(variable: Any, value: Any) -> None:
    note("backend.set_value is an old name; it was answered by variable.assign")
    variable.assign(value)


def _get_value(variable: Any) -> Any:
    note("backend.get_value is an old name; it was answered by the variable's numbers")
    return np.asarray(variable)[()]


# These exist in `tf.keras` and take no variable of today's Keras.
_REPLACED_BACKEND = {"set_value": _set_value, "get_value": _get_value}
_OLD_UTILS: dict[str, Callable[..., Any]] = {"multi_gpu_model": lambda model, *_, **__: model}
_OLD_FUNCTIONS = {"backend": _OLD_BACKEND, "utils": _OLD_UTILS}
_answers: dict[str, tuple[Any, str]] = {}


def install() -> None:
    """Let TensorFlow and Keras answer the old names."""
    np.__getattr__ = partial(_of_numpy, otherwise=np.__getattr__)  # type: ignore[method-assign]
    tf.__getattr__ = _of_tensorflow
    tf.random.__getattr__ = _of_random
    answer("python", importlib.import_module("tensorflow.python"))
    for name, module in modules.public_modules().items():
        module.__dict__["__getattr__"] = partial(_of_keras, name)
        if modules.relative(name) == "backend":
            module.__dict__.update(_REPLACED_BACKEND)
        if modules.relative(name) == "optimizers.legacy":
            # What is there raises an error that advises another package.
            for optimizer in _OPTIMIZERS:
                module.__dict__.pop(optimizer, None)


def _of_numpy(name: str, otherwise: Callable[[str], Any]) -> Any:
    if name not in _IN_PYTHON:
        return otherwise(name)
    note(f"np.{name} is an old name; it was answered by Python's {name}")
    return _IN_PYTHON[name]


def answer(name: str, value: Any, words: str = "") -> None:
    """Answer the missing `tf.<name>` with a value, which makes its own note or has `words`."""
    _answers[name] = (value, words)


def _of_tensorflow(name: str) -> Any:
    if name in _answers:
        value, words = _answers[name]
        if words:
            note(f"tf.{name} is a TensorFlow 1 name; it was answered by {words}")
        return value
    if name in _IN_V1:
        note(f"tf.{name} is a TensorFlow 1 name; it was answered by tf.compat.v1.{name}")
        return getattr(tf.compat.v1, name)
    if name in _INITIALIZERS:
        today = _INITIALIZERS[name]
        note(f"tf.{name} is a TensorFlow 1 name; it was answered by keras.initializers.{today}")
        return getattr(keras.initializers, today)
    raise AttributeError(f"module 'tensorflow' has no attribute '{name}'")


def _of_random(name: str) -> Any:
    if name != "set_random_seed":
        raise AttributeError(f"module 'tensorflow.random' has no attribute '{name}'")
    note("tf.random.set_random_seed is a TensorFlow 1 name; it was answered by tf.random.set_seed")
    return tf.random.set_seed


def _of_keras(module: str, name: str) -> Any:
    if not name.startswith("__"):
        place = modules.relative(module)
        for found in (_optimizer, _function, _other_module, _of_tf_keras):
            answer = found(module, place, name)
            if answer is not None:
                return answer
    raise AttributeError(f"module '{module}' has no attribute '{name}'")


def _optimizer(module: str, place: str, name: str) -> Any:
    today = {optimizer.lower(): optimizer for optimizer in _OPTIMIZERS}.get(name.lower())
    lower_case = place == "optimizers" and name.islower()
    if today is None or not (lower_case or place == "optimizers.legacy"):
        return None
    note(f"{module}.{name} is an old name; it was answered by keras.optimizers.{today}")
    return getattr(keras.optimizers, today)


def _function(module: str, place: str, name: str) -> Any:
    function = _OLD_FUNCTIONS.get(place, {}).get(name)
    if function is not None:
        note(f"{module}.{name} is an old name of Keras; it was answered")
    return function


def _other_module(module: str, place: str, name: str) -> ModuleType | None:
    del place
    full = f"{module}.{name}"
    return importlib.import_module(full) if modules.moved(full) else None


def _of_tf_keras(module: str, place: str, name: str) -> Any:
    """Look in `tf.keras`, which has kept more of Keras 2 than `keras` has."""
    if module.startswith("tensorflow."):
        return None
    public = f"tensorflow.keras.{place}".rstrip(".")
    answer = vars(sys.modules[public]).get(name) if public in sys.modules else None
    if answer is not None:
        note(f"{module}.{name} is an old name; it was answered by {public}.{name}")
    return answer
