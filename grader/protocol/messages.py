"""The messages, and the values inside them: frozen, strictly typed, unknown fields refused."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta

from grader.protocol.fields import MAX_NUMBER, Line, Number, Numbers, Shape, Text, Texts
from grader.protocol.mnist import TRAINING_IMAGES

# Numbers that cross as they lie in memory; booleans are bytes of 0 and 1.
DType = Literal[
    "bool",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float16",
    "float32",
    "float64",
]
_ITEM_BYTES = {name: int(name.lstrip("uintfloabe") or 8) // 8 for name in get_args(DType)}


class _Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value inside a message."""


class _Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag=True):
    """A message; the JSON field `type` holds the class name."""


class ArraySpec(_Value, frozen=True):
    """Shape and dtype of one array in the blob, C order, little endian."""

    dtype: DType
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


class Known(_Value, frozen=True):
    """How many training images a model gets right, asked image by image once an epoch has ended.

    `images` are all that were asked, `trained` those of them that any fit of the model has used.
    """

    images: Number
    right: Number
    trained: Number
    trained_right: Number


class Epoch(_Value, frozen=True):
    """One trained epoch: its number, and its logs with `None` for what is not a finite number.

    `right` of `images` is the trainer's own measure, a running one; `logs` holds the metrics that
    the submission compiled. An epoch is `partial` when a callback broke it off before its last
    batch, and `short` when its steps do not go over the images that the exercise asks for. `known`
    is measured where the running accuracy reaches the target. `operations` is what it cost.
    """

    number: int
    right: Number
    images: Number
    loss: float | None
    logs: dict[str, float | None]
    partial: bool = False
    short: bool = False
    engine: EngineName = "keras"
    known: Known | None = None
    operations: Number = 0

    @property
    def accuracy(self) -> float:
        """Share of the images that were right when their step came, from 0 to 1."""
        return self.right / self.images if self.images else 0.0


class Decision(_Message, frozen=True):
    """The callbacks' answer to an epoch or a batch: stop or go on, perhaps at another rate.

    `broken` says that one of them raised, which ends the training, too.
    """

    stop: bool
    broken: bool = False
    learning_rate: float | None = None


class RunSubmission(_Message, frozen=True):
    """Worker to sandbox: run this source, then call this function.

    Where there is a `driver`, its `drive(submission)` is called instead; it is ours, and calls what
    is defined under `names`. What the submission draws at random without a seed of its own comes
    from `seed`.
    """

    source: str
    filename: str
    function: str
    driver: str = ""
    names: Texts = ()
    is_notebook: bool = False
    seed: Number = 0


class LoadSubmission(_Message, frozen=True):
    """Worker to sandbox: run this source like an import, and wait for calls of its `names`."""

    source: str
    filename: str
    names: Texts
    is_notebook: bool = False
    seed: Number = 0


class Call(_Message, frozen=True):
    """Worker to sandbox: call this function with these arrays, and these numbers behind them."""

    function: str
    arrays: tuple[ArraySpec, ...] = ()
    numbers: tuple[int | float, ...] = ()


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
    """An exception that left the submission's code.

    Without an `error` it is the driver that goes no further: `message` says what the submission
    gave it, such as "f returned None".
    """

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


class Loaded(_Message, frozen=True):
    """Sandbox to worker: the file was run; `raised` says what kept it from its end, if anything.

    The names in `missing` are not bound to anything that can be called.
    """

    raised: Raised | None = None
    missing: Texts = ()
    shims: Texts = ()


class Called(_Message, frozen=True):
    """Sandbox to worker: how a call ended.

    Arrays: those that it was given, as they are now; then the result, if it is one of numbers.
    `returned` is what it is, in words.
    """

    raised: Raised | None = None
    returned: Text = ""
    arrays: Annotated[tuple[ArraySpec, ...], Meta(max_length=9)] = ()


class Ready(_Message, frozen=True):
    """The peer has started: TensorFlow is imported."""

    tensorflow: str


class Train(_Message, frozen=True):
    """Worker to trainer: train this request from this seed, at most this many epochs.

    After an epoch whose running accuracy reaches `target` the model is asked how many it knows of
    `measured_images` training images, those of its fits first. An epoch that costs over
    `most_operations` is not begun.
    """

    request: TrainingRequest
    seed: int
    max_epochs: int
    target: float = 1.0
    measured_images: Number = TRAINING_IMAGES
    most_operations: Number = MAX_NUMBER
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

    `needs_review`: it may be right, but the trainer cannot tell or will not pay.
    """

    reason: str
    needs_review: bool = False


class Probe(_Message, frozen=True):
    """Worker to trainer: say how the convolution and the pooling layer came out of training."""


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
    """Trainer to worker: how the two layers were built; arrays: kernel, bias (empty without)."""

    convolution: ConvolutionSettings
    pooling: PoolingSettings
    arrays: tuple[ArraySpec, ...]


class Show(_Message, frozen=True):
    """Worker to sandbox, once the submission has ended: run images through one of its models.

    `fit` counts the fits from 0 and names the model.
    """

    fit: Number
    arrays: tuple[ArraySpec, ...]


class Shown(_Message, frozen=True):
    """Sandbox to worker: what entered and left the submission's own two layers, or why not.

    Arrays: convolution input and output, pooling input and output.
    """

    problem: Text | None = None
    arrays: Annotated[tuple[ArraySpec, ...], Meta(max_length=4)] = ()


FromSandbox = Ready | FitAsked | Decision | Finished | Shown | Loaded | Called
ToSandbox = (
    RunSubmission | FitRefused | Rehearse | BatchEnded | EpochEnded | Show | LoadSubmission | Call
)
FromTrainer = Ready | BatchEnded | EpochEnded | TrainingImpossible | Probed
ToTrainer = Train | Decision | Restore | Probe
