"""A report: what was found, check by check, and the verdict that follows from it.

The JSON form of a `Report` is the public document that `--json` prints; `SCHEMA_VERSION` changes
when a field changes its meaning or goes away.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal

import msgspec

from grader.model.anatomy import Anatomy
from grader.protocol import EngineName, Epoch

SCHEMA_VERSION = 1
_MAX_CLAIM = 300
_SAYS = "your program's sandbox says, unchecked"


class Verdict(StrEnum):
    """How a submission ended. Only the first two are grades."""

    PASSED = "passed"
    FAILED = "failed"
    NEEDS_REVIEW = "needs_review"
    ERROR = "error"


class Status(StrEnum):
    """How one check ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


def claimed(text: str) -> str:
    """Quote what a submission's box says, so that nobody takes it for the grader's own words.

    Mostly it is our harness that says it, but the program beside it can say the same.
    """
    words = " ".join(text.split()).replace('"', "'")
    return f'{_SAYS}: "{words[:_MAX_CLAIM]}"'


class Finding(msgspec.Struct, frozen=True):
    """What a check function answers: whether it holds, what was found, and one sentence of help.

    `share` of a check that fails is how much of its points it earns all the same, from 0 to 1.
    """

    status: Status
    message: str
    help: str = ""
    share: float = 0.0


class CheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """A finding with the points that the rubric gives for it."""

    id: str
    status: Status
    points: float
    max_points: float
    message: str
    help: str = ""


class EpochResult(msgspec.Struct, frozen=True):
    """Training accuracy (0 to 1) and loss after one epoch, from the trainer's own record."""

    accuracy: float
    loss: float | None


class Training(msgspec.Struct, frozen=True, kw_only=True):
    """The training record as shown; `cut` says that the trainer ended it at the limit.

    `engine` says whose code trained: Keras's own, Keras's with `fused` kernels, or `compiled` code
    for the lesson's kind of model. The mathematics is the same.
    """

    epochs: tuple[EpochResult, ...] = ()
    stopped_after: int = 0
    cut: bool = False
    engine: Literal[""] | EngineName = ""

    @classmethod
    def from_epochs(cls, epochs: tuple[Epoch, ...], *, cut: bool) -> Training:
        """Show the trainer's record."""
        shown = tuple(EpochResult(epoch.accuracy, epoch.loss) for epoch in epochs)
        engine = epochs[-1].engine if epochs else ""
        return cls(epochs=shown, stopped_after=len(shown), cut=cut, engine=engine)


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """What a function made of a picture, beside what the reference makes of it.

    Each is a part of the whole, `height` x `width` grey values, row by row; in `differs`, 255
    stands where the two are not equal. `top` and `left` say where the part begins.
    """

    title: str
    height: int
    width: int
    top: int
    left: int
    got: bytes
    expected: bytes
    differs: bytes


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds of wall time: in the queue, grading, and the share of grading that trained."""

    queued_s: float = 0.0
    graded_s: float = 0.0
    trained_s: float = 0.0


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """What a report came of, so that it can be asked for again: digests, in hexadecimal.

    Attributes:
        source: Of the file that was handed in.
        rubric: Of all that the exercise asks for.
        code: Of the code that graded, the checks included.
        data: Of the data set that was trained on.
        engine: What trained: `fast` or `exact`.
        seed: Of the first run.
        threads: Of the trainer.
        versions: Of the programs that digits depend on, by name.
        run: Of the training, to the last digit; nothing where nothing was trained.
    """

    source: str = ""
    rubric: str = ""
    code: str = ""
    data: str = ""
    engine: str = ""
    seed: int = 0
    threads: int = 0
    versions: dict[str, str] = {}
    run: str = ""


class Lateness(msgspec.Struct, frozen=True, kw_only=True):
    """What being late costs: `percent` of `raw_score`, which is what the checks come to."""

    late_s: float
    percent: float
    raw_score: float
    deducted: float


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What a human decided, when (seconds since 1970), and what the machine had found."""

    verdict: Verdict
    score: float
    reason: str
    by: str
    at_s: float
    machine_verdict: Verdict
    machine_score: float


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is said about one submission.

    `verdict` and `score` are what counts: `late` says what was deducted for being late, if anything
    was, and `decision` what the machine had found, if a human decided otherwise.
    """

    submission_id: str
    exercise: str = ""
    student: str
    file: str
    verdict: Verdict
    score: float
    max_score: float
    checks: tuple[CheckResult, ...]
    training: Training = Training()
    anatomy: Anatomy = Anatomy()
    pictures: tuple[Picture, ...] = ()
    notes: tuple[str, ...] = ()
    timing: Timing = Timing()
    late: Lateness | None = None
    decision: Decision | None = None
    origin: Origin | None = None
    schema_version: int = SCHEMA_VERSION

    def decided(self, decision: Decision) -> Report:
        """Return the report with a human's decision, which is final."""
        day = f"{datetime.fromtimestamp(decision.at_s, UTC):%Y-%m-%d}"
        return msgspec.structs.replace(
            self,
            verdict=decision.verdict,
            score=decision.score,
            notes=(f"Decided by {decision.by} on {day}: {decision.reason}", *self.notes),
            decision=decision,
        )

    def to_json(self) -> str:
        """Encode as the public document."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_json(cls, document: str | bytes) -> Report:
        """Decode what `to_json` made."""
        return msgspec.json.decode(document, type=cls)
