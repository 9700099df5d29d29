"""Methods of models: what `compile` is given, and `fit_generator` with its relatives.

A built-in loss or metric may be given as a function. Keras describes a function as custom code,
so `compile` is handed its name instead, which Keras turns into the same function.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras.src.callbacks.monitor_callback import MonitorCallback
from keras.src.trainers.trainer import Trainer

from grader.harness.compat.notes import note

_QUEUE = ("max_queue_size", "max_q_size", "workers", "use_multiprocessing", "pickle_safe")


def install() -> None:
    """Let models answer old methods, and `compile` understand what Keras cannot describe."""
    for name, today in (
        ("fit_generator", "fit"),
        ("evaluate_generator", "evaluate"),
        ("predict_generator", "predict"),
    ):
        setattr(keras.Model, name, _of_a_generator(name, today))
    keras.Model.predict_classes = _predict_classes
    keras.Model.predict_proba = _predict_proba
    keras.Model.metrics_names = property(_metrics_names)
    MonitorCallback._set_monitor_op = _knowing_old_names(MonitorCallback._set_monitor_op)  # noqa: SLF001
    # Not in the place of Model's: Keras takes a model with a compile of its own for a custom one.
    Trainer.compile = _describable(Trainer.compile)


def _knowing_old_names(set_monitor_op: Callable[..., None]) -> Callable[..., None]:
    """Let `monitor="acc"` be understood where the metric is compiled as "accuracy"."""

    @functools.wraps(set_monitor_op)
    def known(callback: Any) -> None:
        is_accuracy = callback.monitor.removeprefix("val_") in ("acc", "accuracy")
        if is_accuracy and callback.mode not in ("min", "max"):
            callback.mode = "max"
        set_monitor_op(callback)

    return known


def _describable(compile_model: Callable[..., Any]) -> Callable[..., Any]:
    signature = inspect.signature(compile_model)

    @functools.wraps(compile_model)
    def described(model: Any, *args: Any, **options: Any) -> Any:
        try:
            bound = signature.bind(model, *args, **options)
        except TypeError:
            return compile_model(model, *args, **options)
        given = bound.arguments
        if _is_names(given.get("loss_weights")) and "metrics" not in given:
            note("compile was given metrics in the third place, as in Keras 2")
            given["metrics"] = given.pop("loss_weights")
        if "loss" in given:
            given["loss"] = _named(given["loss"], keras.losses)
        for name in ("metrics", "weighted_metrics"):
            if isinstance(given.get(name), str):
                note(f"{name}= was given one name; it was read as a list of it")
                given[name] = [given[name]]
            if name in given:
                given[name] = _named(given[name], keras.metrics)
        return compile_model(*bound.args, **bound.kwargs)

    return described


def _is_names(given: Any) -> bool:
    return isinstance(given, list) and bool(given) and all(isinstance(each, str) for each in given)


def _named(given: Any, place: Any) -> Any:
    """Replace built-in functions by their names, and built-in classes by objects of them."""
    if isinstance(given, dict):
        return {key: _named(value, place) for key, value in given.items()}
    if isinstance(given, list | tuple):
        return [_named(value, place) for value in given]
    name = getattr(given, "__name__", None)
    if isinstance(given, type) and given.__module__.startswith("keras."):
        return given()
    if inspect.isfunction(given) and _is_found(name, given, place):
        return name
    return given


def _is_found(name: Any, function: Any, place: Any) -> bool:
    try:
        found = place.get(name)
    except ValueError:
        return False
    # By name, a metric is an object around the function.
    return found is function or getattr(found, "_fn", None) is function


def _of_a_generator(name: str, today: str) -> Callable[..., Any]:
    def method(model: Any, generator: Any, *args: Any, **options: Any) -> Any:
        note(f"model.{name} is an old name; it was answered by model.{today}")
        # In the old order of arguments the steps came first.
        steps = "steps_per_epoch" if today == "fit" else "steps"
        more = ("epochs", "verbose", "callbacks", "validation_data", "validation_steps")
        order = (steps, *(more if today == "fit" else ("callbacks",)))
        options = {**dict(zip(order, args, strict=False)), **options}
        for left_out in _QUEUE:
            options.pop(left_out, None)
        # Looked up at the moment of the call, because `fit` is replaced after this module.
        return getattr(model, today)(generator, **options)

    return method


def _predict_classes(model: Any, x: Any, batch_size: Any = None, verbose: Any = 0) -> Any:
    note("model.predict_classes is an old name; it was answered by the argmax of model.predict")
    scores = model.predict(x, batch_size=batch_size, verbose=verbose)
    return scores.argmax(axis=-1) if scores.shape[-1] > 1 else (scores > 0.5).astype(np.int32)


def _predict_proba(model: Any, x: Any, batch_size: Any = None, verbose: Any = 0) -> Any:
    note("model.predict_proba is an old name; it was answered by model.predict")
    return model.predict(x, batch_size=batch_size, verbose=verbose)


def _metrics_names(model: Any) -> list[str]:
    note("model.metrics_names no longer names each metric; it was answered as in TensorFlow 1")
    config = model.get_compile_config() if model.compiled else None
    metrics = (config or {}).get("metrics") or []
    return ["loss", *(_name_of(metric) for metric in metrics)]


def _name_of(metric: Any) -> str:
    if isinstance(metric, dict):
        return str(metric.get("config", {}).get("name", "metric"))
    return str(metric)
