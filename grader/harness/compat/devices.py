"""Graphics cards: a box is a machine with one processor and no card, whatever it is asked.

Who is told of a card by one answer and of none by another takes half precision, or a layout that
the processor cannot compute. So every answer is that of a machine without one, also those of a
TensorFlow that was built for cards. A program that cannot do without is for `needs_card` to find.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from grader.harness.compat.notes import is_asked_by_submission, note

_SETTINGS = (
    *("set_memory_growth", "set_visible_devices", "set_virtual_device_configuration"),
    *("set_logical_device_configuration", "run_functions_eagerly", "set_soft_device_placement"),
    *("experimental_run_functions_eagerly", "experimental_connect_to_cluster"),
)
# A TensorFlow that was built for cards says so, and programs take it for one that has one.
_BUILT = ("is_built_with_cuda", "is_built_with_gpu_support", "is_built_with_rocm")
# How programs end that find no card.
_ENDS = (AssertionError, IndexError, OSError, RuntimeError, SystemError, SystemExit)
_asked: list[str] = []
_THREADS = ("set_intra_op_parallelism_threads", "set_inter_op_parallelism_threads")


def install() -> None:
    """Note who asks for a graphics card; leave out what sets one up."""
    for place in (tf.config, tf.config.experimental):
        for name in ("list_physical_devices", "list_logical_devices"):
            _listen(place, name, f"tf.config.{name}")
        for name in _SETTINGS:
            _leave_out(place, name, f"tf.config.{name}")
    for name in _THREADS:
        _leave_out(tf.config.threading, name, f"tf.config.threading.{name}")
    _leave_out(tf.debugging, "set_log_device_placement", "tf.debugging.set_log_device_placement")
    for place in (tf.test, tf.compat.v1.test):
        for name in ("gpu_device_name", "is_gpu_available"):
            _listen(place, name, f"tf.test.{name}")
        for name in _BUILT:
            _say(place, name, value=False)
    build = tf.sysconfig.get_build_info
    tf.sysconfig.get_build_info = lambda: _without_cards(build())
    for place in (tf, tf.compat.v1):
        place.device = _on_processor(place.device)


def needs_card(error: BaseException) -> bool:
    """Whether a program that has asked for a card may have ended because there is none."""
    return bool(_asked) and isinstance(error, _ENDS)


def forget_questions() -> None:
    """Forget who has asked: what comes next stands for itself."""
    _asked.clear()


def _listen(place: Any, name: str, shown: str) -> None:
    real = getattr(place, name, None)
    if real is None:
        return

    def heard(*args: Any, **options: Any) -> Any:
        kinds = (*args, *options.values())
        about_cards = place not in (tf.config, tf.config.experimental) or "GPU" in map(str, kinds)
        if about_cards and is_asked_by_submission():
            _asked.append(shown)
            note(f"{shown} found no graphics card: the grader has none")
        return real(*args, **options)

    setattr(place, name, heard)


def _without_cards(build: Any) -> dict[str, Any]:
    kept = {name: value for name, value in dict(build).items() if not name.startswith("cu")}
    return {**kept, "is_cuda_build": False, "is_rocm_build": False}


def _leave_out(place: Any, name: str, shown: str) -> None:
    real = getattr(place, name, None)
    if real is None:
        return

    def left_out(*args: Any, **options: Any) -> Any:
        if not is_asked_by_submission():
            return real(*args, **options)
        note(f"{shown} was left out: the grader decides on which processor a file runs")
        return None

    setattr(place, name, left_out)


def _say(place: Any, name: str, *, value: bool) -> None:
    real = getattr(place, name, None)
    if real is None:
        return

    def said(*args: Any, **options: Any) -> Any:
        if not is_asked_by_submission():
            return real(*args, **options)
        _asked.append(name)
        note(f"tf.test.{name} is {value}: the grader has no graphics card")
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
