"""The clock over a submission's own time: it runs while the worker waits for the box.

While the trainer trains, the box waits for the worker, and nothing is counted. So a submission that
sleeps has an end, and one whose training takes long is not hurried. What a box computes
meanwhile is for the CPU clock, which the watchdog keeps; it also ends a box for which the worker
waits while nothing in it computes.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from grader.protocol import Channel, Frame, PeerClosedError

MessageT = TypeVar("MessageT")


class TimedChannel(Channel[MessageT]):
    """The worker's end of the channel to a submission's box, with the clock."""

    def __init__(
        self,
        end: socket.socket,
        receives: Any,
        limit_s: float,
        on_closed: Callable[[], None],
    ) -> None:
        """Let the box have `limit_s` in all; call `on_closed` when it breaks off."""
        super().__init__(end, receives)
        self._limit_s = limit_s
        self._on_closed = on_closed
        self._spent_s = 0.0
        # The clock starts with the submission, and not with a box that gets ready for it.
        self._has_work = False
        self._waits_since_s: float | None = None

    @property
    def is_over(self) -> bool:
        """Whether the box has used up its time."""
        return self._spent_s >= self._limit_s

    @property
    def waits_since_s(self) -> float | None:
        """When the worker began to wait for the box, if it does now; of `time.monotonic`."""
        return self._waits_since_s

    def send(
        self, message: Any, blobs: Iterable[bytes | memoryview] = (), timeout_s: float | None = None
    ) -> None:
        """Send as a channel does; a peer that does not take it uses up its time."""
        self._has_work = True
        with self._clock():
            super().send(message, blobs, self._at_most(timeout_s))

    def receive(self, timeout_s: float | None = None) -> Frame[MessageT]:
        """Wait as a channel does, and no longer than the box has time left."""
        with self._clock():
            return super().receive(self._at_most(timeout_s))

    @contextmanager
    def _clock(self) -> Iterator[None]:
        began_s = time.monotonic()
        self._waits_since_s = began_s if self._has_work else None
        try:
            yield
        except PeerClosedError:
            self._on_closed()
            raise
        finally:
            self._waits_since_s = None
            if self._has_work:
                self._spent_s += time.monotonic() - began_s

    def _at_most(self, timeout_s: float | None) -> float | None:
        if not self._has_work:
            return timeout_s
        left_s = max(0.0, self._limit_s - self._spent_s)
        return left_s if timeout_s is None else min(timeout_s, left_s)
