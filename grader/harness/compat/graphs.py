"""TensorFlow 1's graphs and sessions.

Sessions and graphs were often set up and never used: configured, seeded, handed to Keras. That
much is answered, and eager execution stays on, for without it today's Keras does not work. Who
computes with a graph of his own does what the trainer cannot repeat.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable
from typing import Any, NoReturn, TypeAlias

import tensorflow as tf

from grader.harness.compat import names
from grader.harness.compat.notes import is_asked_by_submission, note

Undecidable: TypeAlias = Callable[[str], NoReturn]

_GRAPH_ONLY = (
    *("placeholder", "placeholder_with_default", "layers", "get_variable", "variable_scope"),
    *("estimator", "contrib"),
)
_SWITCHES = (
    *("disable_eager_execution", "disable_v2_behavior", "disable_v2_tensorshape"),
    *("disable_control_flow_v2", "disable_resource_variables", "enable_eager_execution"),
    *("enable_v2_behavior", "reset_default_graph"),
)
_INITIALIZERS = (
    *("global_variables_initializer", "local_variables_initializer", "tables_initializer"),
    "initialize_all_variables",
)
_REASON = "it computes with a TensorFlow 1 graph of its own"


def no_such_name(reason: str) -> NoReturn:
    """Raise what TensorFlow 2 raises for names of graphs."""
    raise AttributeError(f"{reason}, and TensorFlow 2 has none")


class _GraphOnly:
    """A name of TensorFlow 1 that means nothing without a graph; using it is not decidable.

    Keras builds graphs of its own with some of them, and gets what it asks for.
    """

    def __init__(self, name: str, real: Any, undecidable: Undecidable) -> None:
        self._name = name
        self._real = real
        self._undecidable = undecidable

    def __call__(self, *args: Any, **options: Any) -> Any:
        if is_asked_by_submission():
            self._undecidable(f"{_REASON}: {self._name}")
        return self._real(*args, **options)

    def __getattr__(self, name: str) -> Any:
        if is_asked_by_submission() and not name.startswith("__"):
            self._undecidable(f"{_REASON}: {self._name}.{name}")
        return getattr(self._real, name)


class _Graph:
    """A graph that is set up and never filled."""

    def as_default(self) -> Any:
        """Stay where eager execution works."""
        return contextlib.nullcontext(self)

    def finalize(self) -> None:
        """Do nothing."""

    def get_operations(self) -> list[Any]:
        """Return what a graph that is never filled holds."""
        return []


class _Initialised:
    """What initialises all variables: Keras's are initialised when they are made."""


def install(undecidable: Undecidable) -> None:
    """Answer what was set up around graphs; call `undecidable` where a graph would compute."""
    session = _session_class(undecidable)
    _answer("Session", session, "tf.compat.v1.Session")
    _answer("InteractiveSession", session, "tf.compat.v1.Session")
    _answer("get_default_graph", _default_graph, "an empty graph")
    for name in _SWITCHES:
        _answer(name, _switch(name))
    for name in _INITIALIZERS:
        _answer(name, _initialiser(name))
    for name in _GRAPH_ONLY:
        real = getattr(tf.compat.v1, name, None)
        graph_only = _GraphOnly(f"tf.{name}", real, undecidable)
        setattr(tf.compat.v1, name, graph_only)
        if not hasattr(tf, name):
            setattr(tf, name, graph_only)
    _replace_graph()


def _session_class(undecidable: Undecidable) -> type[Any]:
    class Session(tf.compat.v1.Session):  # type: ignore[misc] # TensorFlow has no types
        """A session that leaves eager execution on."""

        def __enter__(self) -> Any:
            return self

        def __exit__(self, *_: object) -> None:
            self.close()

        @property
        def graph(self) -> Any:
            return _Graph()

        def as_default(self) -> Any:
            return contextlib.nullcontext(self)

        def run(self, fetches: Any, *args: Any, **options: Any) -> None:
            every = fetches if isinstance(fetches, list | tuple) else [fetches]
            if args or options or not all(isinstance(one, _Initialised) for one in every):
                undecidable(f"{_REASON}: Session.run")

    return Session


def _answer(name: str, value: Any, words: str = "") -> None:
    real = getattr(tf.compat.v1, name, None)

    @functools.wraps(value, updated=())
    def for_submission(*args: Any, **options: Any) -> Any:
        asked = value if real is None or is_asked_by_submission() else real
        return asked(*args, **options)

    # A class stays one, because it is asked for its kind as well; only submissions use them.
    setattr(tf.compat.v1, name, value if isinstance(value, type) else for_submission)
    names.answer(name, value, words)


def _default_graph() -> _Graph:
    return _Graph()


def _switch(name: str) -> Callable[..., None]:
    def leave_eager_execution_on(*_args: Any, **_options: Any) -> None:
        note(f"tf.compat.v1.{name} was left out: eager execution stays on, as Keras needs it")

    return leave_eager_execution_on


def _initialiser(name: str) -> Callable[..., _Initialised]:
    def initialiser(*_args: Any, **_options: Any) -> _Initialised:
        note(f"tf.{name} is a TensorFlow 1 name: Keras initialises its variables itself")
        return _Initialised()

    return initialiser


def _replace_graph() -> None:
    real = tf.Graph

    class Graph(real):  # type: ignore[misc,valid-type] # TensorFlow has no types
        """A graph that the submission can set up, and that does not end eager execution."""

        def as_default(self) -> Any:
            if not is_asked_by_submission():
                return super().as_default()
            note("tf.Graph().as_default() was left out: eager execution stays on")
            return contextlib.nullcontext(self)

    tf.Graph = Graph
    tf.compat.v1.Graph = Graph
