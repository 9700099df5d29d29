"""Whatever process of a box or its worker is killed, at whatever moment: nothing is left behind.

Nothing is no process, no mount, no file, and no control group once the next worker has started.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from grader.sandbox import control_group, remove_leftovers
from grader.sandbox.control_group import ControlGroup
from tests.boxes import SMALL, program_box
from tests.conftest import require

DAEMONS = """
import os, signal, time
for _ in range(2):
    if os.fork() == 0:
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if os.fork() == 0:
            time.sleep(600)
        os._exit(0)
time.sleep(600)
"""


@pytest.fixture(autouse=True)
def _bubblewrap() -> None:
    require("bwrap", "prlimit")


def in_box_of(folder: Path) -> list[int]:
    """Return the processes that have a folder in their command line or among their mounts."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        for name in ("cmdline", "mountinfo"):
            with contextlib.suppress(OSError):
                if os.fsencode(folder) in (process / name).read_bytes():
                    found.append(int(process.name))
    return found


def stale_groups() -> Iterator[Path]:
    """Give the groups that nobody holds the lock of."""
    for folder in control_group._all_groups():
        with contextlib.suppress(OSError):
            lock = os.open(folder, os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                yield folder
            finally:
                os.close(lock)


def left_after_a_while(find: Callable[[], list[Any]]) -> list[Any]:
    """Give what is on its way out ten seconds, and return what is left."""
    deadline = time.monotonic() + 10
    while find() and time.monotonic() < deadline:
        time.sleep(0.05)
    return find()


def start_worker(folder: Path, orders: int, giving: int) -> psutil.Process:
    """Fork a worker that holds a box until there are no more orders to wait for."""
    pid = os.fork()
    if pid:
        return psutil.Process(pid)
    os.close(giving)
    with contextlib.suppress(BaseException), program_box(DAEMONS, folder):
        os.read(orders, 1)
    os._exit(0)


@pytest.mark.parametrize("seed", range(24))
def test_nothing_is_left_when_any_process_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """The worker, bubblewrap, its init, the program or a child of it, while it starts and later."""
    data, scratch = tmp_path / f"box-{seed}-of-this-test", tmp_path / "scratch"
    data.mkdir()
    scratch.mkdir()
    monkeypatch.setattr(control_group, "_NEW_S", 0)
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    monkeypatch.setenv("HOME", str(scratch))
    # Of workers that were killed before, and that nobody has swept up after yet.
    of_others = set(stale_groups())
    choose = random.Random(seed)  # noqa: S311 - so that a failure can be repeated
    orders, giving = os.pipe()
    worker = start_worker(data, orders, giving)
    time.sleep(choose.choice((0.03, 0.1, 1.0)) * choose.random())
    victim = choose.choice([worker, *worker.children(recursive=True)])
    with contextlib.suppress(psutil.NoSuchProcess):
        victim.send_signal(signal.SIGKILL)
    os.close(giving)
    os.waitpid(worker.pid, 0)
    os.close(orders)
    if victim == worker:
        # The next worker starts after the kernel has done its part.
        time.sleep(0.3)
        remove_leftovers()

    assert left_after_a_while(lambda: in_box_of(data)) == []
    assert left_after_a_while(lambda: sorted(set(stale_groups()) - of_others)) == []
    assert list(scratch.iterdir()) == []
    assert os.fsencode(data) not in Path("/proc/self/mountinfo").read_bytes()


def test_an_orphan_that_waits_for_its_dead_parent_is_found() -> None:
    """Bubblewrap killed in the instant after it has forked leaves a child that waits for ever."""
    bwrap = psutil.Popen(
        # It asks for its user's numbers and waits, with its child, until they are there.
        ["bwrap", "--unshare-user", "--hostname", "grader-box", "--unshare-uts", "--unshare-pid",
         *("--userns-block-fd", "0", "--info-fd", "1", "--ro-bind", "/", "/", "true")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip
    # What it says of its child, before it waits.
    bwrap.stdout.readline()
    [orphan] = bwrap.children()
    bwrap.kill()
    bwrap.wait()
    bwrap.stdin.close()
    bwrap.stdout.close()

    assert orphan.is_running()

    remove_leftovers()

    assert psutil.wait_procs([orphan], timeout=5)[1] == []


def test_boxes_of_others_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that starts beside another one does not touch what the other holds."""
    monkeypatch.setattr(control_group, "_NEW_S", 0)
    with program_box("import time; time.sleep(600)", tmp_path) as box:
        group = ControlGroup.make(SMALL)
        remove_leftovers()

        assert all(folder.exists() for folder in (*group.folders, *box._group.folders))
        assert box.wait_end(0) is None

        group.remove()
