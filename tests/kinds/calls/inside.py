"""Boxes of the kind `calls` as threads of this process: a program, or a peer that says anything."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np

from grader.exercises import load_exercise
from grader.grading.grade import Judge
from grader.harness import calls
from grader.kinds import Boxes, Task
from grader.kinds.calls import CallsEvidence, CallsKind, Planned
from grader.model.source import SourceFacts
from grader.model.submission import Submission
from grader.preflight import read_source
from grader.protocol import (
    Channel,
    FromSandbox,
    Loaded,
    LoadSubmission,
    PeerClosedError,
    Raised,
    ToSandbox,
)

Peer = Callable[[socket.socket], Any]
EXERCISE = load_exercise("image-filtering")
NAMES = EXERCISE.rubric.names
IMAGE = np.arange(12).reshape(3, 4)
BYTES = np.arange(6, dtype=np.uint8).reshape(2, 3)
PLAN = (
    Planned("convolve", "whole numbers", (IMAGE, np.eye(3))),
    Planned("max_pool", "whole numbers", (IMAGE,)),
    Planned("convolve", "bytes", (BYTES, np.eye(3)), (0.5,)),
    Planned("max_pool", "bytes", (BYTES,)),
)
BOTH = """
def convolve(image, filter, weight=1):
    return image * weight

def max_pool(image):
    return image[::2, ::2]
"""


class Inside:
    """What a kind sees of a box; `peer` is run at its other end."""

    def __init__(self, peer: Peer, excess: str | None = None) -> None:
        """Start the peer."""
        ours, theirs = socket.socketpair()
        self.channel: Channel[FromSandbox] = Channel(ours, FromSandbox)
        self.excess = excess
        self.share_s: int | None = None
        self._thread = threading.Thread(target=_served, args=(peer, theirs), daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        """Return the box itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the box."""
        self.close()

    def wait_ready(self) -> None:
        """Be ready at once."""

    def begin_share(self, share_s: int | None = None) -> None:
        """Remember what a submission may take."""
        self.share_s = share_s

    def close(self) -> None:
        """Hang up, and wait for the peer."""
        self.channel.close()
        self._thread.join(10)


def _served(peer: Peer, end: socket.socket) -> None:
    # The worker hangs up, or the peer itself does.
    with end, contextlib.suppress(PeerClosedError, OSError):
        peer(end)


def program(end: socket.socket) -> None:
    """Load what is sent and serve its functions, as the harness does; `hang_up()` ends it all."""
    channel: Channel[ToSandbox] = Channel(end, ToSandbox)
    load = channel.receive(10).message
    assert isinstance(load, LoadSubmission)
    names: dict[str, Any] = {"hang_up": lambda: end.shutdown(socket.SHUT_RDWR)}
    raised = None
    try:
        exec(load.source, names)  # noqa: S102 - of our own
    except Exception as error:  # noqa: BLE001 - as the harness does
        raised = Raised(type(error).__name__, str(error), "import", line=2)
    missing = tuple(name for name in load.names if not callable(names.get(name)))
    channel.send(Loaded(raised=raised, missing=missing, shims=("a shim",)))
    calls.serve(channel, names, lambda error: Raised(type(error).__name__, str(error), "call"))


def observed(
    source: str = BOTH,
    *peers: Peer,
    excess: str | None = None,
    plan: Sequence[Planned] = PLAN,
    boxes: list[Inside] | None = None,
) -> CallsEvidence:
    """Have the kind observe a source; the first boxes are `peers`, all others load and serve it."""
    waiting = [*peers]

    def start() -> Any:
        box = Inside(waiting.pop(0) if waiting else program, excess)
        if boxes is not None:
            boxes.append(box)
        return box

    kind = CallsKind(Boxes(start), _Reader(), {}, seed=3)  # type: ignore[arg-type] # a double
    submission = Submission(
        id="1",
        exercise=EXERCISE.rubric.exercise,
        student="ada",
        file="solution.py",
        source=source.encode(),
    )
    task = Task(submission, EXERCISE.rubric, "", lambda _rng, _pictures: plan)
    try:
        return kind.observe(task, Judge(EXERCISE), lambda _: None)
    finally:
        kind.close()


class _Reader:
    def read(self, source: bytes, names: tuple[str, ...], file: str) -> SourceFacts:
        """Read in this process."""
        return read_source(source, names, file)

    def close(self) -> None:
        """Have nothing to end."""
