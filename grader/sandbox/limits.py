"""What a box may use at most, and the layers that hold it to that."""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

_MIB = 1024 * 1024
_CGROUPS = Path("/sys/fs/cgroup")
_REMOVE_S = 2.0
_STALE_S = 600.0
_JOIN = 'n=$1; shift; while [ $n -gt 0 ]; do echo $$ >"$1"; shift; n=$((n-1)); done; exec "$@"'


@dataclass(frozen=True)
class Limits:
    """Limits of one box. Threads count as processes. CPU time counts for each process by itself."""

    memory_mib: int = 4096
    processes: int = 256
    cpu_s: int = 900
    file_mib: int = 512
    scratch_mib: int = 512
    open_files: int = 1024

    def prlimit(self) -> list[str]:
        """Return the command that sets these as resource limits and runs what follows."""
        return [
            "/usr/bin/prlimit",
            "--core=0",
            f"--cpu={self.cpu_s}",
            f"--data={self.memory_mib * _MIB}",
            f"--fsize={self.file_mib * _MIB}",
            f"--nofile={self.open_files}",
            f"--nproc={self.processes}",
            "--",
        ]


class ControlGroup:
    """A control group that holds a box's memory and process count, where this user may make one.

    Resource limits alone are not enough: memory is counted for each process by itself, and the
    process limit does not bind a box started by root.
    """

    def __init__(self, folders: tuple[Path, ...]) -> None:
        """Take charge of existing groups."""
        self._folders = folders

    @classmethod
    def make(cls, limits: Limits) -> ControlGroup:
        """Make a group in version 2 or version 1 hierarchies; empty where neither lets us."""
        name = f"grader-{secrets.token_hex(8)}"
        memory_bytes = str(limits.memory_mib * _MIB)
        settings = {
            _CGROUPS: {"memory.max": memory_bytes, "pids.max": str(limits.processes)},
            _CGROUPS / "memory": {"memory.limit_in_bytes": memory_bytes},
            _CGROUPS / "pids": {"pids.max": str(limits.processes)},
        }
        made = [
            folder
            for parent, values in settings.items()
            if (folder := _make(parent / name, values))
        ]
        return cls(tuple(made))

    @property
    def layers(self) -> tuple[str, ...]:
        """Which controllers hold the box, for `grader doctor`."""
        return tuple(sorted(folder.parent.name for folder in self._folders))

    @property
    def ran_out_of_memory(self) -> bool:
        """Whether the kernel has ended a process for the group's memory limit."""
        for folder in self._folders:
            for name in ("memory.events", "memory.oom_control"):
                with contextlib.suppress(OSError):
                    counts = dict(line.split() for line in (folder / name).read_text().splitlines())
                    if int(counts.get("oom_kill", 0)):
                        return True
        return False

    def joined(self, argv: list[str]) -> list[str]:
        """Wrap a command so that it is in the group before it starts."""
        files = [str(folder / "cgroup.procs") for folder in self._folders]
        return ["/bin/sh", "-c", _JOIN, "sh", str(len(files)), *files, *argv]

    def remove(self) -> None:
        """Remove the group; its processes have ended."""
        deadline = time.monotonic() + _REMOVE_S
        for folder in self._folders:
            # The kernel takes a moment to let go of processes that have ended.
            while not _removed(folder) and time.monotonic() < deadline:
                time.sleep(0.01)


def remove_stale_groups() -> None:
    """Remove groups of workers that were killed; a group that is in use cannot be removed."""
    for parent in (_CGROUPS, _CGROUPS / "memory", _CGROUPS / "pids"):
        for folder in parent.glob("grader-*"):
            # A fresh group may be about to be joined.
            with contextlib.suppress(OSError):
                if time.time() - folder.stat().st_mtime > _STALE_S:
                    folder.rmdir()


def _removed(folder: Path) -> bool:
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _make(folder: Path, values: dict[str, str]) -> Path | None:
    try:
        folder.mkdir()
    except OSError:
        return None
    try:
        for name, value in values.items():
            # "r+", because a file that does not exist must not be created: then there is no
            # controller.
            with (folder / name).open("r+") as file:
                file.write(value)
    except OSError:
        folder.rmdir()
        return None
    return folder


class Watchdog:
    """Ends a box whose processes together use too much; works where no control group does."""

    _INTERVAL_S = 0.25

    def __init__(self, pid: int, limits: Limits, kill: Callable[[], None]) -> None:
        """Watch the tree below `pid` from a thread of its own until `stop`."""
        self.reason: str | None = None
        self._limits = limits
        self._root = pid
        self._kill = kill
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop watching."""
        self._stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopped.wait(self._INTERVAL_S):
            tree = list(_tree(self._root))
            memory_mib = sum(_resident_bytes(process) for process in tree) // _MIB
            if memory_mib > self._limits.memory_mib:
                self.reason = f"it used over {self._limits.memory_mib:,} MiB of memory"
            elif len(tree) > self._limits.processes:
                self.reason = f"it started over {self._limits.processes} processes"
            if self.reason:
                self._kill()
                return


def _tree(pid: int) -> Iterator[psutil.Process]:
    with contextlib.suppress(psutil.Error):
        yield from psutil.Process(pid).children(recursive=True)


def _resident_bytes(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0
