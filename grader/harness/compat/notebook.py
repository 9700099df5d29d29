"""Notebooks: `get_ipython`, `display`, and an `IPython` package whose commands do nothing.

A notebook exported as a script says `get_ipython().run_line_magic('time', 'model.fit(...)')`.
What such a command only shows or installs is left out; the Python that it times still runs.
"""

from __future__ import annotations

import builtins
import re
import sys
from types import FrameType, ModuleType
from typing import Any, NoReturn

from grader.harness.compat import modules
from grader.harness.compat.notes import note

_PYTHON_LINES = frozenset({"time", "timeit", "prun"})
_PYTHON_CELLS = _PYTHON_LINES | {"capture"}
_PACKAGES = {
    "IPython": (),
    "IPython.core": (),
    "IPython.core.display": ("display", "HTML", "Image", "Markdown", "SVG", "clear_output"),
    "IPython.core.interactiveshell": ("InteractiveShell",),
    "IPython.display": (
        *("Audio", "HTML", "IFrame", "Image", "Javascript", "Latex", "Markdown", "Math"),
        *("SVG", "Video", "YouTubeVideo", "clear_output", "display"),
    ),
}


class _Nothing:
    """Answers everything that is asked of it, and does nothing."""

    def __call__(self, *_args: Any, **_options: Any) -> None:
        return None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Nothing()


class _Shell(_Nothing):
    """What `get_ipython()` answers: runs the Python of a magic command, and nothing else."""

    def run_line_magic(self, magic_name: str, line: str = "", *_: Any) -> None:
        """Run the statement of `%time` and its like."""
        if magic_name in _PYTHON_LINES:
            _run(line, sys._getframe(1))  # noqa: SLF001 - runs in the caller's names

    def run_cell_magic(self, magic_name: str, line: str = "", cell: str = "", *_: Any) -> None:
        """Run the body of `%%time` and its like."""
        del line
        if magic_name in _PYTHON_CELLS:
            _run(cell, sys._getframe(1))  # noqa: SLF001 - runs in the caller's names

    def magic(self, line: str) -> None:
        """Run the statement of an old spelling of `%time`."""
        name, _, statement = line.partition(" ")
        if name in _PYTHON_LINES:
            _run(statement, sys._getframe(1))  # noqa: SLF001 - runs in the caller's names

    def getoutput(self, *_args: Any, **_options: Any) -> list[str]:
        """Return the lines that a command which was not run has printed."""
        return []


def notebook_names() -> dict[str, Any]:
    """Return the names that a notebook finds without importing them."""
    return {"get_ipython": _get_ipython, "display": _display}


def install() -> None:
    """Answer imports of IPython, and make `input()` say why there is no answer."""
    builtins.input = _no_keyboard
    for name, contents in _PACKAGES.items():
        module = ModuleType(name)
        module.__dict__.update({"__path__": [], **{each: _Nothing() for each in contents}})
        modules.stand_in(name, module)
        if "display" in contents:
            module.__dict__["display"] = _display
        if name == "IPython":
            # matplotlib asks an IPython that is there for its version.
            module.__dict__.update({"version_info": (9, 0), "get_ipython": _get_ipython})


def _run(source: str, frame: FrameType) -> None:
    statement = re.sub(r"^\s*(-\w\s*\d*\s+)+", "", source)
    exec(compile(statement, "<magic>", "exec"), frame.f_globals, frame.f_locals)  # noqa: S102


def _get_ipython() -> _Shell:
    note("get_ipython() belongs to notebooks; its commands were left out")
    return _Shell()


def _display(*values: Any, **_options: Any) -> None:
    for value in values:
        print(value)  # noqa: T201 - as a notebook shows it


def _no_keyboard(prompt: object = "") -> NoReturn:
    del prompt
    raise EOFError("input() was called, but nobody can type in anything while a file is graded")
