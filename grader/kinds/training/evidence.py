"""Evidence of a training: which model was fitted on what, what became of it, and what it knows.

Fields are unset for what was not observed because grading ended before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grader.admission import LayerFound
from grader.model.anatomy import Layer
from grader.model.evidence import Evidence
from grader.model.report import Training
from grader.protocol import Epoch, Raised, Returned, Undecidable
from grader.trainer import ProbeReading


@dataclass(frozen=True)
class DataFacts:
    """Which images the graded fit asks for, counted by the worker from the row numbers.

    `image_shape` is that of one image, `black` and `white` are what the ends of the grey values
    became. The trainer gives the model its own images in this form.
    """

    count: int
    problem: str | None = None
    training_images: int = 0
    test_images: int = 0
    mislabelled: int = 0
    image_shape: tuple[int, ...] = ()
    black: float = 0.0
    white: float = 0.0


class Ending(Enum):
    """How a training run ended."""

    STOPPED = "a callback stopped it"
    COMPLETED = "it trained as many epochs as fit asked for"
    CUT = "the trainer cut it at the limit"
    BROKEN = "the submission ended in the middle of it"
    IMPOSSIBLE = "Keras could not train it"


@dataclass(frozen=True)
class Record:
    """The trainer's record of all fits of the graded model, one after another.

    `last_fit` is how many of the epochs the last fit trained.
    """

    epochs: tuple[Epoch, ...]
    ending: Ending
    problem: str | None = None
    last_fit: int = 0


class Reach(Enum):
    """Whether an epoch has the accuracy that is required; `DOUBTFUL` is for a human."""

    NO = "no"
    YES = "yes"
    DOUBTFUL = "doubtful"


# How much less of the images it was trained on a model may know, asked itself, than its epoch said:
# its running accuracy is a mean over a model that changed meanwhile. Measured over seeds, engines
# and networks (docs/adr/0009-what-an-epoch-counts-for.md).
KNOWN_MARGIN = Fraction(3, 2000)
# How much less than the target it may know of images that it has not seen: of 99.8 %, 97 %. Who
# leaves out those that it gets wrong, and not just some, falls below it.
UNSEEN_MARGIN = Fraction(28, 1000)


def share_of(target: float) -> Fraction:
    """Return a target as the share that is written in the rubric, and not the nearest binary."""
    return Fraction(str(target))


def reach(epoch: Epoch, target: float) -> Reach:
    """Say whether an epoch reaches the target, by counting images.

    An epoch over the images that the exercise asks for reaches it if its running accuracy does, and
    the model that it left knows them nearly as well. A short one may be about images that somebody
    chose, so all that counts is what the model knows of all of them.
    """
    required, known = share_of(target), epoch.known
    if epoch.partial or epoch.right < required * epoch.images or not epoch.images:
        return Reach.NO
    if known is None or not known.images:
        return Reach.DOUBTFUL
    if epoch.short:
        return Reach.YES if known.right >= required * known.images else Reach.NO
    seen = (required - KNOWN_MARGIN) * known.trained
    unseen = (required - UNSEEN_MARGIN) * (known.images - known.trained)
    knows = known.trained_right >= seen and known.right >= seen + unseen
    return Reach.YES if knows else Reach.DOUBTFUL


def best_accuracy(record: Record | None) -> float:
    """Return the best accuracy of a whole epoch, or 0.

    An epoch that a callback broke off, or that had few steps, is an accuracy of a few images only.
    """
    epochs = record.epochs if record else ()
    whole = (epoch.accuracy for epoch in epochs if not epoch.partial and not epoch.short)
    return max(whole, default=0.0)


class Weights(NamedTuple):
    """Kernel and bias of the convolution after one epoch, recorded by the trainer."""

    kernel: NDArray[np.float32]
    bias: NDArray[np.float32] | None


def _nothing() -> NDArray[np.float32]:
    return np.zeros(0, np.float32)


@dataclass(frozen=True)
class ShownLayers:
    """What the submission's own two layers do with hidden images; claimed, so only compared.

    `problem` says why nothing could be seen.
    """

    problem: str | None = None
    convolution_input: NDArray[np.float32] = field(default_factory=_nothing)
    convolution_output: NDArray[np.float32] = field(default_factory=_nothing)
    pooling_input: NDArray[np.float32] = field(default_factory=_nothing)
    pooling_output: NDArray[np.float32] = field(default_factory=_nothing)


@dataclass(frozen=True)
class ShownDigit:
    """What the two layers make of a digit of grey values."""

    pixels: NDArray[np.uint8]
    layers: ShownLayers


@dataclass(frozen=True)
class TrainingEvidence(Evidence):
    """Everything observed of one submission.

    Where several models are fitted, one of them is graded: the one whose history is returned, else
    the last one. `fit_line` to `probe` speak of it.

    Attributes:
        fit_line: Line of its last `fit`; claimed, for messages only.
        layers: Layers of the requested model, recorded from the request that is trained.
        data: Recorded.
        record: Recorded by the trainer.
        probe: Recorded by the trainer.
        parameters: Recorded: how many numbers the weights of the trained model are, in all.
        weights: Recorded: the convolution's, after each epoch of its last fit.
        built: Recorded from the request: its layers and their shapes, for looking at.
        shown: Claimed, and compared with `probe` and `weights`.
        digit: Claimed, for looking at.
        outcome: Claimed: how the submission's function ended.
        collapse: Recorded: why the box ended before the submission had, such as a limit.
        is_doubtful: Whether a human has to decide because an epoch and the model it left tell
            different things.
    """

    fit_line: int | None = None
    layers: tuple[LayerFound, ...] | None = None
    data: DataFacts | None = None
    record: Record | None = None
    probe: ProbeReading | None = None
    parameters: int | None = None
    weights: tuple[Weights, ...] = ()
    built: tuple[Layer, ...] = ()
    shown: ShownLayers | None = None
    digit: ShownDigit | None = None
    outcome: Returned | Raised | Undecidable | None = None
    collapse: str | None = None
    is_doubtful: bool = False

    @property
    def training(self) -> Training:
        """Return the record as the report shows it."""
        if self.record is None:
            return Training()
        return Training.from_epochs(self.record.epochs, cut=self.record.ending is Ending.CUT)
