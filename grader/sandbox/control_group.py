"""A control group around a box, where this user may make one.

Resource limits alone are not enough: memory is counted for each process by itself, and the
process limit does not bind a box started by root. A group counts the box as a whole.

Whoever makes a group holds a lock on its folder for as long as they live, so that anybody can tell
a group whose worker was killed, in whatever container, and remove it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from grader.sandbox.limits import Limits

_MIB = 1024 * 1024
_ROOT = Path("/sys/fs/cgroup")
_PREFIX = "grader-box-"
_REMOVE_S = 5.0
# A group is made and locked within this time.
_NEW_S = 2.0
# A box that cannot join its group must not run outside it.
_JOIN = 'while [ "$1" != -- ]; do echo $$ >"$1" || exit 1; shift; done; shift; exec "$@"'
# Where the controllers are mounted in version 2 and in version 1.
_HIERARCHIES = (".", "memory", "pids", "cpuacct", "cpu")


class ControlGroup:
    """The group of one box: a folder in each hierarchy that lets us make one."""

    def __init__(self, folders: dict[Path, int]) -> None:
        """Take charge of groups that exist, each with the descriptor that locks it."""
        self._locks = folders

    @classmethod
    def make(cls, limits: Limits) -> ControlGroup:
        """Make a group in version 2 or version 1 hierarchies; empty where neither lets us."""
        name = f"{_PREFIX}{secrets.token_hex(8)}"
        memory_bytes, processes = str(limits.memory_mib * _MIB), str(limits.processes)
        settings = {
            ".": {"memory.max": memory_bytes, "pids.max": processes},
            "memory": {"memory.limit_in_bytes": memory_bytes},
            "pids": {"pids.max": processes},
            "cpuacct": {},
            # Nothing to set: in a group of their own, all threads of a box weigh like one outside.
            "cpu": {},
        }
        # Not every kernel counts swap or ends a group as a whole.
        wishes = {
            ".": {"memory.swap.max": "0", "memory.oom.group": "1"},
            "memory": {"memory.memsw.limit_in_bytes": memory_bytes},
        }
        made = {}
        for hierarchy, values in settings.items():
            folder = _ROOT / hierarchy / name
            lock = _make(folder, values, wishes.get(hierarchy, {}))
            if lock is not None:
                made[folder] = lock
        return cls(made)

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders of the group."""
        return tuple(self._locks)

    @property
    def holds(self) -> frozenset[str]:
        """Which of `memory` and `processes` the group holds."""
        files = {
            "memory": ("memory.max", "memory.limit_in_bytes"),
            "processes": ("pids.max",),
        }
        return frozenset(
            kind
            for kind, names in files.items()
            if any((folder / name).exists() for folder in self._locks for name in names)
        )

    @property
    def ran_out_of_memory(self) -> bool:
        """Whether the kernel has ended a process for the group's memory limit."""
        counts = (
            _counts(folder / name).get("oom_kill", 0)
            for folder in self._locks
            for name in ("memory.events", "memory.oom_control")
        )
        return any(counts)

    @property
    def cpu_s(self) -> float | None:
        """CPU time of all that ever ran in the group, if it counts that."""
        for folder in self._locks:
            usage_us = _counts(folder / "cpu.stat").get("usage_usec")
            if usage_us is not None:
                return usage_us / 1e6
            with contextlib.suppress(OSError, ValueError):
                return int((folder / "cpuacct.usage").read_text()) / 1e9
        return None

    def joined(self, argv: list[str]) -> list[str]:
        """Wrap a command so that it is in the group before it starts."""
        files = [str(folder / "cgroup.procs") for folder in self._locks]
        return ["/bin/sh", "-c", _JOIN, "sh", *files, "--", *argv]

    def remove(self) -> None:
        """Remove the group; its processes have ended."""
        for folder, lock in self._locks.items():
            _remove(folder)
            os.close(lock)
        self._locks = {}


def remove_stale_groups() -> None:
    """End and remove groups whose worker was killed; the groups of one that lives are locked."""
    for folder in _all_groups():
        with contextlib.suppress(OSError):
            if time.time() - folder.stat().st_mtime < _NEW_S:
                continue
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                for pid in (folder / "cgroup.procs").read_text().split():
                    os.kill(int(pid), signal.SIGKILL)
                _remove(folder)
            finally:
                os.close(lock)


def _all_groups() -> Iterator[Path]:
    for hierarchy in _HIERARCHIES:
        yield from (_ROOT / hierarchy).glob(f"{_PREFIX}*")


def _counts(file: Path) -> dict[str, int]:
    """Read a file of lines with a name and a number each."""
    with contextlib.suppress(OSError, ValueError):
        pairs = (line.split() for line in file.read_text().splitlines())
        return {name: int(number) for name, number in pairs}
    return {}


def _remove(folder: Path) -> None:
    deadline = time.monotonic() + _REMOVE_S
    while folder.exists() and time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            folder.rmdir()
            return
        # The kernel takes a moment to let go of processes that have ended.
        time.sleep(0.01)


def _make(folder: Path, values: dict[str, str], wishes: dict[str, str]) -> int | None:
    try:
        # Nobody else may hold the lock.
        folder.mkdir(0o700)
    except OSError:
        return None
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for name, value in values.items():
            _set(folder / name, value)
    except OSError:
        folder.rmdir()
        os.close(lock)
        return None
    for name, value in wishes.items():
        with contextlib.suppress(OSError):
            _set(folder / name, value)
    return lock


def _set(file: Path, value: str) -> None:
    # "r+", because a file that does not exist must not be created: then there is no controller.
    with file.open("r+") as opened:
        opened.write(value)
