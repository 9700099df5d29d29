"""The messages, and the values inside them: frozen, strictly typed, unknown fields refused."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from grader.protocol.fields import Line, Number, Numbers, Shape, Text, Texts

_ITEM_BYTES = {"float32": 4, "int32": 4, "uint8": 1}


class _Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value inside a message."""


class _Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag=True):
    """A message; the JSON field `type` holds the class name."""


class ArraySpec(_Value, frozen=True):
    """Shape and dtype of one array in the blob, C order, little endian."""

    dtype: Literal["float32", "int32", "uint8"]
    shape: Shape

    @property
    def size_bytes(self) -> int:
        """Bytes that the array takes in the blob."""
        return _ITEM_BYTES[self.dtype] * math.prod(self.shape)


class DataClaim(_Value, frozen=True):
    """Which images a fit asks to train on, recognised inside the sandbox by content, every pixel.

    With `problem` unset, two arrays come along: `table` (256 float32: the value each pixel value
    was mapped to) and `rows` (int32: index of each image among the 60,000 training images
    followed by the 10,000 test images), the latter empty when the images are the first `count`
    ones in order.
    """

    count: Number
    problem: Text | None = None
    in_order: bool = False
    image_shape: Shape = ()
    label_shape: Shape = ()
    one_hot: bool = False
    mislabelled: Number = 0


class TrainingRequest(_Value, frozen=True):
    """One `fit` as data: what to build, on what to train it, and for how long.

    `model` is Keras's own serialised form of a compiled model. Nothing in it is trusted: admission
    decides on it before anything is built.
    """

    model: dict[str, Any]
    data: DataClaim
    epochs: Number
    batch_size: Number = 32
    initial_epoch: Number = 0
    shuffle: bool = True
    steps_per_epoch: Number | None = None


# What a fit goes on from: nothing (weights come from the seed), the weights that the last fit of
# the same model left (it was compiled anew since), or all it left, the optimizer's state too.
Resumes = Literal["nothing", "weights", "training"]


# Whose code trained an epoch: Keras's own; Keras's step with fused kernels and faster gradients; or
# compiled code for the lesson's kind of model. The mathematics is the same, not the rounding.
EngineName = Literal["keras", "fused", "compiled"]


class Epoch(_Value, frozen=True):
    """One trained epoch: its number, and its logs with `None` for what is not a finite number.

    `accuracy` is the trainer's own measure; `logs` holds the metrics the submission compiled. An
    epoch is `partial` when a callback broke it off before its last batch.
    """

    number: int
    accuracy: float
    loss: float | None
    logs: dict[str, float | None]
    partial: bool = False
    engine: EngineName = "keras"


class Decision(_Message, frozen=True):
    """The callbacks' answer to an epoch or a batch: stop or go on, perhaps at another rate.

    `broken` says that one of them raised, which ends the training, too.
    """

    stop: bool
    broken: bool = False
    learning_rate: float | None = None


class RunSubmission(_Message, frozen=True):
    """Worker to sandbox: run this source, then call this function."""

    source: str
    filename: str
    function: str
    is_notebook: bool = False


class FitAsked(_Message, frozen=True):
    """Sandbox to worker: the submission called `fit`.

    `model` numbers the submission's model objects; fits of one model add up. `per_batch` asks for
    a `BatchEnded` after every batch, because a callback wants to see each.
    """

    request: TrainingRequest
    line: Line | None
    model: Number = 0
    resumes: Resumes = "nothing"
    per_batch: bool = False
    shims: Texts = ()
    arrays: Annotated[tuple[ArraySpec, ...], Meta(max_length=2)] = ()


class FitRefused(_Message, frozen=True):
    """Worker to sandbox: Keras could not train this either; `fit` raises with this reason."""

    reason: str


class Rehearse(_Message, frozen=True):
    """Worker to sandbox: this fit fails a gate and is not trained.

    The submission may fit another model yet, so it goes on with a rehearsal of a few images.
    """


class BatchEnded(_Message, frozen=True):
    """A batch is trained; `logs` are the epoch's running means, `last` says it was its last one."""

    number: int
    logs: dict[str, float | None]
    last: bool


class EpochEnded(_Message, frozen=True):
    """An epoch is trained; the arrays are the model's weights in Keras's order."""

    epoch: Epoch
    last: bool
    arrays: tuple[ArraySpec, ...] = ()


class Raised(_Message, frozen=True):
    """An exception that left the submission's code."""

    error: Text
    message: Text
    phase: Literal["import", "call"]
    line: Line | None = None


class Returned(_Message, frozen=True):
    """What the graded function returned, as far as it has the asked form, and in words."""

    description: Text
    epochs: Numbers | None = None
    accuracy: float | None = None


class Undecidable(_Message, frozen=True):
    """The submission trains in a way that cannot be repeated outside, and where it does."""

    reason: Text
    line: Line | None = None


class Finished(_Message, frozen=True):
    """Sandbox to worker: the submission has ended; `outcome` says how.

    `returned_fit` counts the fits from 0 and names the one whose history was returned.
    """

    outcome: Returned | Raised | Undecidable | None
    returned_fit: Number | None = None
    shims: Texts = ()


class Ready(_Message, frozen=True):
    """The peer has started: TensorFlow is imported."""

    tensorflow: str


class Train(_Message, frozen=True):
    """Worker to trainer: train this request from this seed, at most this many epochs."""

    request: TrainingRequest
    seed: int
    max_epochs: int
    resumes: Resumes = "nothing"
    per_batch: bool = False
    arrays: tuple[ArraySpec, ...] = ()


class Restore(_Message, frozen=True):
    """Worker to trainer: have this model with these weights, which were trained before.

    It can be probed, but not be trained on: the state of its optimizer is not kept. The arrays are
    those with which the request came, and then the weights in Keras's order.
    """

    request: TrainingRequest
    arrays: tuple[ArraySpec, ...]


class TrainingImpossible(_Message, frozen=True):
    """Trainer to worker: Keras refuses this request, or it is over a budget.

    `needs_review`: neither, but the trainer cannot tell what it would cost.
    """

    reason: str
    needs_review: bool = False


class Probe(_Message, frozen=True):
    """Worker to trainer: run these images through the convolution and the pooling layer.

    `seed` draws the images of its own training that the model is asked about.
    """

    seed: int
    arrays: tuple[ArraySpec, ...]


class ConvolutionSettings(_Value, frozen=True):
    """How the probed convolution layer was built."""

    strides: tuple[int, int]
    padding: str
    dilation: tuple[int, int]
    groups: int
    activation: str
    use_bias: bool


class PoolingSettings(_Value, frozen=True):
    """How the probed pooling layer was built."""

    pool_size: tuple[int, int]
    strides: tuple[int, int]
    padding: str


class Probed(_Message, frozen=True):
    """Trainer to worker: what went into the two layers and what came out.

    Arrays: convolution input, kernel, bias (empty without one), output; pooling input, output.
    `recall` is the share of its training images that the model as it is now gets right.
    """

    convolution: ConvolutionSettings
    pooling: PoolingSettings
    recall: float
    arrays: tuple[ArraySpec, ...]


FromSandbox = Ready | FitAsked | Decision | Finished
ToSandbox = RunSubmission | FitRefused | Rehearse | BatchEnded | EpochEnded
FromTrainer = Ready | BatchEnded | EpochEnded | TrainingImpossible | Probed
ToTrainer = Train | Decision | Restore | Probe
