"""What crosses between worker, sandbox and trainer: typed messages, and arrays as raw bytes.

A frame is two big-endian lengths, a JSON document and a blob:

    4 bytes  length of the JSON document
    4 bytes  length of the blob
    ...      the JSON document: one message, tagged with its type
    ...      the blob: the message's arrays one after another, as the message's `arrays` describe

Both peers of the worker use this module, and the sandbox's end belongs to the submission. So a
length is checked before it is read, a message is decoded strictly (unknown fields and types are
refused), an array is bytes with a dtype from a short list, and nothing is ever unpickled.

The module imports nothing else of ours, because it also runs inside the sandbox.
"""

from __future__ import annotations

import math
import socket
import struct
import time
from collections.abc import Iterable, Sequence
from typing import Any, Generic, Literal, NamedTuple, TypeVar

import msgspec

MAX_DOCUMENT_BYTES = 1 << 20
MAX_BLOB_BYTES = 1 << 28

_HEADER = struct.Struct(">II")
_ITEM_BYTES = {"float32": 4, "int32": 4, "uint8": 1}


class ProtocolError(Exception):
    """Raised when the peer breaks the protocol; the three cases below are its kinds."""


class MalformedFrameError(ProtocolError):
    """Raised when the peer sends what is not a frame of the expected types."""


class PeerClosedError(ProtocolError):
    """Raised when the peer has closed its end."""


class PeerSilentError(ProtocolError):
    """Raised when the peer sends nothing for as long as it was given."""


class _Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value inside a message."""


class _Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag=True):
    """A message; the JSON field `type` holds the class name."""


class ArraySpec(_Value, frozen=True):
    """Shape and dtype of one array in the blob, C order, little endian."""

    dtype: Literal["float32", "int32", "uint8"]
    shape: tuple[int, ...]

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

    count: int
    problem: str | None = None
    in_order: bool = False
    image_shape: tuple[int, ...] = ()
    label_shape: tuple[int, ...] = ()
    one_hot: bool = False
    mislabelled: int = 0


class TrainingRequest(_Value, frozen=True):
    """One `fit` as data: what to build, on what to train it, and for how long.

    `model` is Keras's own serialised form of a compiled model. Nothing in it is trusted: admission
    decides on it before anything is built.
    """

    model: dict[str, Any]
    data: DataClaim
    epochs: int
    batch_size: int = 32
    initial_epoch: int = 0
    shuffle: bool = True
    steps_per_epoch: int | None = None


# What a fit goes on from: nothing (weights come from the seed), the weights that the last fit of
# the same model left (it was compiled anew since), or all it left, the optimizer's state too.
Resumes = Literal["nothing", "weights", "training"]


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
    line: int | None
    model: int = 0
    resumes: Resumes = "nothing"
    per_batch: bool = False
    shims: tuple[str, ...] = ()
    arrays: tuple[ArraySpec, ...] = ()


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

    error: str
    message: str
    phase: Literal["import", "call"]
    line: int | None = None


class Returned(_Message, frozen=True):
    """What the graded function returned, as far as it has the asked form, and in words."""

    description: str
    epochs: tuple[int, ...] | None = None
    accuracy: float | None = None


class Undecidable(_Message, frozen=True):
    """The submission trains in a way that cannot be repeated outside, and where it does."""

    reason: str
    line: int | None = None


class Finished(_Message, frozen=True):
    """Sandbox to worker: the submission has ended; `outcome` says how.

    `returned_fit` counts the fits from 0 and names the one whose history was returned.
    """

    outcome: Returned | Raised | Undecidable | None
    returned_fit: int | None = None
    shims: tuple[str, ...] = ()


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


class TrainingImpossible(_Message, frozen=True):
    """Trainer to worker: Keras refuses this request, or it is over a budget."""

    reason: str


class Probe(_Message, frozen=True):
    """Worker to trainer: run these images through the convolution and the pooling layer."""

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
    """

    convolution: ConvolutionSettings
    pooling: PoolingSettings
    arrays: tuple[ArraySpec, ...]


