"""A box as the worker holds it: a process tree, a channel, and the tail of what it printed.

Who ended a box? A program that ends itself has only itself to blame, and that is evidence; one that
somebody killed is our fault, and the submission is tried again. From outside both look the same:
the channel closes. They are told apart by the status with which bubblewrap ends:

- bubblewrap itself died of a signal: nobody inside can send it one, so it was somebody outside;
- the program died of SIGKILL: a box cannot send that signal to anything, nor exit with the status
  that stands for it (see `seccomp`). So it came from outside: the kernel when the *machine* ran out
  of memory, or an operator;
- except that the kernel sends it, too, when the box's *own* group is full. The group counts that,
  and so it is an excess, like all for which the watchdog or the clock ends a box;
- any other status, or none because it runs on with a closed channel: the program did it. That
  holds for exit codes, crashes, and signals such as SIGTERM, which a program may send to itself.

A way to die of SIGKILL by one's own doing that the filter does not know, or a box made without the
filter, costs three attempts and earns `error`, which is no score.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import socket
import threading
import time
from pathlib import Path
from typing import Any, Generic, Self, TypeVar

import psutil

from grader import processes
from grader.errors import SandboxError
from grader.protocol import Channel, FromSandbox, FromTrainer, ProtocolError, Ready
from grader.sandbox.clock import TimedChannel
from grader.sandbox.control_group import ControlGroup
from grader.sandbox.jail import Contents, jailed
from grader.sandbox.leftovers import end_orphans
from grader.sandbox.limits import Limits
from grader.sandbox.namespace import Namespace
from grader.sandbox.seccomp import KILLED_STATUS, open_filter
from grader.sandbox.watchdog import Watchdog
from grader.settings import EngineChoice

_START_S = 300.0
_END_S = 10.0
# Ten times what the lesson's own model takes for its twenty epochs with Keras's kernels.
_TRAINING_S = 7200
_OUTPUT_BYTES = 64 * 1024
# A program that prints without end is read this often, and waits meanwhile.
_READ_EVERY_S = 0.002
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}

MessageT = TypeVar("MessageT")


class Box(Generic[MessageT]):
    """One running jail. Use it once, and close it: then nothing of it is left."""

    def __init__(
        self,
        contents: Contents,
        receives: Any,
        limits: Limits,
        without: frozenset[str] = frozenset(),
    ) -> None:
        """Start a jail with a channel; `without` names the layers that it may lack.

        Raises:
            SandboxError: The jail cannot be started, or not with every layer.
        """
        self._limits = limits
        self._filtered = "seccomp" not in without
        self._group = ControlGroup.make(limits)
        if os.geteuid() == 0 and not {"processes"} <= self._group.holds | without:
            self._group.remove()
            raise SandboxError("root's processes are not limited without the controller 'pids'")
        ours, theirs = socket.socketpair()
        self.channel: Channel[MessageT]
        if limits.wall_s is None:
            self.channel = Channel(ours, receives)
        else:
            self.channel = TimedChannel(ours, receives, limits.wall_s, self._blame_who_ended_it)
        try:
            self._process = self._start(contents, theirs)
        except BaseException:
            ours.close()
            self._group.remove()
            raise
        finally:
            theirs.close()
        self._namespace = Namespace(self._process.pid)
        self._excess: str | None = None
        self._output = b""
        self._drain = threading.Thread(target=self._keep_output, name="drain", daemon=True)
        self._drain.start()
        self._watchdog = Watchdog(
            self._process.pid, self._group, limits, self._kill, self._waits_since_s
        )
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
        if self._excess:
            return self._excess
        if self._group.ran_out_of_memory:
            return self._limits.memory_excess
        if isinstance(self.channel, TimedChannel) and self.channel.is_over:
            return self._limits.wall_excess
        return self._watchdog.reason

    @property
    def output(self) -> str:
        """The tail of what the box printed: the submission's text, so data wherever it is shown."""
        return self._output.decode("utf-8", "replace")

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
        self._namespace.hold()
        self._ready = True

    def begin_share(self, share_s: int | None = None) -> None:
        """Count CPU time anew, for the next of those who share the box.

        Without `share_s`, they may have what the limits say.
        """
        self._watchdog.begin_share(share_s)

    def wait_end(self, patience_s: float) -> int | None:
        """Wait until the program has ended; return its exit status, or None if it runs on."""
        ended = self._ended(patience_s)
        if ended is None:
            return None
        return int(ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status)

    def tree(self) -> list[psutil.Process]:
        """Return the processes of the box, bubblewrap's own outside of it first."""
        with contextlib.suppress(psutil.Error):
            root = psutil.Process(self._process.pid)
            return [root, *root.children(recursive=True)]
        return []

    def resident_mib(self) -> int:
        """Add up the memory that its processes hold; what they share counts for each."""
        held = 0
        for process in self.tree():
            with contextlib.suppress(psutil.Error):
                held += process.memory_info().rss
        return held >> 20

    def close(self) -> None:
        """Kill everything in the box and wait until it is gone.

        Raises:
            SandboxError: It does not die.
        """
        self._watchdog.stop()
        self.channel.close()
        # Once bubblewrap is reaped, its number may be somebody else's.
        if self._process.returncode is None:
            was_held = self._namespace.kill()
            if was_held:
                # Left alone, bubblewrap reaps the init, which would otherwise be somebody's zombie.
                self._ended(_END_S)
            processes.end(self._process)
            if not was_held:
                end_orphans()
        is_gone = self._namespace.is_gone(_END_S)
        self._namespace.close()
        self._drain.join(_END_S)
        # What the group has counted goes away with it.
        self._excess = self.excess
        self._group.remove()
        if not is_gone:
            raise SandboxError("the processes of a box do not end")

    def _start(self, contents: Contents, channel: socket.socket) -> processes.Process:
        filter_fd = open_filter() if self._filtered else None
        fds = [fd for fd in (channel.fileno(), filter_fd) if fd is not None]
        argv = jailed(contents, channel.fileno(), filter_fd, self._limits)
        try:
            # Tied to us before bubblewrap ties itself, so that none is left if we die in between.
            return processes.start_piped(
                processes.tied_to_us(self._group.joined(argv)), env=_ENVIRONMENT, pass_fds=fds
            )
        except OSError as error:
            raise SandboxError(f"cannot start bubblewrap: {error}") from error
        finally:
            if filter_fd is not None:
                os.close(filter_fd)

    def _kill(self) -> None:
        if self._namespace.kill():
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _waits_since_s(self) -> float | None:
        return self.channel.waits_since_s if isinstance(self.channel, TimedChannel) else None

    def _blame_who_ended_it(self) -> None:
        """Raise SandboxError if the program was killed from outside."""
        ended = self._ended(_END_S)
        if self.excess or ended is None:
            return
        if ended.si_code != os.CLD_EXITED or ended.si_status == KILLED_STATUS:
            raise SandboxError("a box was killed from outside, or the machine ran out of memory")

    def _ended(self, patience_s: float) -> Any:
        """Wait for bubblewrap's end; it stays a zombie, so that its group's id stays its own."""
        deadline = time.monotonic() + patience_s
        while True:
            found = os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if found is not None or time.monotonic() > deadline:
                return found
            time.sleep(0.01)

    def _keep_output(self) -> None:
        stream = self._process.stdout
        if stream is None:
            return
        with contextlib.suppress(OSError, ValueError), stream:
            while part := stream.read1(_OUTPUT_BYTES):  # type: ignore[attr-defined] # a BufferedReader
                self._output = (self._output + part)[-_OUTPUT_BYTES:]
                time.sleep(_READ_EVERY_S)


def start_harness(
    data: Path,
    limits: Limits,
    without: frozenset[str] = frozenset(),
    hidden: tuple[Path, ...] = (),
) -> Box[FromSandbox]:
    """Start a box for one submission.

    `without` names the layers that it may lack, `hidden` the folders that it must not see.
    """
    arguments = ["-m", "grader.harness", "{channel}"]
    contents = Contents(arguments, ("protocol", "harness"), data, hidden)
    return Box(contents, FromSandbox, limits, without)


def start_trainer(
    data: Path,
    limits: Limits,
    threads: int,
    engine: EngineChoice = "exact",
    without: frozenset[str] = frozenset(),
) -> Box[FromTrainer]:
    """Start a box for the trainer: the same jail, with our own program in it, which has time.

    One submission may have it compute for two hours. The `exact` engine trains with Keras's own
    kernels, the `fast` one with faster ones.
    """
    arguments = ["-m", "grader.engine", "{channel}", str(threads), engine]
    contents = Contents(arguments, ("protocol", "admission", "engine"), data)
    unhurried = dataclasses.replace(
        limits, cpu_s=None, share_s=_TRAINING_S, wall_s=None, idle_s=None, niceness=0
    )
    return Box(contents, FromTrainer, unhurried, without)
