"""A box holds what is in it, and leaves nothing behind, on the machine that runs this."""

from __future__ import annotations

import resource
import time
from pathlib import Path

import psutil
import pytest

from grader.dataset import DatasetFolder
from grader.errors import SandboxError
from grader.protocol import ProtocolError, Raised, RunSubmission
from grader.sandbox import Limits, control_group, start_harness
from grader.sandbox.control_group import ControlGroup
from tests.boxes import SMALL, program_box, said_by
from tests.conftest import require

WORK = RunSubmission(source="", filename="", function="")
ANY_PROCESSES = frozenset({"processes"})


@pytest.fixture(scope="module", autouse=True)
def _bubblewrap() -> None:
    require("bwrap", "prlimit")


@pytest.fixture(params=[True, False], ids=["control group", "watchdog"])
def by_group(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> bool:
    """Run a test twice: with the groups of this machine, and without any."""
    if not request.param:
        monkeypatch.setattr(control_group, "_ROOT", tmp_path / "none")
        return False
    group = ControlGroup.make(SMALL)
    held = group.holds
    group.remove()
    if "memory" not in held:
        pytest.skip("this user may not make control groups")
    return True


def test_a_submission_sees_nothing_of_ours(digits: DatasetFolder) -> None:
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
    with start_harness(digits.path, Limits(memory_mib=2048)) as box:
        box.wait_ready()
        box.channel.send(RunSubmission(source=source, filename="s.py", function=""))
        outcome = getattr(box.channel.receive(60).message, "outcome", None)

    assert isinstance(outcome, Raised)
    assert outcome.message == "([], [], [])"


def test_a_closed_box_leaves_no_process(tmp_path: Path) -> None:
    """Orphans, daemons, zombies, and whoever ignores every signal end with their box."""
    source = """
import os, signal, time
for number in range(1, 65):
    if number not in (signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD, 32, 33):
        signal.signal(number, signal.SIG_IGN)
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(600)
        os._exit(0)
if os.fork() == 0:
    os._exit(0)
print("ready", flush=True)
time.sleep(600)
"""
    with program_box(source, tmp_path) as box:
        while "ready" not in box.output:
            time.sleep(0.01)
        tree = box.tree()
        folders = box._group.folders

    assert len(tree) >= 6
    assert [process for process in tree if process.is_running()] == []
    assert not any(folder.exists() for folder in folders)


def test_a_box_that_cannot_start_is_our_error(tmp_path: Path) -> None:
    """No submission has run yet, so nothing is blamed on it."""
    with start_harness(tmp_path / "missing", SMALL) as box, pytest.raises(SandboxError):
        box.wait_ready()


@pytest.mark.usefixtures("by_group")
def test_memory_of_the_whole_tree_is_limited(tmp_path: Path) -> None:
    """Several processes that each stay small are ended when together they are not."""
    source = """
import os, time
for _ in range(4):
    if os.fork() == 0:
        block = b"x" * (60 * 1024 * 1024)
        time.sleep(600)
time.sleep(600)
"""
    with program_box(source, tmp_path, Limits(memory_mib=128), ANY_PROCESSES) as box:
        box.wait_end(60)

        assert box.excess == "it used over 128 MiB of memory"

    assert box.excess == "it used over 128 MiB of memory"


@pytest.mark.usefixtures("by_group")
def test_scratch_folders_count_as_memory(tmp_path: Path) -> None:
    """What a program writes to them lives in memory, and so do the names of empty files."""
    source = """
import os, time
for name in ("/tmp/x", "/dev/shm/x", os.environ["HOME"] + "/x"):
    with open(name, "wb") as file:
        file.write(bytes(50 * 1024 * 1024))
time.sleep(600)
"""
    with program_box(source, tmp_path, Limits(memory_mib=128), ANY_PROCESSES) as box:
        box.wait_end(60)

        assert box.excess == "it used over 128 MiB of memory"


def test_shared_memory_is_counted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pool of processes that share what they have loaded is not ended for it."""
    monkeypatch.setattr(control_group, "_ROOT", tmp_path / "none")
    source = """
import os, time
block = b"x" * (80 * 1024 * 1024)
for _ in range(4):
    if os.fork() == 0:
        sum(block[::4096])
        time.sleep(2)
        os._exit(0)
for _ in range(4):
    os.wait()
"""
    with program_box(source, tmp_path, Limits(memory_mib=256), ANY_PROCESSES) as box:
        status = box.wait_end(60)

        assert (status, box.excess) == (0, None)


@pytest.mark.usefixtures("by_group")
def test_cpu_time_of_the_whole_tree_is_limited(tmp_path: Path) -> None:
    """Processes that take turns, each for a short time, have one limit together."""
    source = """
import os, time
while True:
    if os.fork() == 0:
        end = time.process_time() + 0.2
        while time.process_time() < end:
            pass
        os._exit(0)
    os.wait()
"""
    with program_box(source, tmp_path, Limits(memory_mib=128, cpu_s=2), ANY_PROCESSES) as box:
        box.wait_end(120)

        assert box.excess == "it computed for over 2 seconds, training not counted"


@pytest.mark.usefixtures("by_group")
def test_those_who_share_a_box_have_a_limit_each(tmp_path: Path) -> None:
    """CPU time is counted from where the last share began, and no longer."""
    source = """
import time
for _ in range(4):
    end = time.process_time() + 0.8
    while time.process_time() < end:
        pass
    print("done", flush=True)
    time.sleep(1.5)
while True:
    pass
"""
    with program_box(source, tmp_path, Limits(share_s=2), ANY_PROCESSES) as box:
        for done in range(1, 5):
            while box.output.count("done") < done and box.excess is None:
                time.sleep(0.05)
            box.begin_share()

        assert box.excess is None

        box.wait_end(120)

        assert box.excess == "it computed for over 2 seconds"


def test_a_box_that_keeps_the_worker_waiting_has_an_end(tmp_path: Path) -> None:
    """The clock runs while the worker waits for the box, and goes on where it stopped."""
    with program_box("import time; time.sleep(600)", tmp_path, Limits(wall_s=2)) as box:
        box.channel.send(WORK)
        for _ in range(2):
            with pytest.raises(ProtocolError):
                box.channel.receive(0.5)

        assert box.excess is None

        with pytest.raises(ProtocolError):
            box.channel.receive(600)

        assert box.excess == "it took over 2 seconds, training not counted"


def test_time_in_which_the_box_waits_does_not_count(tmp_path: Path) -> None:
    """While the trainer trains, a submission's clock stands still."""
    with program_box("import time; time.sleep(600)", tmp_path, Limits(wall_s=1)) as box:
        box.channel.send(WORK)
        time.sleep(1.5)

        assert box.excess is None


@pytest.mark.usefixtures("by_group")
@pytest.mark.parametrize(
    "source",
    [
        "import time; time.sleep(600)",
        "import threading; threading.Event().wait()",
        "import os, time; os.fork(); time.sleep(600)",
        "import time\nwhile True: time.sleep(0.2)",
        "import os; os.read(os.pipe()[0], 1)",
    ],
    ids=["sleeps", "deadlock", "two sleep", "looks at the clock", "pipe"],
)
def test_a_box_that_does_nothing_is_ended(source: str, tmp_path: Path) -> None:
    """A box that the worker waits for, and in which nothing computes, has a shorter end."""
    with program_box(source, tmp_path, Limits(memory_mib=512, idle_s=2), ANY_PROCESSES) as box:
        box.channel.send(WORK)
        with pytest.raises(ProtocolError):
            box.channel.receive(60)

        assert box.excess == "it did nothing for 2 s"


@pytest.mark.usefixtures("by_group")
@pytest.mark.parametrize(
    "source",
    [
        "while True: pass",
        "import threading; threading.Thread(target=lambda: [None for _ in iter(int, 1)]).start()",
        "import subprocess; subprocess.run(['sh', '-c', 'while :; do :; done'])",
        "import subprocess\nwhile True: subprocess.run(['sh', '-c', ':'])",
        "import time\nfor n in range(90): time.sleep(1); sum(range(10 ** 7))",
    ],
    ids=["itself", "thread", "child", "short children", "now and then"],
)
def test_a_box_in_which_something_computes_is_not_idle(source: str, tmp_path: Path) -> None:
    """Work counts wherever in the box it is done, and however the processor is shared."""
    with program_box(source, tmp_path, Limits(memory_mib=512, idle_s=2), ANY_PROCESSES) as box:
        box.channel.send(WORK)
        with pytest.raises(ProtocolError):
            box.channel.receive(5)

        assert box.excess is None


def test_a_box_that_waits_for_the_worker_is_not_idle(tmp_path: Path) -> None:
    """While the trainer trains, and between one answer and the next, nothing is counted."""
    with program_box("import time; time.sleep(600)", tmp_path, Limits(idle_s=1)) as box:
        time.sleep(1.5)
        for _ in range(3):
            box.channel.send(WORK)
            with pytest.raises(ProtocolError):
                box.channel.receive(0.6)
            time.sleep(1.5)

        assert box.excess is None


def test_endless_output_does_not_fill_or_slow_the_worker(tmp_path: Path) -> None:
    """Only the tail is kept, and a flood costs the worker little of its own time."""
    source = "import os\nwhile True: os.write(1, b'x' * 65536)"
    with program_box(source, tmp_path) as box:
        began_s = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        time.sleep(3)
        spent_s = resource.getrusage(resource.RUSAGE_SELF).ru_utime - began_s

    assert len(box.output) == 64 * 1024
    assert spent_s < 1


def test_the_kernel_cannot_be_set_from_a_box(tmp_path: Path) -> None:
    """A box of root's would own the files of /proc/sys; nothing in /proc can be written."""
    source = """
import os
for folder, folders, files in os.walk("/proc"):
    folders[:] = [name for name in folders if folder != "/proc" or not name.isdigit()]
    for name in files:
        try:
            os.close(os.open(os.path.join(folder, name), os.O_WRONLY))
            print(folder, name)
        except OSError:
            pass
"""

    assert said_by(source, tmp_path) == []


def test_little_of_the_machine_is_told(tmp_path: Path) -> None:
    """A box has its own host name, no /sys, and cannot read how the kernel was started."""
    source = """
import os, socket
print(socket.gethostname(), os.path.exists("/sys"), os.getuid(), sorted(os.listdir("/home")))
for name in ("cmdline", "kallsyms", "keys"):
    try:
        open("/proc/" + name).read(1)
        print(name)
    except OSError:
        pass
"""

    assert said_by(source, tmp_path) == ["grader-box False 1000 ['student']"]


def test_a_box_inherits_no_descriptor(tmp_path: Path) -> None:
    """Besides its input, its output and its channel nothing is open, not even the filter."""
    source = """
import os
print(sorted(os.readlink(f"/proc/self/fd/{n}").split(":")[0]
             for n in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{n}")
             or os.path.islink(f"/proc/self/fd/{n}")))
"""
    [said] = said_by(source, tmp_path)

    assert said == "['/dev/null', 'pipe', 'pipe', 'socket']"


def test_root_needs_a_group_for_its_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel does not limit root's processes, so a box of root's without a group is refused."""
    monkeypatch.setattr(control_group, "_ROOT", tmp_path / "none")
    monkeypatch.setattr("os.geteuid", lambda: 0)

    with pytest.raises(SandboxError, match="pids"):
        program_box("", tmp_path)


def test_a_box_that_cannot_join_its_group_does_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its program must not run outside of the group, where nothing counts it."""
    monkeypatch.setattr(ControlGroup, "folders", property(lambda _: (tmp_path / "gone",)))
    argv = ControlGroup({tmp_path / "gone": -1}).joined(["echo", "outside"])
    done = psutil.Popen(argv, stdout=-1, stderr=-1)
    output, _ = done.communicate()

    assert (output, done.returncode) == (b"", 1)
