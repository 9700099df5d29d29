"""A heartbeat: what must be said again and again while something else goes on."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from grader.errors import LeaseLostError, ServiceError

logger = logging.getLogger(__name__)


@contextmanager
def beating(every_s: float, beat: Callable[[], None]) -> Iterator[None]:
    """Call `beat` from a thread every so many seconds while the body runs.

    A lost lease ends the beating; a service that is away for a moment does not, because a lease
    outlives a few missed beats.
    """
    done = threading.Event()

    def go_on() -> None:
        while not done.wait(every_s):
            try:
                beat()
            except LeaseLostError:
                return
            except ServiceError as error:
                logger.warning("%s", error)

    thread = threading.Thread(target=go_on, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
