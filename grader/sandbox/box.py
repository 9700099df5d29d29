"""A box as the worker holds it: a process tree, a channel, and the tail of what it printed."""

from __future__ import annotations

import collections
import contextlib
import socket
import threading
from pathlib import Path
from typing import Any, Generic, Self, TypeVar

from grader import processes
from grader.errors import SandboxError
from grader.protocol import (
    Channel,
    FromSandbox,
    FromTrainer,
    ProtocolError,
    Ready,
)
from grader.sandbox.jail import jailed
from grader.sandbox.limits import ControlGroup, Limits, Watchdog

_START_S = 120.0
_OUTPUT_PARTS = 64
_PART_BYTES = 1024
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}

MessageT = TypeVar("MessageT")


class Box(Generic[MessageT]):
    """One running jail. Use it once, and close it: then nothing of it is left."""

    def __init__(self, argv_of: Any, receives: Any, limits: Limits) -> None:
        """Start the command that `argv_of(fd)` gives, with a channel on `fd`.

        Raises:
            SandboxError: The command cannot be started.
        """
        self._limits = limits
        ours, theirs = socket.socketpair()
        self.channel: Channel[MessageT] = Channel(ours, receives)
        self._group = ControlGroup.make(limits)
        try:
            self._process = processes.start_piped(
                self._group.joined(argv_of(theirs.fileno())),
                env=_ENVIRONMENT,
                pass_fds=(theirs.fileno(),),
            )
        except OSError as error:
            ours.close()
            self._group.remove()
            raise SandboxError(f"cannot start bubblewrap: {error}") from error
        finally:
            theirs.close()
        self._output: collections.deque[bytes] = collections.deque(maxlen=_OUTPUT_PARTS)
        self._drain = threading.Thread(target=self._keep_output, name="drain", daemon=True)
        self._drain.start()
        self._watchdog = Watchdog(self._process.pid, limits, self._process.kill)
        self._ready = False

    def __enter__(self) -> Self:
        """Return the box itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the box."""
        self.close()

    @property
    def excess(self) -> str | None:
        """Which limit of the whole tree the box was ended for, if any."""
        if self._group.ran_out_of_memory:
            return f"it used over {self._limits.memory_mib:,} MiB of memory"
        return self._watchdog.reason

    @property
    def output(self) -> str:
        """The tail of what the box printed: the submission's text, so data wherever it is shown."""
        return b"".join(self._output).decode("utf-8", "replace")

    def wait_ready(self) -> None:
        """Wait until the program has imported TensorFlow.

        Raises:
            SandboxError: It does not get there. No submission has run yet, so that is our fault.
        """
        if self._ready:
            return
        try:
            message: Any = self.channel.receive(_START_S).message
        except ProtocolError as error:
            self.close()
            raise SandboxError(f"a box did not start: {error}; {self.output[-500:]}") from error
        if not isinstance(message, Ready):
            raise SandboxError(f"a box said {type(message).__name__} before it was ready")
        self._ready = True

    def close(self) -> None:
        """Kill everything in the box and wait until it is gone."""
        self._watchdog.stop()
        processes.end(self._process)
        self.channel.close()
        self._drain.join()
        self._group.remove()

    def _keep_output(self) -> None:
        stream = self._process.stdout
        if stream is None:
            return
        with contextlib.suppress(OSError, ValueError), stream:
            while part := stream.read1(_PART_BYTES):  # type: ignore[attr-defined] # a BufferedReader
                self._output.append(part)


def start_harness(data: Path, limits: Limits) -> Box[FromSandbox]:
    """Start a box for one submission."""
    return Box(
        lambda fd: jailed(
            ["-m", "grader.harness", str(fd)],
            modules=("protocol", "harness"),
            data=data,
            limits=limits,
        ),
        FromSandbox,
        limits,
    )


def start_trainer(data: Path, limits: Limits, threads: int) -> Box[FromTrainer]:
    """Start a box for the trainer: the same jail, with our own program in it."""
    return Box(
        lambda fd: jailed(
            ["-m", "grader.engine", str(fd), str(threads)],
            modules=("protocol", "admission", "engine"),
            data=data,
            limits=limits,
        ),
        FromTrainer,
        limits,
    )