FromSandbox = Ready | FitAsked | Decision | Finished
ToSandbox = RunSubmission | FitRefused | Rehearse | BatchEnded | EpochEnded
FromTrainer = Ready | BatchEnded | EpochEnded | TrainingImpossible | Probed
ToTrainer = Train | Decision | Probe
MessageT = TypeVar("MessageT")


class Frame(NamedTuple, Generic[MessageT]):
    """A received message with the bytes of its arrays."""

    message: MessageT
    blob: bytes


def split(blob: bytes, specs: Sequence[ArraySpec]) -> list[memoryview]:
    """Cut a blob into the arrays it holds.

    Raises:
        MalformedFrameError: The blob's length is not what the specs add up to.
    """
    if any(size < 0 for spec in specs for size in spec.shape):
        raise MalformedFrameError("an array has a negative size")
    if sum(spec.size_bytes for spec in specs) != len(blob):
        raise MalformedFrameError("the arrays do not fill the blob")
    view, parts, start = memoryview(blob), [], 0
    for spec in specs:
        parts.append(view[start : start + spec.size_bytes])
        start += spec.size_bytes
    return parts


class Channel(Generic[MessageT]):
    """One end of a stream socket on which frames cross."""

    def __init__(
        self, end: socket.socket, receives: Any, max_blob_bytes: int = MAX_BLOB_BYTES
    ) -> None:
        """Speak over `end`, accepting only messages of the union `receives`."""
        self._end = end
        self._decoder = msgspec.json.Decoder(receives)
        self._max_blob_bytes = max_blob_bytes

    def fileno(self) -> int:
        """File descriptor of the socket."""
        return self._end.fileno()

    def close(self) -> None:
        """Close this end."""
        self._end.close()

    def send(
        self,
        message: _Message,
        blobs: Iterable[bytes | memoryview] = (),
        timeout_s: float | None = None,
    ) -> None:
        """Send a message and the bytes of its arrays.

        Raises:
            PeerSilentError: The peer did not take them within `timeout_s`.
            PeerClosedError: The peer is gone.
        """
        document = msgspec.json.encode(message)
        parts = [memoryview(part).cast("B") for part in blobs]
        header = _HEADER.pack(len(document), sum(map(len, parts)))
        try:
            self._end.settimeout(timeout_s)
            self._end.sendall(header + document)
            for part in parts:
                self._end.sendall(part)
        except TimeoutError as error:
            raise PeerSilentError("the peer does not read") from error
        except OSError as error:
            raise PeerClosedError(str(error)) from error

    def receive(self, timeout_s: float | None = None) -> Frame[MessageT]:
        """Wait for one frame; the time counts for it as a whole, so a drip of bytes ends too.

        Raises:
            PeerSilentError: No whole frame came within `timeout_s`.
            PeerClosedError: The peer is gone.
            MalformedFrameError: The frame is too long or not of the expected types.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        document_bytes, blob_bytes = _HEADER.unpack(self._read(_HEADER.size, deadline))
        if document_bytes > MAX_DOCUMENT_BYTES or blob_bytes > self._max_blob_bytes:
            raise MalformedFrameError(
                f"a frame of {document_bytes} + {blob_bytes} bytes is too long"
            )
        document = self._read(document_bytes, deadline)
        blob = self._read(blob_bytes, deadline)
        try:
            message = self._decoder.decode(document)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise MalformedFrameError(str(error)) from error
        split(blob, getattr(message, "arrays", ()))
        return Frame(message, blob)

    def _read(self, size: int, deadline: float | None) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            left_s = None if deadline is None else deadline - time.monotonic()
            if left_s is not None and left_s <= 0:
                raise PeerSilentError(f"{size - len(parts)} bytes are missing")
            try:
                self._end.settimeout(left_s)
                part = self._end.recv(min(size - len(parts), 1 << 20))
            except TimeoutError as error:
                raise PeerSilentError(f"{size - len(parts)} bytes are missing") from error
            except OSError as error:
                raise PeerClosedError(str(error)) from error
            if not part:
                raise PeerClosedError("the peer closed its end")
            parts += part
        return bytes(parts)
