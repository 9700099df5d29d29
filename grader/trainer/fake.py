"""A trainer that trains nothing: it says what was planned, and holds its caller to the contract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
import numpy as np

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


class FakeTrainer:
    """Says of each training what was planned for it, and otherwise one epoch after another.

    Attributes:
        plans: What is said of the next trainings: epochs, batches, refusals, or errors to raise.
        accuracy: Of every epoch that was not planned, from 0 to 1.
        loss: Of every epoch that was not planned.
        begun: Every training that was asked for, with its arrays.
        decisions: Every answer.
        calls: What was asked, in order, in a word each.
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
        self.is_due = False
        self.has_model = False
        self._says: Iterator[Any] = iter(())
        self._asks: Any = None

    @property
    def trained(self) -> int:
        """How many epochs were trained in all."""
        return self.calls.count("epoch")

    def warm_up(self) -> None:
        """Start nothing."""
        self.calls.append("warm_up")

    def begin_submission(self) -> None:
        """Count nothing."""
        self.calls.append("begin_submission")

    def begin(self, training: Train, arrays: bytes) -> None:
        """Take up the plan of the next training.

        Raises:
            AssertionError: The last one waits for an answer, or there is nothing to go on from.
        """
        self._must(self._asks is None, "the last training waits for an answer")
        self._must(training.resumes == "nothing" or self.has_model, "nothing to go on from")
        self._must(training.max_epochs >= 1, "a training has at least one epoch")
        expected = sum(spec.size_bytes for spec in training.arrays)
        self._must(expected in (0, len(arrays)), "the arrays are those of the request")
        self.calls.append("begin")
        self.begun.append((training, arrays))
        self.has_model = True
        asked = training.request
        numbers = range(asked.initial_epoch, asked.epochs)[: training.max_epochs]
        plan = self.plans.pop(0) if self.plans else self._unplanned(training, numbers)
        self._says = iter(_with_last([*plan], numbers[-1] if numbers else 0))

    def next_ended(self) -> Frame[EpochEnded] | BatchEnded | TrainingImpossible:
        """Say what was planned.

        Raises:
            AssertionError: The last epoch or batch was not answered, or the training has ended.
        """
        self._must(self._asks is None, "the last one waits for an answer")
        said: Any = next(self._says, None)
        self._must(said is not None, "the training has ended")
        if isinstance(said, Exception):
            raise said
        if isinstance(said, TrainingImpossible):
            self.has_model = False
            return said
        self.calls.append("epoch" if isinstance(said, Frame) else "batch")
        self._asks = said
        return said  # type: ignore[no-any-return] # whatever was planned

    def decide(self, decision: Decision) -> None:
        """Keep an answer, and end the training where it stops.

        Raises:
            AssertionError: Nothing was asked.
        """
        self._must(self._asks is not None, "nothing was asked")
        if decision.stop and isinstance(self._asks, Frame):
            self._says = iter(())
        self._asks = None
        self.decisions.append(decision)

    def restore(self, training: Train, arrays: bytes, ended: Frame[EpochEnded]) -> None:
        """Take up a model that was trained elsewhere."""
        self.has_model = True
        self.begun.append((training, arrays))
        self.calls.append(f"restore {ended.message.epoch.number}")

    def probe(self) -> ProbeReading:
        """Give the same two layers each time."""
        return read_probe(self.probe_frame())

    def probe_frame(self) -> Frame[Probed]:
        """Give the same two layers each time.

        Raises:
            AssertionError: Nothing was trained.
        """
        self._must(self.has_model, "nothing to probe")
        self.calls.append("probe")
        return PROBED

    def renew_if_due(self) -> bool:
        """Say whether it was said to be due."""
        return self.is_due

    def close(self) -> None:
        """Forget the model."""
        self.calls.append("close")
        self.has_model, self._asks, self._says = False, None, iter(())

    def _unplanned(self, training: Train, numbers: Sequence[int]) -> Iterator[Any]:
        for number in numbers:
            if training.per_batch:
                yield BatchEnded(number=0, logs={}, last=True)
            yield epoch_ended(number, self.accuracy, self.loss)

    @staticmethod
    def _must(holds: bool, rule: str) -> None:  # noqa: FBT001 - read as a sentence
        if not holds:
            raise AssertionError(rule)


def epoch_ended(number: int, accuracy: float = 0.9, loss: float | None = 0.5) -> Frame[EpochEnded]:
    """Return an epoch over all training images, of a model that has a convolution with weights."""
    right = round(TRAINING_IMAGES * accuracy)
    logs = {"accuracy": right / TRAINING_IMAGES, "loss": loss}
    epoch = Epoch(number=number, right=right, images=TRAINING_IMAGES, loss=loss, logs=logs)
    said = EpochEnded(epoch=epoch, last=False, arrays=_WEIGHTS)
    return Frame(said, KERNEL.tobytes() + BIAS.tobytes())


def _with_last(plan: Sequence[Any], last: int) -> Iterator[Any]:
    for said in plan:
        is_last = isinstance(said, Frame) and said.message.epoch.number == last
        yield (
            Frame(msgspec.structs.replace(said.message, last=True), said.blob) if is_last else said
        )
