"""The trainer: what a session asks of it, and the two that answer.

`BoxedTrainer` trains, in a box that the worker keeps. `FakeTrainer` says what a test has planned,
and holds its caller to the same contract.
"""

from __future__ import annotations

from grader.trainer.boxed import BoxedTrainer
from grader.trainer.fake import FakeTrainer
from grader.trainer.port import Trainer
from grader.trainer.reading import ProbeReading, read_probe

__all__ = ["BoxedTrainer", "FakeTrainer", "ProbeReading", "Trainer", "read_probe"]
