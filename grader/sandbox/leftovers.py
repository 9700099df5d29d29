"""Removes what is left of a box whose bubblewrap, or whose worker, was killed at a bad moment.

The kernel kills the boxes of a worker that dies. Two things it does not do: remove their control
groups, and end the init of a box whose bubblewrap died in the instant before the two were tied
together. No submission runs in such a box, because a submission comes later.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import psutil

from grader.sandbox.control_group import remove_stale_groups
from grader.sandbox.jail import HOSTNAME


def remove_leftovers() -> None:
    """End orphaned boxes and remove stale groups; boxes of other workers that live are left."""
    end_orphans()
    remove_stale_groups()


def end_orphans() -> None:
    """Kill every init of ours without its bubblewrap, and so all that is in its box."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if _is_orphan(process):
                process.kill()
                process.wait(1)


def _is_orphan(process: psutil.Process) -> bool:
    if process.name() != "bwrap" or HOSTNAME not in process.cmdline():
        return False
    status = Path(f"/proc/{process.pid}/status").read_text()
    [numbers] = (line for line in status.splitlines() if line.startswith("NSpid:"))
    # A number in a namespace of its own besides the one in ours makes it an init.
    is_init = len(numbers.split()) > len(("NSpid:", "ours"))
    parent = process.parent()
    return is_init and (parent is None or parent.name() != "bwrap")
