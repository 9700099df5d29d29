"""A program that ends itself is to blame for it; one that is killed from outside is not.

The first is evidence (the channel is closed), the second an error of ours (the box raises).
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from grader.errors import SandboxError
from grader.protocol import PeerClosedError, RunSubmission
from grader.sandbox import Box, Limits
from tests.boxes import SMALL, program_box
from tests.conftest import require

WORK = RunSubmission(source="", filename="", function="")
READY = "import os, signal, sys, time, ctypes, resource\nprint('ready', flush=True)\n"
SELF_MADE = {
    "exit": "sys.exit(3)",
    "os._exit": "os._exit(0)",
    "status of a killed program": "os._exit(137)",
    "segmentation fault": "ctypes.string_at(0)",
    "abort": "os.abort()",
    "termination": "os.kill(os.getpid(), signal.SIGTERM)",
    "interruption": "signal.signal(2, signal.SIG_DFL); os.kill(0, signal.SIGINT)",
    "own CPU limit": (
        "resource.setrlimit(resource.RLIMIT_CPU, (1, resource.getrlimit(resource.RLIMIT_CPU)[1]))\n"
        "while True: pass"
    ),
    "own hard CPU limit": (
        "try: resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\n"
        "except (OSError, ValueError): sys.exit(3)\n"
        "while True: pass"
    ),
    "killing itself": "os.kill(os.getpid(), signal.SIGKILL)",
    "killing its group": "os.killpg(0, signal.SIGKILL)",
    "killing everybody": "os.kill(-1, signal.SIGKILL)",
    "killing from a child": "os.fork() or os.kill(os.getppid(), signal.SIGKILL)",
    "closing the channel": "os.closerange(3, 100)\nwhile True: time.sleep(1)",
}


@pytest.fixture(scope="module", autouse=True)
def _bubblewrap() -> None:
    require("bwrap", "prlimit")


def started(program: str, folder: Path, limits: Limits = SMALL) -> Box[Any]:
    """Start a box and wait until its program runs."""
    box = program_box(READY + program, folder, limits)
    while "ready" not in box.output and box.wait_end(0) is None:
        time.sleep(0.01)
    return box


@pytest.mark.parametrize("program", SELF_MADE.values(), ids=SELF_MADE)
def test_what_a_program_does_to_itself_is_its_own_doing(tmp_path: Path, program: str) -> None:
    """However it ends itself, the worker sees a closed channel and no fault of ours."""
    with started(program, tmp_path) as box, pytest.raises(PeerClosedError):
        box.channel.receive(60)


@pytest.mark.parametrize("victim", [0, 1, 2], ids=["bubblewrap", "init", "program"])
def test_a_kill_from_outside_is_our_fault(tmp_path: Path, victim: int) -> None:
    """Whatever process of the tree the kernel or an operator kills, the attempt is not counted."""
    with started("time.sleep(600)", tmp_path) as box:
        tree = box.tree()
        tree[victim].kill()

        with pytest.raises(SandboxError, match="from outside"):
            box.channel.receive(60)

    assert len(tree) == 3
    assert psutil.wait_procs(tree, timeout=5)[1] == []


def test_an_excess_is_the_programs_doing(tmp_path: Path) -> None:
    """A box that we kill for its limits has not been killed from outside."""
    with started("while True: pass", tmp_path, Limits(memory_mib=128, cpu_s=1)) as box:
        with pytest.raises(PeerClosedError):
            box.channel.receive(60)

        assert box.excess == "it computed for over 1 seconds, training not counted"


def test_a_box_that_dies_before_it_takes_work_is_told_apart_too(tmp_path: Path) -> None:
    """A message to a box that was killed raises as well as waiting for one does."""
    with started("time.sleep(600)", tmp_path) as box:
        tree = box.tree()
        os.kill(tree[0].pid, signal.SIGKILL)
        psutil.wait_procs(tree[2:], timeout=60)

        with pytest.raises(SandboxError):
            box.channel.send(WORK)
