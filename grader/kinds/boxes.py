"""Warm boxes: the next one imports TensorFlow while this one works. A box is used once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from grader.protocol import FromSandbox
from grader.sandbox import Box


class Boxes:
    """Keeps one box waiting."""

    def __init__(self, start: Callable[[], Box[FromSandbox]]) -> None:
        """Use `start` to get a fresh box."""
        self._start = start
        self._waiting: Box[FromSandbox] | None = None

    def prepare(self) -> None:
        """Start the next box without waiting for it."""
        if self._waiting is None:
            self._waiting = self._start()

    @contextmanager
    def take(self) -> Iterator[Box[FromSandbox]]:
        """Give a box that is ready, prepare the next, and close this one at the end.

        Raises:
            SandboxError: No box can be started.
        """
        self.prepare()
        box, self._waiting = self._waiting, None
        if box is None:  # never: prepare has just set it
            raise AssertionError
        with box:
            box.wait_ready()
            self.prepare()
            yield box

    def close(self) -> None:
        """Close the waiting box."""
        if self._waiting is not None:
            self._waiting.close()
            self._waiting = None
