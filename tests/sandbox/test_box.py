"""A box holds what is in it, and leaves nothing behind, on the machine that runs this."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from grader.dataset import DatasetFolder
from grader.errors import SandboxError
from grader.protocol import Finished, PeerClosedError, Raised, RunSubmission
from grader.sandbox import Box, Limits, start_harness
from grader.sandbox import limits as limits_module
from grader.sandbox.limits import ControlGroup
from grader.sandbox.selftest import _PROBES, examine_box
from tests.conftest import require

LIMITS = Limits(memory_mib=2048)


@pytest.fixture(scope="module", autouse=True)
def _bubblewrap() -> None:
    require("bwrap", "prlimit")


def tree(box: Box) -> list[psutil.Process]:  # type: ignore[type-arg]
    """Return every process of a box."""
    root = psutil.Process(box._process.pid)
    return [root, *root.children(recursive=True)]


def run(box: Box, source: str) -> Finished:  # type: ignore[type-arg]
    """Run a program in a box to its end."""
    box.wait_ready()
    box.channel.send(RunSubmission(source=source, filename="s.py", function=""))
    finished = box.channel.receive(60).message

    assert isinstance(finished, Finished)

    return finished


def test_every_layer_holds(tmp_path: Path) -> None:
    """What doctor asks of a box is answered well here."""
    findings = list(examine_box(tmp_path))

    assert [finding for finding in findings if not finding.holds] == []
    assert len(findings) == len(_PROBES) + 1


def test_a_layer_that_leaks_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The examination fails for a program that gets through, so that it can fail at all."""
    monkeypatch.setattr("grader.sandbox.selftest._PROBES", {"nothing": "print('LEAK')"})

    assert [finding.holds for finding in examine_box(tmp_path)] == [True, False]


def test_without_control_groups_the_layers_still_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no group can be made, resource limits stop memory and file size by themselves."""
    monkeypatch.setattr(limits_module, "_CGROUPS", tmp_path / "none")
    held = {finding.layer: finding.holds for finding in examine_box(tmp_path)}

    assert ControlGroup.make(LIMITS).layers == ()
    assert held["memory"]
    assert held["file size"]


def test_a_program_sees_nothing_of_ours(digits: DatasetFolder) -> None:
    """No check, no rubric, no reference and no setting is inside."""
    source = """
import importlib.util, os, sys
names = [n for n in ("reference", "grader.exercises", "grader.gradebook", "grader.settings",
                     "grader.grading", "grader.engine", "grader.admission")
         if importlib.util.find_spec(n)]
files = [os.path.join(d, f) for d, _, fs in os.walk("/") for f in fs
         if f in ("rubric.toml", "checks.py", "gradebook.sqlite") and "/proc/" not in d]
files = [f for f in files if "grader" in f]
secrets = [n for n in os.environ if n.startswith("GRADER")]
raise RuntimeError(repr((names, files, secrets)))
"""
    with start_harness(digits.path, LIMITS) as box:
        outcome = run(box, source).outcome

    assert isinstance(outcome, Raised)
    assert outcome.message == "([], [], [])"


def test_a_closed_box_leaves_no_process(digits: DatasetFolder) -> None:
    """Children, grandchildren and daemons of a submission end with its box."""
    source = """
import os, time
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(600)
        os._exit(0)
"""
    with start_harness(digits.path, LIMITS) as box:
        run(box, source)
        processes = tree(box)
        group = box._group

        assert len(processes) >= 5

    _, alive = psutil.wait_procs(processes, timeout=5)

    assert alive == []
    assert not any(folder.exists() for folder in group._folders)


def test_a_killed_bubblewrap_takes_its_box_along(digits: DatasetFolder) -> None:
    """Killing the outermost process from outside ends the whole tree, and the worker hears it."""
    with start_harness(digits.path, LIMITS) as box:
        box.wait_ready()
        processes = tree(box)
        os.kill(box._process.pid, signal.SIGKILL)

        with pytest.raises(PeerClosedError):
            box.channel.receive(10)

    assert psutil.wait_procs(processes, timeout=5)[1] == []


@pytest.mark.parametrize("by_group", [True, False], ids=["control group", "watchdog"])
def test_memory_of_the_whole_tree_is_limited(
    digits: DatasetFolder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, by_group: bool
) -> None:
    """Several processes that each stay small are ended when together they are not."""
    if not by_group:
        monkeypatch.setattr(limits_module, "_CGROUPS", tmp_path / "none")
    elif "memory" not in ControlGroup.make(LIMITS).layers and os.geteuid() != 0:
        pytest.skip("this user may not make control groups")
    source = """
import os, time
for _ in range(8):
    if os.fork() == 0:
        block = bytearray(500 * 1024 * 1024)
        for i in range(0, len(block), 4096):
            block[i] = 1
        time.sleep(60)
        os._exit(0)
while True:
    os.wait()
"""
    with start_harness(digits.path, Limits(memory_mib=1536)) as box:
        box.wait_ready()
        box.channel.send(RunSubmission(source=source, filename="s.py", function=""))
        deadline = time.monotonic() + 60
        while box.excess is None and time.monotonic() < deadline:
            time.sleep(0.1)

        assert box.excess == "it used over 1,536 MiB of memory"


def test_a_box_that_cannot_start_is_our_error(tmp_path: Path) -> None:
    """No submission has run yet, so nothing is blamed on it."""
    with start_harness(tmp_path / "missing", LIMITS) as box, pytest.raises(SandboxError):
        box.wait_ready()


def test_endless_output_does_not_fill_the_worker(digits: DatasetFolder) -> None:
    """Only the tail of what a program prints is kept."""
    with start_harness(digits.path, LIMITS) as box:
        run(box, "for _ in range(200_000):\n    print('x' * 100)\nprint('the end')")
        box.close()

        assert len(box.output) <= 64 * 1024
        assert box.output.strip().endswith("the end")
