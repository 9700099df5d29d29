"""The notes: one sentence for each shim that the submission used.

A shim stands in the way of TensorFlow, Keras and other libraries too, so who asked is read off
the stack: the nearest code that is neither ours nor the import system's.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType

used: list[str] = []

_PASSED_OVER = ("grader.harness.compat", "importlib", "contextlib", "functools")
_LIBRARIES = tuple(
    str(path)
    for path in (
        Path(sys.prefix),
        Path(sys.prefix).resolve(),
        Path(sys.base_prefix) / "lib",
        Path(sys.base_prefix).resolve() / "lib",
        Path(__file__).resolve().parents[2],
    )
)


def note(text: str) -> None:
    """Note a shim, unless it is noted already or the submission did not ask for it."""
    if is_asked_by_submission():
        note_spelling(text)


def note_spelling(text: str) -> None:
    """Note an old spelling that Keras passes on but never uses itself, whoever asked."""
    if text not in used:
        used.append(text)


def is_asked_by_submission() -> bool:
    """Whether the nearest code on the stack that is not a shim is the submission's."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the only way to the callers
    while frame is not None and _is_passed_over(frame):
        frame = frame.f_back
    return frame is not None and not frame.f_code.co_filename.startswith(_LIBRARIES)


def _is_passed_over(frame: FrameType) -> bool:
    module = str(frame.f_globals.get("__name__", ""))
    return module.startswith(_PASSED_OVER) or frame.f_code.co_filename.startswith("<frozen")
