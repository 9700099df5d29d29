"""Where attacks are let loose: a real grader, with traps around it that tell what got out.

Of every attack the arena asks the same: which report it got, whether the worker or the trainer
suffered, and whether anything is left of it: a process, a file, a connection, a word of the
secret that the worker holds. Attacks say `ESCAPED` themselves when they find what they look for.

The trainer trains on few images, as for the other samples; all else is the real thing.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from grader.dataset import DatasetFolder
from grader.kinds.calls import kind as calls
from grader.kinds.training import session
from grader.model.report import Report, Status, Verdict
from grader.sandbox import Limits, start_trainer
from tests.graders import LESSON, boxes_on, graded, said, submission_of, whole_grader
from tests.redteam.collection import Hostile, LookAlike
from tests.submissions.collection import FOLDER as SAMPLES
from tests.submissions.reduced import IMAGES, ReducedTrainer

_TRAPS: tuple[tuple[socket.AddressFamily, tuple[str, int] | str], ...] = (
    (socket.AF_INET, ("127.0.0.1", 47_811)),
    (socket.AF_UNIX, "\0redteam_listener"),
)
_VARIABLE = "REDTEAM_CANARY"
_HONEST = SAMPLES / LESSON / "correct" / "functional_api" / "solution.py"
_SILENCE_S = 30.0
_MOST_GROWTH_MIB = 500
# Attacks between two honest submissions.
_ROUNDS = 8
_PLACES = ("/tmp", "/var/tmp", "/dev/shm", "/", "/etc", str(Path.home()))  # noqa: S108 - looks only
LIMITS = Limits(cpu_s=90, wall_s=90)


@dataclass
class Findings:
    """What came of one attack: empty lists are what must be."""

    report: Report | None = None
    forged: list[str] = field(default_factory=list)
    escaped: list[str] = field(default_factory=list)
    harmed: list[str] = field(default_factory=list)
    unsaid: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> list[str]:
        """Everything that must not be."""
        return [*self.forged, *self.escaped, *self.harmed, *self.unsaid]


class Arena:
    """One worker that grades attack after attack."""

    def __init__(self, data: DatasetFolder) -> None:
        """Start a grader on a data set of full size."""
        # Other tests of this process may hold boxes and memory of their own.
        self._theirs = {child.pid for child in psutil.Process().children()}
        self._memory_mib = _memory_mib()
        self._secret = secrets.token_hex(16)
        os.environ[_VARIABLE] = self._secret
        self._listeners: list[socket.socket] = []
        for family, address in _TRAPS:
            # Another arena on this machine may hold the name; then it hears for both.
            with contextlib.suppress(OSError):
                self._listeners.append(_listener(family, address))
        self._trainer = ReducedTrainer(lambda: start_trainer(data.path, Limits(), 1, "fast"))
        self._boxes = boxes_on(data, LIMITS)
        self._grader = whole_grader(self._trainer, self._boxes)
        self._attacks = 0
        self._silence_s, session._SILENCE_S = session._SILENCE_S, _SILENCE_S
        calls._SILENCE_S = _SILENCE_S

    def close(self) -> None:
        """End the grader and take the traps away."""
        session._SILENCE_S = calls._SILENCE_S = self._silence_s
        self._grader.close()
        for listener in self._listeners:
            listener.close()
        os.environ.pop(_VARIABLE, None)

    def grade(self, path: Path, exercise: str) -> Report:
        """Grade a file as a worker does."""
        return graded(self._grader, submission_of(path, exercise))

    def honour(self, look_alike: LookAlike) -> list[str]:
        """Grade an honest program; return how its report differs from the one it must get."""
        expected = look_alike.expected
        self._trainer.images = expected.images
        report = self.grade(look_alike.path, expected.exercise)
        self._trainer.images = IMAGES
        failed = tuple(check.id for check in report.checks if check.status is Status.FAILED)
        unsaid = [f"does not say '{words}'" for words in expected.says if words not in said(report)]
        if (report.verdict, failed) != (expected.verdict, expected.failed):
            unsaid.append(f"{report.verdict}, failed {failed}: {said(report)}")
        return unsaid

    def endure(self, attack: Hostile) -> Findings:
        """Grade an attack and look for what must never come of it."""
        findings, expected = Findings(), attack.expected
        trainer, before_s = self._trainer_pid(), time.monotonic()
        try:
            findings.report = self.grade(attack.path, attack.expected.exercise)
        except Exception as error:  # noqa: BLE001 - any exception of the worker is a finding
            findings.harmed.append(f"the worker raised {type(error).__name__}: {error}")
        else:
            self._judge(attack, findings.report, findings)
        took_s = time.monotonic() - before_s
        # A busy machine is no fault of the grader: the load of its queue stretches the time.
        allowed_s = expected.most_seconds * max(1.0, os.getloadavg()[0])
        if took_s > allowed_s:
            findings.harmed.append(f"it held the worker for {took_s:.0f} s of {allowed_s:.0f} s")
        if trainer is not None and self._trainer_pid() != trainer:
            findings.harmed.append("the trainer died of it")
        findings.harmed += self._worker_harm()
        findings.escaped += [*self._left_processes(), *_left_files(), *self._heard()]
        self._attacks += 1
        if self._attacks % _ROUNDS == 0:
            findings.harmed += self._next_one()
        return findings

    def _judge(self, attack: Hostile, report: Report, findings: Findings) -> None:
        expected, words = attack.expected, said(report)
        told = f"{report.verdict} with {report.score:g} points: {words}"
        if report.verdict not in expected.verdict or report.score > expected.most_points:
            findings.forged.append(told)
        if self._secret in words or "ESCAPED" in words:
            findings.escaped.append(told)
        findings.unsaid += [
            f"does not say '{text}': {words}" for text in expected.says if text not in words
        ]

    def _next_one(self) -> list[str]:
        """Grade an honest submission after all these."""
        report = self.grade(_HONEST, LESSON)
        return [] if report.verdict is Verdict.PASSED else [f"the next one suffers: {said(report)}"]

    def _trainer_pid(self) -> int | None:
        box = self._trainer._box
        return box._process.pid if box is not None else None

    def _worker_harm(self) -> list[str]:
        grown_mib = _memory_mib() - self._memory_mib
        return [f"the worker grew by {grown_mib} MiB"] if grown_mib > _MOST_GROWTH_MIB else []

    def _left_processes(self) -> list[str]:
        """Find processes that belong neither to the trainer nor to the box that waits."""
        waiting = self._boxes._waiting
        expected = {self._trainer_pid(), waiting._process.pid if waiting else None, *self._theirs}
        left = []
        for child in psutil.Process().children():
            with contextlib.suppress(psutil.Error):
                if child.pid not in expected and "bwrap" in " ".join(child.cmdline()):
                    left.append(f"process {child.cmdline()} is left")
        for process in psutil.process_iter(["cmdline"]):
            words = process.info["cmdline"] or []
            if "86421" in words:
                left.append(f"process {words} is left")
        return left

    def _heard(self) -> Iterator[str]:
        for listener in self._listeners:
            with contextlib.suppress(OSError):
                listener.accept()[0].close()
                yield f"somebody called {listener.getsockname()!r}"


def _memory_mib() -> int:
    return int(psutil.Process().memory_info().rss >> 20)


def _listener(family: socket.AddressFamily, address: tuple[str, int] | str) -> socket.socket:
    end = socket.socket(family)
    if family is socket.AF_INET:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    end.bind(address)
    end.listen()
    end.setblocking(False)
    return end


def _left_files() -> list[str]:
    places = {*_PLACES, tempfile.gettempdir(), str(Path.cwd())}
    return [
        f"{path} is left"
        for place in sorted(places)
        for path in Path(place).glob("redteam_canary*")
    ]
