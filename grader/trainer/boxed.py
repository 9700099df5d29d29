"""The trainer as the worker holds it: a long-lived box with our own program in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from grader.errors import TrainerError, TrainerLimitError
from grader.protocol import (
    BatchEnded,
    Decision,
    EpochEnded,
    Frame,
    FromTrainer,
    PeerSilentError,
    Probe,
    Probed,
    ProtocolError,
    Restore,
    Train,
    TrainingImpossible,
)
from grader.sandbox import Box
from grader.trainer.reading import ProbeReading, read_probe

_EPOCH_S = 3600.0
_SEND_S = 120.0
_PROBE_ARRAYS = 2
# TensorFlow keeps a little of every model it has seen.
_MOST_TRAININGS = 200
_MOST_MIB = 4096


class BoxedTrainer:
    """Starts the trainer when it is first needed and keeps it; a trainer that fails is replaced."""

    def __init__(self, start: Callable[[], Box[FromTrainer]]) -> None:
        """Use `start` to get a fresh trainer."""
        self._start = start
        self._box: Box[FromTrainer] | None = None
        self._trainings = 0

    def warm_up(self) -> None:
        """Start the trainer without waiting for it, so that it is ready when it is needed."""
        if self._box is None:
            self._box = self._start()

    def begin_submission(self) -> None:
        """Count from here on what trainings take; one submission may take only so much."""
        if self._box is not None:
            self._box.begin_share()

    def begin(self, training: Train, arrays: bytes) -> None:
        """Begin a training; `arrays` are those with which the request came."""
        self._trainings += 1
        self._send(training, [arrays])

    def next_ended(self) -> Frame[EpochEnded] | BatchEnded | TrainingImpossible:
        """Wait for the next epoch or batch; each must be answered with `decide`."""
        frame: Frame[Any] = self._receive()
        if isinstance(frame.message, TrainingImpossible | BatchEnded):
            return frame.message
        if isinstance(frame.message, EpochEnded):
            return frame
        raise self._failed(f"it said {type(frame.message).__name__} instead of an epoch")

    def decide(self, decision: Decision) -> None:
        """Answer an epoch or a batch."""
        self._send(decision)

    def restore(self, training: Train, arrays: bytes, ended: Frame[EpochEnded]) -> None:
        """Have the model as it was when this epoch of a training ended, to be probed."""
        specs = (*training.arrays, *ended.message.arrays)
        self._send(Restore(request=training.request, arrays=specs), [arrays, ended.blob])

    def probe(self) -> ProbeReading:
        """Ask how the two layers of the model that was trained last came out."""
        return read_probe(self.probe_frame())

    def probe_frame(self) -> Frame[Probed]:
        """Probe, and return the answer as it came."""
        self._send(Probe())
        frame: Frame[Any] = self._receive()
        if not isinstance(frame.message, Probed) or len(frame.message.arrays) != _PROBE_ARRAYS:
            raise self._failed(f"it said {type(frame.message).__name__} instead of a probe")
        return frame

    def renew_if_due(self) -> bool:
        """Between submissions: replace a trainer that has trained often or has grown large."""
        if self._box is None:
            return False
        if self._trainings <= _MOST_TRAININGS and self._box.resident_mib() <= _MOST_MIB:
            return False
        self.close()
        self.warm_up()
        return True

    def close(self) -> None:
        """End the trainer."""
        self._trainings = 0
        if self._box is not None:
            self._box.close()
            self._box = None

    def _ready(self) -> Box[FromTrainer]:
        self.warm_up()
        if self._box is None:
            raise TrainerError("the trainer was closed while it started")
        self._box.wait_ready()
        return self._box

    def _send(self, message: Any, blobs: Sequence[Any] = ()) -> None:
        try:
            self._ready().channel.send(message, blobs, timeout_s=_SEND_S)
        except ProtocolError as error:
            raise self._failed(str(error)) from error

    def _receive(self) -> Frame[Any]:
        try:
            return self._ready().channel.receive(_EPOCH_S)
        except PeerSilentError as error:
            self._failed(str(error))
            raise TrainerLimitError(f"it took over {_EPOCH_S / 60:.0f} minutes") from error
        except ProtocolError as error:
            raise self._failed(str(error)) from error

    def _failed(self, reason: str) -> TrainerError:
        box, self._box = self._box, None
        excess, output = None, ""
        if box is not None:
            box.close()
            excess, output = box.excess, box.output[-500:]
        if excess:
            return TrainerLimitError(excess)
        return TrainerError(f"the trainer failed: {reason} {output}".strip())
