"""Removes what a worker left that was killed in the middle of starting a box, or with one.

The kernel kills the boxes of a worker that dies. Two things it does not do: remove their control
groups, and end a bubblewrap whose parent died in the instant before the two were tied together.
"""

from __future__ import annotations

import contextlib
import os

import psutil

from grader.sandbox.control_group import remove_stale_groups
from grader.sandbox.jail import HOSTNAME


def remove_leftovers() -> None:
    """Kill orphaned boxes and remove stale groups; boxes of other workers that live are left."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if _is_orphan(process):
                process.kill()
                process.wait(1)
    remove_stale_groups()


def _is_orphan(process: psutil.Process) -> bool:
    """Whether this is a bubblewrap of ours whose session has lost its leader, also bubblewrap."""
    if process.name() != "bwrap" or HOSTNAME not in process.cmdline():
        return False
    return not psutil.pid_exists(os.getsid(process.pid))
