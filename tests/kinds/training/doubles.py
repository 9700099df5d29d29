"""A box and a trainer that a test writes in advance, for sessions that take milliseconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np

from grader.exercises import load_exercise
from grader.kinds.training.evidence import TrainingEvidence
from grader.kinds.training.session import Session
from grader.preflight import read_source
from grader.protocol import (
    ArraySpec,
    ConvolutionSettings,
    DataClaim,
    Decision,
    Epoch,
    EpochEnded,
    FitAsked,
    Frame,
    PeerClosedError,
    PoolingSettings,
    Resumes,
    Train,
)
from grader.trainer import ProbeReading
from tests.examples import epoch, request

RUBRIC = load_exercise("mnist-conv").rubric
SOURCE = b"def train_mnist_conv():\n    model.fit(x, y)\n"
GO_ON, STOP = Decision(stop=False), Decision(stop=True)
KERNEL, BIAS = np.ones((3, 3, 1, 4), np.float32), np.full(4, 2, np.float32)
PROBE = ProbeReading(
    convolution=ConvolutionSettings((1, 1), "valid", (1, 1), 1, "linear", use_bias=True),
    pooling=PoolingSettings((2, 2), (2, 2), "valid"),
    kernel=KERNEL,
    bias=BIAS,
)
_TABLE = np.linspace(0, 1, 256, dtype=np.float32)


class Box:
    """A box whose program says this and then ends; it keeps what it is told."""

    def __init__(self, *says: Any, excess: str | None = None) -> None:
        """Say messages, frames, or the errors that reading them raises."""
        self.channel = self
        self.excess = excess
        self.told: list[Any] = []
        self.blobs: list[bytes] = []
        self.waits_s: list[float] = []
        self.deaf_after: int | None = None
        self._says = [*says]

    def send(self, message: Any, blobs: Sequence[bytes] = (), *, timeout_s: float) -> None:
        """Hear a message."""
        if self.deaf_after == len(self.told):
            raise PeerClosedError
        self.told.append(message)
        self.blobs.append(b"".join(blobs))
        self.waits_s.append(timeout_s)

    def receive(self, timeout_s: float) -> Frame[Any]:
        """Say what comes next."""
        self.waits_s.append(timeout_s)
        said = self._says.pop(0) if self._says else PeerClosedError()
        if isinstance(said, Exception):
            raise said
        return said if isinstance(said, Frame) else Frame(said, b"")


@dataclass
class Trainer:
    """Trains nothing, and says of each training what was planned for it; then the lesson's end."""

    plans: list[Iterable[Any]] = field(default_factory=list)
    begun: list[tuple[Train, bytes]] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    probed: int = 0
    submissions: int = 0
    _next: Any = None

    def begin_submission(self) -> None:
        """Count the submissions."""
        self.submissions += 1

    def begin(self, training: Train, arrays: bytes) -> None:
        """Take up the plan of the next training."""
        self.begun.append((training, arrays))
        asked = training.request
        numbers = range(asked.initial_epoch, asked.epochs)[: training.max_epochs]
        plan = self.plans.pop(0) if self.plans else [ended(number) for number in numbers]
        self._next = iter(_with_last([*plan], numbers[-1] if numbers else 0))

    def next_ended(self) -> Any:
        """Return what was planned."""
        found = next(self._next)
        if isinstance(found, Exception):
            raise found
        return found

    def decide(self, decision: Decision) -> None:
        """Keep an answer."""
        self.decisions.append(decision)

    def probe(self) -> ProbeReading:
        """Give the same two layers each time."""
        self.probed += 1
        return PROBE


def ended(number: int, accuracy: float = 0.9, **changes: Any) -> Frame[EpochEnded]:
    """Return an epoch of a model that has a convolution with weights."""
    arrays = (ArraySpec("float32", KERNEL.shape), ArraySpec("float32", BIAS.shape))
    said = EpochEnded(epoch=epoch(number, accuracy, **changes), last=False, arrays=arrays)
    return Frame(said, KERNEL.tobytes() + BIAS.tobytes())


def _with_last(plan: list[Any], last: int) -> Iterable[Any]:
    for said in plan:
        is_last = isinstance(said, Frame) and said.message.epoch.number == last
        yield (
            Frame(msgspec.structs.replace(said.message, last=True), said.blob) if is_last else said
        )


def fit(
    document: dict[str, Any] | None = None,
    *,
    model: int = 0,
    resumes: Resumes = "nothing",
    line: int | None = 2,
    per_batch: bool = False,
    shims: tuple[str, ...] = (),
    rows: Sequence[int] = (),
    claim: dict[str, Any] | None = None,
    **values: Any,
) -> Frame[FitAsked]:
    """Ask for a fit of a model, on all images in order unless rows or a claim say otherwise."""
    claimed: dict[str, Any] = {"count": len(rows) or 60_000, "in_order": not rows}
    data = DataClaim(**(claimed | {"image_shape": (28, 28, 1)} | (claim or {})))
    asked = request(document, **({"epochs": 3, "data": data} | values))
    arrays = (ArraySpec("float32", (256,)), ArraySpec("int32", (len(rows),)))
    message = FitAsked(asked, line, model, resumes, per_batch, shims, arrays)
    return Frame(message, _TABLE.tobytes() + np.asarray(rows, np.int32).tobytes())


@dataclass
class Dialogue:
    """What became of a session."""

    box: Box
    trainer: Trainer
    evidence: TrainingEvidence
    session: Session
    watched: list[Epoch]


def dialogue(
    *says: Any,
    trainer: Trainer | None = None,
    source: bytes = SOURCE,
    gates: bool = True,
    box: Box | None = None,
    **target: Any,
) -> Dialogue:
    """Run a session with a box that says this and then ends; the gates are open or shut."""
    rubric = msgspec.structs.replace(
        RUBRIC, target=msgspec.structs.replace(RUBRIC.target, **target)
    )
    theirs: Any = box or Box(*says)
    ours: Any = trainer or Trainer()
    watched: list[Epoch] = []
    session = Session(theirs, ours, rubric, 7, lambda _: gates, watched.append)
    evidence = TrainingEvidence(source=read_source(source, rubric.names))
    return Dialogue(theirs, ours, session.run(evidence, "the/solution.py"), session, watched)
