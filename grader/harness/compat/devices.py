"""Graphics cards: the grader has none, and what sets one up must neither fail nor decide.

Programs for Colab refuse to start without a graphics card, or take the first of an empty list.
They are told of a card that does not exist, and everything that is asked of it is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from grader.harness.compat.notes import is_asked_by_submission, note

_CARD = "/device:GPU:0"
_SETTINGS = (
    *("set_memory_growth", "set_visible_devices", "set_virtual_device_configuration"),
    *("set_logical_device_configuration", "run_functions_eagerly", "set_soft_device_placement"),
    *("experimental_run_functions_eagerly", "experimental_connect_to_cluster"),
)
_READINGS = {"get_memory_growth": True, "get_device_details": {}, "get_memory_info": {}}
_THREADS = ("set_intra_op_parallelism_threads", "set_inter_op_parallelism_threads")


def install() -> None:
    """Answer what asks for a graphics card; leave out what sets one up."""
    physical = [tf.config.PhysicalDevice("/physical_device:GPU:0", "GPU")]
    logical = [tf.config.LogicalDevice(_CARD, "GPU")]
    for place in (tf.config, tf.config.experimental):
        _list(place, "list_physical_devices", physical)
        _list(place, "list_logical_devices", logical)
        for name in _SETTINGS:
            _leave_out(place, name, f"tf.config.{name}", None)
        for name, value in _READINGS.items():
            _leave_out(place, name, f"tf.config.{name}", value)
    for name in _THREADS:
        _leave_out(tf.config.threading, name, f"tf.config.threading.{name}", None)
    _leave_out(tf.debugging, "set_log_device_placement", "tf.debugging.set_log_device_placement")
    for place in (tf.test, tf.compat.v1.test):
        _say(place, "gpu_device_name", _CARD)
        for name in ("is_gpu_available", "is_built_with_cuda", "is_built_with_gpu_support"):
            _say(place, name, True)
    for place in (tf, tf.compat.v1):
        place.device = _on_processor(place.device)


def _list(place: Any, name: str, cards: list[Any]) -> None:
    real = getattr(place, name, None)
    if real is None:
        return

    def listed(device_type: str | None = None) -> Any:
        if device_type != "GPU" or not is_asked_by_submission():
            return real(device_type)
        note(f"tf.config.{name}('GPU') named a graphics card that the grader does not have")
        return list(cards)

    setattr(place, name, listed)


def _leave_out(place: Any, name: str, shown: str, value: Any = None) -> None:
    real = getattr(place, name, None)
    if real is None:
        return

    def left_out(*args: Any, **options: Any) -> Any:
        if not is_asked_by_submission():
            return real(*args, **options)
        note(f"{shown} was left out: the grader decides on which processor a file runs")
        return value

    setattr(place, name, left_out)


def _say(place: Any, name: str, value: Any) -> None:
    real = getattr(place, name)

    def said(*args: Any, **options: Any) -> Any:
        if not is_asked_by_submission():
            return real(*args, **options)
        note(f"tf.test.{name} was answered {value!r}, though the grader has no graphics card")
        return value

    setattr(place, name, said)


def _on_processor(device: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def on(device_name: Any) -> Any:
        names_card = isinstance(device_name, str) and "gpu" in device_name.lower()
        if names_card and is_asked_by_submission():
            note(f"tf.device('{device_name}') was answered by the processor")
            return device("/CPU:0")
        return device(device_name)

    return on
