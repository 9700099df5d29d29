"""Ends a box whose processes together use too much; it works where no control group does.

Looked at four times a second, so a burst passes for a moment; a control group lets none pass. What
the group counts is taken from it, the rest is added up over the tree of processes.

A box that does nothing while the worker waits for it is ended as well. Not even a starved one uses
as little of a processor as that: a program that waits for its own children or threads computes in
them, and one that waits for the trainer is not waited for.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import psutil

from grader.sandbox.control_group import ControlGroup
from grader.sandbox.jail import SCRATCH
from grader.sandbox.limits import Limits

_MIB = 1024 * 1024
_INTERVAL_S = 0.25
# What an empty file costs the kernel.
_INODE_BYTES = 1024
# Less CPU time than this is no computing: a thread that wakes up to see that there is nothing.
_STIR_S = 0.05


class _Stirred(NamedTuple):
    """When a box was last seen to compute, and how much it had computed by then."""

    at_s: float
    cpu_s: float


class Watchdog:
    """Watches one box from a thread of its own."""

    def __init__(
        self,
        pid: int,
        group: ControlGroup,
        limits: Limits,
        kill: Callable[[], None],
        waits_since_s: Callable[[], float | None],
    ) -> None:
        """Watch the tree below `pid` until `stop`.

        `waits_since_s` says since when the worker waits for the box, if it does.
        """
        self.reason: str | None = None
        self._root = pid
        self._group = group
        self._limits = limits
        self._kill = kill
        self._waits_since_s = waits_since_s
        self._stirred = _Stirred(0.0, 0.0)
        self._share_began_at_cpu_s = 0.0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self._thread.start()

    def begin_share(self, share_s: int | None = None) -> None:
        """Count `share_s`, or else `Limits.share_s`, from here on."""
        if share_s is not None:
            self._limits = dataclasses.replace(self._limits, share_s=share_s)
        self._share_began_at_cpu_s = self._cpu_s(list(_tree(self._root)))

    def stop(self) -> None:
        """Stop watching."""
        self._stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopped.wait(_INTERVAL_S):
            self.reason = self._excess(list(_tree(self._root)))
            if self.reason:
                self._kill()
                return

    def _excess(self, tree: list[psutil.Process]) -> str | None:
        limits = self._limits
        if len(tree) > limits.processes:
            return limits.processes_excess
        # The kernel ends one process for a full group, and the rest would go on without it.
        if self._group.ran_out_of_memory or (
            "memory" not in self._group.holds and self._takes_too_much_memory(tree)
        ):
            return limits.memory_excess
        cpu_s = self._cpu_s(tree)
        if limits.cpu_s is not None and cpu_s > limits.cpu_s:
            return limits.cpu_excess
        if limits.share_s is not None and cpu_s - self._share_began_at_cpu_s > limits.share_s:
            return limits.share_excess
        if limits.idle_s is not None and self._is_idle_for(cpu_s) > limits.idle_s:
            return limits.idle_excess
        return None

    def _is_idle_for(self, cpu_s: float) -> float:
        """Say for how many seconds the box has been waited for without computing."""
        now_s, waits_since_s = time.monotonic(), self._waits_since_s()
        # Without a group, the sum falls when a process ends that nobody has waited for.
        if waits_since_s is None or abs(cpu_s - self._stirred.cpu_s) > _STIR_S:
            self._stirred = _Stirred(now_s, cpu_s)
        return now_s - max(self._stirred.at_s, waits_since_s or now_s)

    def _takes_too_much_memory(self, tree: list[psutil.Process]) -> bool:
        left_bytes = self._limits.memory_mib * _MIB - self._scratch_bytes(tree)
        # Pages that processes share are counted for each of them here: quick, and never too low.
        if sum(map(_resident_bytes, tree)) <= left_bytes:
            return False
        return sum(map(_own_share_bytes, tree)) > left_bytes

    def _scratch_bytes(self, tree: list[psutil.Process]) -> int:
        """Ask how full the folders are, through the box's init; nothing in them is opened."""
        used = 0
        for folder in SCRATCH if tree else ():
            with contextlib.suppress(OSError):
                found = os.statvfs(f"/proc/{tree[0].pid}/root{folder}")
                used += (found.f_blocks - found.f_bfree) * found.f_frsize
                used += (found.f_files - found.f_ffree) * _INODE_BYTES
        return used

    def _cpu_s(self, tree: list[psutil.Process]) -> float:
        counted_s = self._group.cpu_s
        return sum(map(_cpu_s, tree)) if counted_s is None else counted_s


def _tree(pid: int) -> Iterator[psutil.Process]:
    """Give the processes of a box, its init first."""
    with contextlib.suppress(psutil.Error):
        yield from psutil.Process(pid).children(recursive=True)


def _resident_bytes(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def _own_share_bytes(process: psutil.Process) -> int:
    """Count each shared page once for all who share it; slow, so only asked in doubt."""
    try:
        for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        return _resident_bytes(process)
    return 0


def _cpu_s(process: psutil.Process) -> float:
    try:
        # Children count once their parent has waited for them.
        return float(sum(process.cpu_times()[:4]))
    except psutil.Error:
        return 0.0
