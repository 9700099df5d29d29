"""The process namespace of a box, which lives and dies with its first process, the init.

When an init is killed, the kernel kills every process of its namespace, whatever these have done
to their sessions, parents and signals, and lets the init itself end after all of them. So an init
that has ended is the proof that nothing of the box is left.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import threading

import psutil


class Namespace:
    """The namespace that a bubblewrap has made, or is about to make."""

    def __init__(self, bubblewrap_pid: int) -> None:
        """Look below the process `bubblewrap_pid`, which is not reaped before `close`."""
        self._parent = bubblewrap_pid
        self._lock = threading.Lock()
        self._init_fd: int | None = None

    def hold(self) -> bool:
        """Take hold of the init, if there is one by now, so that it is found again."""
        with self._lock:
            if self._init_fd is None:
                with contextlib.suppress(psutil.Error, OSError):
                    for child in psutil.Process(self._parent).children():
                        self._init_fd = _descriptor(child)
            return self._init_fd is not None

    def kill(self) -> bool:
        """Kill every process in it; return whether it was there."""
        if not self.hold():
            return False
        with self._lock:
            if self._init_fd is not None:
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(self._init_fd, signal.SIGKILL)
        return True

    def is_gone(self, patience_s: float) -> bool:
        """Wait until none of its processes is left."""
        return self._init_fd is None or bool(select.select([self._init_fd], [], [], patience_s)[0])

    def close(self) -> None:
        """Let go of the init."""
        with self._lock:
            if self._init_fd is not None:
                os.close(self._init_fd)
                self._init_fd = None


def _descriptor(process: psutil.Process) -> int | None:
    fd = os.pidfd_open(process.pid)
    # Between being found and being opened, its number may have become somebody else's.
    if process.is_running():
        return fd
    os.close(fd)
    return None
