"""The trainer as a session sees it: what was trained before is answered from the store.

While the store answers, the trainer itself does nothing. Once it does not, the trainer *catches
up*: it trains again what the session was told so far, with the same decisions, and goes on from
there. A run is deterministic, so nobody can tell the difference, and losing the store costs time.
Should it come out otherwise all the same, the stored run is dropped and grading begins anew: no
record is ever put together from two runs. A model that is only to be probed is *restored* from the
weights of its last epoch instead.

Fits in which callbacks look at single batches are not shared: every batch is a decision.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

import msgspec

from grader.errors import RunDivergedError
from grader.heartbeat import beating
from grader.protocol import (
    BatchEnded,
    Decision,
    EpochEnded,
    Frame,
    Train,
    TrainingImpossible,
)
from grader.runs.identity import first_key, next_key
from grader.runs.store import CLAIM_S, RunStore, Stored
from grader.trainer import BoxedTrainer, FakeTrainer, ProbeReading, read_probe

_POLL_S = 0.2
# How long a session that trained an epoch may think about it before another one trains the next.
_THINKING_S = 15.0
# Enough of a digest that two are never alike; a key holds three.
_DIGITS = 32


@dataclass
class _Fit:
    training: Train
    arrays: bytes
    decisions: list[Decision] = field(default_factory=list)
    # Digests of what was decided on: epochs or batches.
    told: list[str] = field(default_factory=list)

    @property
    def last_number(self) -> int:
        request = self.training.request
        return min(request.epochs, request.initial_epoch + self.training.max_epochs) - 1


class SharedTrainer:
    """A trainer whose runs are shared with all workers of a database."""

    def __init__(
        self,
        trainer: BoxedTrainer | FakeTrainer,
        store: RunStore,
        context: str,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Train with `trainer` what is not in `store`.

        Args:
            trainer: Trains what is not stored.
            store: What was trained before.
            context: All that digits depend on beside a request: data set, version, threads.
            sleep: Waits for other workers.
        """
        self._trainer = trainer
        self._store = store
        self._context = context
        self._sleep = sleep
        # All fits of the model at hand, and whether the trainer itself is where they have led.
        self._fits: list[_Fit] = []
        self._is_live = False
        self._key = ""
        # Where all runs of this model are in the store, and where this trainer contradicts it.
        self._place = ""
        self._contradicted: set[str] = set()
        self._claimed: str | None = None
        # The epoch that the store told last, and how old it was then.
        self._last: Frame[EpochEnded] | None = None
        self._age_s = 0.0

    def warm_up(self) -> None:
        """Start the trainer without waiting for it."""
        self._trainer.warm_up()

    def close(self) -> None:
        """End the trainer; what it was training is free for others."""
        self._give_back()
        self._is_live = False
        self._trainer.close()

    def renew_if_due(self) -> bool:
        """Between submissions: replace a trainer that has trained often or has grown large."""
        if not self._trainer.renew_if_due():
            return False
        self._is_live = False
        return True

    def begin_submission(self) -> None:
        """Count from here on what trainings take."""
        self._trainer.begin_submission()

    def begin(self, training: Train, arrays: bytes) -> None:
        """Begin a training; `arrays` are those with which the request came."""
        if training.resumes == "nothing":
            self._fits, self._is_live, self._key = [], False, ""
        self._key = first_key(training, arrays, self._context, self._key)
        if training.resumes == "nothing":
            self._place = self._key[:_DIGITS]
        self._fits.append(_Fit(training, arrays))
        if self._is_live:
            self._trainer.begin(training, arrays)

    def next_ended(self) -> Frame[EpochEnded] | BatchEnded | TrainingImpossible:
        """Wait for the next epoch or batch; each must be answered with `decide`.

        Raises:
            RunDivergedError: The epochs before came from the store and do not come out again.
        """
        ended = self._next_ended()
        self._fits[-1].told.append(_told(ended))
        return ended

    def _next_ended(self) -> Frame[EpochEnded] | BatchEnded | TrainingImpossible:
        fit = self._fits[-1]
        shares = not fit.training.per_batch
        if shares and not self._is_live:
            stored = self._from_others(is_first=not fit.decisions)
            if stored is not None:
                return stored
        try:
            with self._held():
                if not self._is_live:
                    self._catch_up()
                ended = self._trainer.next_ended()
            if shares and isinstance(ended, Frame):
                self._store.put(self._stored_as, ended)
                self._age_s = 0.0
        finally:
            self._give_back()
        return ended

    def decide(self, decision: Decision) -> None:
        """Answer an epoch or a batch."""
        fit = self._fits[-1]
        fit.decisions.append(decision)
        self._key = next_key(self._key, decision)
        if self._is_live:
            # Before the trainer goes on, so that whoever waits sees that somebody trains this.
            shares = not decision.stop and not fit.training.per_batch
            if shares and self._store.claim(self._stored_as):
                self._claimed = self._stored_as
            self._trainer.decide(decision)

    def probe(self) -> ProbeReading:
        """Ask how the two layers of the model that was trained last came out."""
        self._give_back()
        key = f"{self._stored_as}:probe"
        stored = self._stored(key)
        if stored is not None:
            return read_probe(stored.frame)
        if not self._is_live and self._last is not None:
            self._trainer.restore(self._fits[-1].training, self._fits[-1].arrays, self._last)
        frame = self._trainer.probe_frame()
        self._store.put(key, frame)
        return read_probe(frame)

    @property
    def _stored_as(self) -> str:
        return f"{self._place}:{self._key}"

    def _stored(self, key: str) -> Stored | None:
        return None if self._place in self._contradicted else self._store.get(key)

    def _from_others(self, *, is_first: bool) -> Frame[EpochEnded] | None:
        """Return the next epoch from the store, or None once it is ours to train."""
        waited_s = 0.0
        while True:
            stored = self._stored(self._stored_as)
            if stored is not None:
                self._age_s, self._last = stored.age_s, stored.frame
                return self._as_asked(stored.frame)
            if self._place in self._contradicted:
                return None
            is_thinking = not is_first and self._age_s + waited_s < _THINKING_S
            if not is_thinking and self._store.claim(self._stored_as):
                self._claimed = self._stored_as
                return None
            self._sleep(_POLL_S)
            waited_s += _POLL_S

    def _as_asked(self, frame: Frame[EpochEnded]) -> Frame[EpochEnded]:
        """Say whether it is the last one of this fit, which others may have asked longer."""
        last = frame.message.epoch.number == self._fits[-1].last_number
        return Frame(msgspec.structs.replace(frame.message, last=last), frame.blob)

    def _catch_up(self) -> None:
        """Have the trainer repeat what the session was told so far."""
        for fit in self._fits:
            self._trainer.begin(fit.training, fit.arrays)
            for decision, told in zip(fit.decisions, fit.told, strict=False):
                if _told(self._trainer.next_ended()) != told:
                    self._contradicted.add(self._place)
                    self._store.drop(self._place)
                    raise RunDivergedError("a stored training is not what is trained here")
                self._trainer.decide(decision)
        self._is_live = True

    @contextmanager
    def _held(self) -> Iterator[None]:
        """Keep the claim while the trainer works on it."""
        if self._claimed is None:
            yield
            return
        with beating(CLAIM_S / 4, partial(self._store.renew, self._claimed)):
            yield

    def _give_back(self) -> None:
        if self._claimed is not None:
            self._store.release(self._claimed)
            self._claimed = None


def _told(ended: Frame[EpochEnded] | BatchEnded | TrainingImpossible) -> str:
    """Return a digest of what a session is told: logs, and weights to the last bit.

    Whether an epoch is the last one is not in it: that is for this fit to say.
    """
    if isinstance(ended, Frame):
        parts = [msgspec.json.encode(ended.message.epoch), bytes(ended.blob)]
    else:
        parts = [msgspec.json.encode(ended)]
    return hashlib.sha256(b"".join(parts)).hexdigest()
