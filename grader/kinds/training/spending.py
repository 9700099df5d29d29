"""What one submission may cost its trainer, in units that mean the same on every machine.

Seconds do not: a busy worker would make a zero of what an idle one passes. So epochs are counted,
and operations (`grader.engine.budget` prices them), and everything counts: epochs of a fit that
is refused in the end, and the start of each training.
"""

from __future__ import annotations

from dataclasses import dataclass

from grader.protocol import Epoch

# Epochs of all models together, as a multiple of what one model may have.
_MODELS_TO_TRAIN = 3
MAX_FITS = 200
# Each of them costs the trainer seconds.
MAX_IMPOSSIBLE = 20
# About fifty minutes of one core at a hundred thousand million a second; the lesson's own model
# takes forty epochs for a tenth of it.
MAX_OPERATIONS = 300_000_000_000_000
# Building a model and its steps takes a second whatever the model.
_PER_TRAINING = 100_000_000_000


@dataclass
class Spending:
    """Adds up what the trainings of one submission cost."""

    max_epochs: int
    epochs: int = 0
    operations: int = 0
    impossible: int = 0

    @property
    def left(self) -> int:
        """Operations that may still be spent."""
        return max(0, MAX_OPERATIONS - self.operations)

    @property
    def has_epochs_left(self) -> bool:
        """Whether another model may be trained."""
        return self.epochs < _MODELS_TO_TRAIN * self.max_epochs

    def begin(self) -> None:
        """Count the start of a training."""
        self.operations += _PER_TRAINING

    def add(self, epoch: Epoch) -> None:
        """Count an epoch, whatever becomes of it."""
        self.epochs += 1
        self.operations += max(0, epoch.operations)
