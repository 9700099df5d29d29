"""Asks a real box what a submission could do in it, for `grader doctor`.

Each probe is a few lines of Python that run inside a fresh box, in the place of a submission, and
must fail to do harm. The program prints what it managed; that a hostile submission could print
the same does not matter here, because these programs are ours.
"""

from __future__ import annotations

import shutil
import subprocess  # noqa: TID251 - not to start anything: for the exception of a time limit
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from grader import processes
from grader.sandbox.jail import jailed
from grader.sandbox.limits import ControlGroup, Limits

_LIMITS = Limits(memory_mib=512, processes=64, file_mib=16, scratch_mib=32)
_PATIENCE_S = 60.0
_ENVIRONMENT = {"PATH": "/usr/bin:/bin"}


class LayerFinding(NamedTuple):
    """Whether one layer of the sandbox holds, and what to do where it does not."""

    layer: str
    holds: bool
    found: str
    remedy: str = ""


_PROBES = {
    "network": """
import socket
try:
    socket.create_connection(("1.1.1.1", 53), 2); print("LEAK")
except OSError as error:
    print("unreachable:", error.strerror)
""",
    "read-only system": """
for path in ("/usr/x", "/x", "/data/x", "/code/x", "/dev/x"):
    try:
        open(path, "w"); print("LEAK", path)
    except OSError:
        pass
print("nothing outside the scratch folders can be written")
""",
    "secrets": """
import os
seen = [name for name in os.listdir("/") if name in ("home", "root", "etc", "work", "srv", "var")]
inside = [path for name in seen for path in os.listdir("/" + name)]
extra = set(os.environ) & {"GRADER_DATABASE_URL", "GRADER_BROKER_URL"}
import importlib.util
ours = [n for n in ("gradebook", "exercises", "grading") if importlib.util.find_spec("grader." + n)]
print("LEAK" if extra or ours or "shadow" in inside else "no gradebook, no checks, no environment")
""",
    "processes": """
import os, time
children = 0
try:
    for _ in range(200):
        if os.fork() == 0:
            time.sleep(20); os._exit(0)
        children += 1
    print("LEAK: started", children)
except OSError:
    print("stopped after", children)
""",
    "memory": """
blocks = []
try:
    for _ in range(64):
        blocks.append(bytearray(32 * 1024 * 1024))
    print("LEAK: took", len(blocks) * 32, "MiB")
except MemoryError:
    print("stopped after", len(blocks) * 32, "MiB")
""",
    "file size": """
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    with open("/tmp/big", "wb") as file:
        for _ in range(64):
            file.write(bytes(1024 * 1024))
    print("LEAK")
except OSError as error:
    print("stopped:", error.strerror)
""",
    "namespaces": """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
print("LEAK" if libc.unshare(0x10000000) == 0 else "no namespaces of its own")
""",
}


def examine_box(data: Path) -> Iterator[LayerFinding]:
    """Run every probe in a box of its own; `data` is any folder, mounted where MNIST would be."""
    group = ControlGroup.make(_LIMITS)
    group.remove()
    found = ", ".join(group.layers) or "none: resource limits and the watchdog hold alone"
    yield LayerFinding("control groups", holds=True, found=found)
    for layer, program in _PROBES.items():
        yield _probe(layer, program, data)


def _probe(layer: str, program: str, data: Path) -> LayerFinding:
    if shutil.which("bwrap") is None:
        return LayerFinding(
            layer, holds=False, found="no bwrap", remedy="apt-get install bubblewrap"
        )
    group = ControlGroup.make(_LIMITS)
    argv = jailed(["-c", program], modules=(), data=data, limits=_LIMITS)
    process = processes.start_piped(group.joined(argv), env=_ENVIRONMENT)
    try:
        output, _ = process.communicate(timeout=_PATIENCE_S)
    except subprocess.TimeoutExpired:
        processes.end(process)
        return LayerFinding(layer, holds=False, found="the probe does not end")
    finally:
        group.remove()
    words = output.decode(errors="replace").strip()
    # A probe that the kernel killed at a limit has printed nothing and done nothing.
    killed = process.returncode not in (0, 1) and not words
    holds = killed or (process.returncode == 0 and "LEAK" not in words)
    remedy = "" if holds else "see the chapter on the sandbox in SECURITY.md"
    return LayerFinding(layer, holds, (words or "killed at the limit")[-200:], remedy)
