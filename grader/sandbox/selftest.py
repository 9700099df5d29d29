"""Asks real boxes what a submission could do in them, before one does it.

Every worker asks when it starts, and `grader doctor` when somebody wants to know. The boxes are
made like those of submissions, only with smaller limits, and run beside one another, so that the
answer comes within seconds.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from grader.errors import SandboxError
from grader.protocol import FromSandbox, ProtocolError, RunSubmission
from grader.sandbox import probes
from grader.sandbox.box import Box
from grader.sandbox.control_group import ControlGroup
from grader.sandbox.jail import Contents
from grader.sandbox.limits import Limits

_LIMITS = Limits(
    memory_mib=512, processes=64, file_mib=16, home_mib=8, tmp_mib=8, shm_mib=8, niceness=0
)
_PATIENCE_S = 60.0
_INSIDE = ("network", "read-only system", "secrets", "namespaces", "seccomp", "file size")
_REMEDIES = {
    "secrets": "move what is seen out of /usr and the Python environment, and uninstall every"
    " second copy of grader",
    "seccomp": "apt-get install libseccomp2, or a kernel with CONFIG_SECCOMP_FILTER",
    "processes": "run the worker as an ordinary user: root needs the controller 'pids'",
}
_ELSE = "see the chapter on the sandbox in SECURITY.md"
# What bubblewrap says where it cannot make a box, and what to do.
_START_REMEDIES = {
    "uid map": "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or a profile as in"
    " SECURITY.md",
    "No permissions to create": "sysctl -w kernel.unprivileged_userns_clone=1; in a container,"
    " seccomp=unconfined",
    "ENOSPC": "sysctl -w user.max_user_namespaces=10000",
    "mount proc": "in a container, systempaths=unconfined",
    "Unknown option": "bubblewrap 0.8 or later",
    "bwrap: not found": "apt-get install bubblewrap",
    "failed to execute bwrap": "apt-get install bubblewrap",
    "'setpriv'": "apt-get install util-linux",
    "libseccomp": "apt-get install libseccomp2 (2.5.4 or later)",
    "'pids'": _REMEDIES["processes"],
}


class LayerFinding(NamedTuple):
    """Whether one layer of the sandbox holds, and what to do where it does not."""

    layer: str
    holds: bool
    found: str
    remedy: str = ""


def require_box(hidden: Sequence[Path], without: frozenset[str] = frozenset()) -> None:
    """Examine a box, and refuse to work with one that leaks.

    Raises:
        SandboxError: A layer does not hold; it says which one, and how to get it.
    """
    failing = [finding for finding in examine_box(hidden, without) if not finding.holds]
    if not failing:
        return
    # One cause often takes all layers away.
    layers: dict[tuple[str, str], list[str]] = {}
    for finding in failing:
        layers.setdefault((finding.found, finding.remedy), []).append(finding.layer)
    reasons = "; ".join(
        f"{', '.join(names)}: {found} ({remedy})" for (found, remedy), names in layers.items()
    )
    raise SandboxError(f"the sandbox does not hold, so no submission is run: {reasons}")


def examine_box(
    hidden: Sequence[Path], without: frozenset[str] = frozenset()
) -> Iterator[LayerFinding]:
    """Try to break every layer but those of `without`; `hidden` are paths that no box may see."""
    group = ControlGroup.make(_LIMITS)
    held = ", ".join(sorted(group.holds)) or "none: resource limits and the watchdog hold alone"
    group.remove()
    yield LayerFinding("control groups", holds=True, found=held)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor() as pool:
        probing = _Probing(Path(folder), hidden, without)
        parts: tuple[Callable[[], Iterable[LayerFinding]], ...] = (
            probing.inside,
            probing.processes,
            probing.memory,
            probing.computing,
            probing.sleeping,
        )
        for findings in pool.map(lambda part: list(part()), parts):
            for finding in findings:
                if finding.layer in without:
                    yield finding._replace(holds=True, found="left out on purpose", remedy="")
                else:
                    yield finding


class _Probing(NamedTuple):
    """The probes, each in a box of its own; `data` is an empty folder in the place of MNIST."""

    data: Path
    hidden: Sequence[Path]
    without: frozenset[str]

    def inside(self) -> Iterator[LayerFinding]:
        """Have one program try all that ends at once."""
        hidden = json.dumps([str(path) for path in self.hidden])

        def ask(box: Box[Any]) -> dict[str, str]:
            if box.wait_end(_PATIENCE_S) is None:
                raise SandboxError("the probe does not end")
            box.close()
            lines = [line.partition("\t") for line in box.output.splitlines()]
            said = {layer: found for layer, _, found in lines if found}
            if not said:
                raise SandboxError(box.output.strip()[-300:] or "the probe said nothing")
            return said

        try:
            said = self._in_box(probes.INSIDE, _LIMITS, ask, hidden)
        except SandboxError as error:
            yield from (_refused(layer, error) for layer in _INSIDE)
            return
        for layer in _INSIDE:
            yield _finding(layer, said.get(layer, "LEAK: the probe ended before it"))

    def processes(self) -> Iterator[LayerFinding]:
        """Start processes without end, and end the box with those that it could start."""

        def ask(box: Box[Any]) -> tuple[str, int]:
            _until(lambda: "\n" in box.output or box.wait_end(0) is not None)
            tree = box.tree()
            box.close()
            left = [process for process in tree if _lives(process)]
            if box.excess:
                return f"ended, because {box.excess}", len(left)
            if not box.output.startswith(("stopped", "LEAK")):
                raise SandboxError(box.output.strip()[-300:] or "the probe said nothing")
            return box.output.strip(), len(left)

        try:
            said, left = self._in_box(probes.PROCESSES, _LIMITS, ask)
        except SandboxError as error:
            yield _refused("processes", error)
            yield _refused("survivors", error)
            return
        yield _finding("processes", said)
        found = f"LEAK: {left} processes" if left else "no process outlives its box"
        yield _finding("survivors", found)

    def memory(self) -> Iterator[LayerFinding]:
        """Take memory in several processes, none of which takes too much."""
        limits = Limits(memory_mib=96, processes=64, niceness=0)
        yield self._ended_for("memory", probes.MEMORY, limits, limits.memory_excess)

    def computing(self) -> Iterator[LayerFinding]:
        """Compute without end, in two processes."""
        limits = Limits(memory_mib=512, processes=64, cpu_s=1, niceness=0)
        yield self._ended_for("cpu time", probes.COMPUTING, limits, limits.cpu_excess)

    def sleeping(self) -> Iterator[LayerFinding]:
        """Keep the worker waiting."""
        limits = Limits(memory_mib=512, processes=64, wall_s=1, niceness=0)
        yield self._ended_for("wall time", probes.SLEEPING, limits, limits.wall_excess)

    def _ended_for(self, layer: str, program: str, limits: Limits, excess: str) -> LayerFinding:
        def ask(box: Box[Any]) -> str | None:
            with contextlib.suppress(ProtocolError):
                # To nobody who reads it, but a box's own time begins with its work.
                box.channel.send(RunSubmission(source="", filename="", function=""))
                box.channel.receive(_PATIENCE_S)
            return box.excess

        try:
            found = self._in_box(program, limits, ask)
        except SandboxError as error:
            return _refused(layer, error)
        return _finding(layer, f"ended, because {found}" if found == excess else f"LEAK: {found}")

    def _in_box(
        self, program: str, limits: Limits, ask: Callable[[Box[Any]], Any], *arguments: str
    ) -> Any:
        contents = Contents(["-c", program, *arguments], (), self.data)
        box: Box[FromSandbox] = Box(contents, FromSandbox, limits, self.without)
        with box:
            answer = ask(box)
        # Without an answer, what the box or bubblewrap has printed says why.
        if answer is None:
            raise SandboxError(box.output.strip()[-300:] or "the probe ended by itself")
        return answer


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)


def _finding(layer: str, found: str) -> LayerFinding:
    holds = "LEAK" not in found
    return LayerFinding(layer, holds, found, "" if holds else _REMEDIES.get(layer, _ELSE))


def _refused(layer: str, error: Exception) -> LayerFinding:
    words = str(error)
    remedies = [remedy for said, remedy in _START_REMEDIES.items() if said in words]
    return LayerFinding(layer, holds=False, found=words, remedy=remedies[0] if remedies else _ELSE)
