"""A trainer that trains nothing: it says what was planned, and holds its caller to the contract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from grader.protocol import (
    ArraySpec,
    BatchEnded,
    ConvolutionSettings,
    Decision,
    Epoch,
    EpochEnded,
    Frame,
    PoolingSettings,
    Probed,
    Train,
    TrainingImpossible,
)
from grader.protocol.mnist import TRAINING_IMAGES
from grader.trainer.reading import ProbeReading, read_probe

KERNEL, BIAS = np.ones((3, 3, 1, 4), np.float32), np.full(4, 2, np.float32)
_WEIGHTS = (ArraySpec("float32", KERNEL.shape), ArraySpec("float32", BIAS.shape))
PROBED = Frame(
    Probed(
        ConvolutionSettings((1, 1), "valid", (1, 1), 1, "linear", use_bias=True),
        PoolingSettings((2, 2), (2, 2), "valid"),
        _WEIGHTS,
    ),
    KERNEL.tobytes() + BIAS.tobytes(),
)
PROBE = read_probe(PROBED)
Said: TypeAlias = Frame[EpochEnded] | BatchEnded | TrainingImpossible


class FakeTrainer:
    """Says of each training what was planned for it, and otherwise one epoch after another.

    Attributes:
        plans: What is said of the next trainings: epochs, batches, refusals, or errors to raise.
        accuracy: Of every epoch that was not planned, from 0 to 1.
        loss: Of every epoch that was not planned.
        begun: Every training that was asked for, with its arrays.
        decisions: Every answer.
        calls: What it was told, in order, in few words.
        trained: How many epochs it has said.
        is_due: Whether it says that it was renewed.
    """

    def __init__(
        self, *plans: Iterable[Any], accuracy: float = 0.9, loss: float | None = 0.5
    ) -> None:
        """Plan some trainings, and how those that are not planned go."""
        self.plans: list[Iterable[Any]] = [*plans]
        self.accuracy = accuracy
        self.loss = loss
        self.begun: list[tuple[Train, bytes]] = []
        self.decisions: list[Decision] = []
        self.calls: list[str] = []
        self.trained = 0
        self.is_due = False
        self._is_under_way = self._can_go_on = self._has_model = False
        self._says: Iterator[Any] = iter(())
        self._asks: Any = None

    def warm_up(self) -> None:
        """Start nothing."""
        self.calls.append("warm_up")

    def begin_submission(self) -> None:
        """Count nothing."""
        self.calls.append("begin_submission")

    def begin(self, training: Train, arrays: bytes) -> None:
        """Take up the plan of the next training.

        Raises:
            AssertionError: The last one has not ended, or there is nothing to go on from.
        """
        self._must(not self._is_under_way, "the last training has not ended")
        self._must(training.resumes == "nothing" or self._can_go_on, "nothing to go on from")
        self._must(training.max_epochs >= 1, "a training has at least one epoch")
        size = sum(spec.size_bytes for spec in training.arrays)
        self._must(size == len(arrays), "the arrays are those of the request")
        self.calls.append(f"begin {training.resumes}")
        self.begun.append((training, arrays))
        self._is_under_way = self._can_go_on = self._has_model = True
        asked = training.request
        numbers = range(asked.initial_epoch, asked.epochs)[: training.max_epochs]
        plan = self.plans.pop(0) if self.plans else self.unplanned(training, numbers)
        self._says = _with_last(plan, numbers[-1] if numbers else 0)

    def unplanned(self, training: Train, numbers: range) -> Iterator[Any]:
        """Say what becomes of a training for which there is no plan: two batches in an epoch."""
        for number in numbers:
            partial = False
            if training.per_batch:
                yield BatchEnded(number=0, logs={}, last=False)
                partial = self.decisions[-1].stop
            if training.per_batch and not partial:
                yield BatchEnded(number=1, logs={}, last=True)
            yield epoch_ended(number, self.accuracy, self.loss, partial=partial)

    def next_ended(self) -> Said:
        """Say what was planned.

        Raises:
            AssertionError: The last epoch or batch was not answered, or the training has ended.
        """
        self._must(self._asks is None, "the last one waits for an answer")
        said: Any = next(self._says, None) if self._is_under_way else None
        self._must(said is not None, "the training has ended")
        if isinstance(said, Exception):
            self._close()
            raise said
        if isinstance(said, TrainingImpossible):
            self._close()
            return said
        self.trained += isinstance(said, Frame)
        self._asks = said
        return said  # type: ignore[no-any-return] # whatever was planned

    def decide(self, decision: Decision) -> None:
        """Keep an answer, and end the training where it stops.

        Raises:
            AssertionError: Nothing was asked.
        """
        asked, self._asks = self._asks, None
        self._must(asked is not None, "nothing was asked")
        if isinstance(asked, Frame):
            self._is_under_way = not (decision.stop or asked.message.last)
        self.calls.append("stop" if decision.stop else "go on")
        self.decisions.append(decision)

    def restore(self, training: Train, arrays: bytes, ended: Frame[EpochEnded]) -> None:
        """Take up a model that was trained elsewhere; it cannot be trained on."""
        self._must(not self._is_under_way, "the last training has not ended")
        self._has_model, self._can_go_on = True, False
        self.begun.append((training, arrays))
        self.calls.append(f"restore {training.resumes} {ended.message.epoch.number}")

    def probe(self) -> ProbeReading:
        """Give the same two layers each time."""
        self.probe_frame()
        return PROBE

    def probe_frame(self) -> Frame[Probed]:
        """Give the same two layers each time.

        Raises:
            AssertionError: Nothing was trained, or it still is.
        """
        self._must(self._has_model and not self._is_under_way, "there is nothing to probe")
        self.calls.append("probe")
        return PROBED

    def renew_if_due(self) -> bool:
        """Say whether it was said to be due."""
        return self.is_due

    def close(self) -> None:
        """Forget the model."""
        self.calls.append("close")
        self._close()

    def _close(self) -> None:
        self._is_under_way = self._can_go_on = self._has_model = False
        self._says, self._asks = iter(()), None

    @staticmethod
    def _must(holds: bool, rule: str) -> None:  # noqa: FBT001 - read as a sentence
        if not holds:
            raise AssertionError(rule)


def epoch_ended(
    number: int,
    accuracy: float = 0.9,
    loss: float | None = 0.5,
    kernel: NDArray[np.float32] = KERNEL,
    *,
    partial: bool = False,
) -> Frame[EpochEnded]:
    """Return an epoch over all images, of a model that has a convolution with these weights."""
    right = round(TRAINING_IMAGES * accuracy)
    epoch = Epoch(
        number=number,
        right=right,
        images=TRAINING_IMAGES,
        loss=loss,
        logs={"accuracy": right / TRAINING_IMAGES, "loss": loss},
        partial=partial,
    )
    said = EpochEnded(epoch=epoch, last=False, arrays=_WEIGHTS)
    return Frame(said, kernel.tobytes() + BIAS.tobytes())


def _with_last(plan: Iterable[Any], last: int) -> Iterator[Any]:
    for said in plan:
        is_last = isinstance(said, Frame) and said.message.epoch.number == last
        yield (
            Frame(msgspec.structs.replace(said.message, last=True), said.blob) if is_last else said
        )
