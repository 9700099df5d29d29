"""A box that a test writes in advance, for sessions that take milliseconds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from grader.exercises import load_exercise
from grader.kinds.training.evidence import TrainingEvidence
from grader.kinds.training.session import Session
from grader.preflight import read_source
from grader.protocol import (
    ArraySpec,
    DataClaim,
    Decision,
    Epoch,
    EpochEnded,
    FitAsked,
    Frame,
    PeerClosedError,
    Resumes,
)
from grader.trainer import FakeTrainer
from grader.trainer.fake import BIAS, KERNEL
from tests.examples import epoch, request

RUBRIC = load_exercise("mnist-conv").rubric
SOURCE = b"def train_mnist_conv():\n    model.fit(x, y)\n"
GO_ON, STOP = Decision(stop=False), Decision(stop=True)
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


def ended(number: int, accuracy: float = 0.9, **changes: Any) -> Frame[EpochEnded]:
    """Return an epoch of a model that has a convolution with weights."""
    arrays = (ArraySpec("float32", KERNEL.shape), ArraySpec("float32", BIAS.shape))
    said = EpochEnded(epoch=epoch(number, accuracy, **changes), last=False, arrays=arrays)
    return Frame(said, KERNEL.tobytes() + BIAS.tobytes())


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
    trainer: FakeTrainer
    evidence: TrainingEvidence
    session: Session
    watched: list[Epoch]


def dialogue(
    *says: Any,
    trainer: FakeTrainer | None = None,
    source: bytes = SOURCE,
    gates: bool = True,
    box: Box | None = None,
    digit: Callable[[], NDArray[np.uint8]] | None = None,
    **target: Any,
) -> Dialogue:
    """Run a session with a box that says this and then ends; the gates are open or shut."""
    rubric = msgspec.structs.replace(
        RUBRIC, target=msgspec.structs.replace(RUBRIC.target, **target)
    )
    theirs: Any = box or Box(*says)
    ours = trainer or FakeTrainer()
    watched: list[Epoch] = []
    session = Session(theirs, ours, rubric, 7, lambda _: gates, watched.append, digit=digit)
    evidence = TrainingEvidence(source=read_source(source, rubric.names))
    return Dialogue(theirs, ours, session.run(evidence, "the/solution.py"), session, watched)
