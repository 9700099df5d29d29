"""A stored run that does not come out again: nobody gets a record made of two."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from grader.database import Database
from grader.errors import RunDivergedError
from grader.kinds import Task
from grader.kinds.training import TrainingKind
from grader.kinds.training.evidence import TrainingEvidence
from grader.model.submission import Submission
from grader.preflight import Reader
from grader.protocol import (
    Decision,
    Epoch,
    EpochEnded,
    Frame,
    Resumes,
    Train,
    TrainingImpossible,
)
from grader.runs import RunStore, SharedTrainer
from grader.trainer import BoxedTrainer, FakeTrainer
from tests.examples import request
from tests.runs import RUBRIC

GO, STOP = Decision(stop=False), Decision(stop=True)


class Fake(BoxedTrainer):
    """A trainer whose digits are as it is told."""

    def __init__(self, loss: float = 0.5, blob: bytes = b"1", *, refuses: bool = False) -> None:
        """Train to this loss and these weights."""
        super().__init__(lambda: pytest.fail("no box is needed"))
        self.loss, self.blob, self.refuses = loss, blob, refuses
        self.trained = self._number = 0

    def begin(self, training: Train, arrays: bytes) -> None:  # noqa: ARG002
        """Begin with the first epoch."""
        self._number = training.request.initial_epoch

    def next_ended(self) -> Any:
        """Return an epoch at once."""
        if self.refuses:
            return TrainingImpossible("no")
        number, self._number = self._number, self._number + 1
        self.trained += 1
        epoch = Epoch(number=number, right=1, images=2, loss=self.loss, logs={"loss": self.loss})
        return Frame(EpochEnded(epoch=epoch, last=False), self.blob)

    def decide(self, decision: Decision) -> None:
        """Obey."""


def store(path: Path) -> RunStore:
    """Open the run store of a folder."""
    return RunStore(Database(f"sqlite:///{path}/runs.sqlite"), max_bytes=1 << 30)


def sharing(trainer: BoxedTrainer, path: Path) -> SharedTrainer:
    """Return a trainer that shares its runs in a folder, and that waits in no time."""
    return SharedTrainer(trainer, store(path), "c", sleep=lambda _: None)


def train(shared: SharedTrainer, epochs: int, resumes: Resumes = "nothing") -> list[float | None]:
    """Train so many epochs and return their losses."""
    shared.begin(Train(request=request(), seed=1, max_epochs=9, resumes=resumes), b"")
    losses = []
    for number in range(epochs):
        ended = shared.next_ended()
        assert isinstance(ended, Frame)
        losses.append(ended.message.epoch.loss)
        shared.decide(STOP if number == epochs - 1 else GO)
    return losses


OTHERS = {
    "another loss": Fake(loss=0.6),
    "other weights": Fake(blob=b"2"),
    "a refusal": Fake(refuses=True),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS.keys())
def test_a_run_that_comes_out_otherwise_is_dropped(other: Fake, tmp_path: Path) -> None:
    """Catching up on it ends in an error of ours, and whoever comes next begins anew."""
    train(sharing(Fake(), tmp_path), 2)
    with pytest.raises(RunDivergedError):
        train(sharing(other, tmp_path), 3)
    anew = Fake()
    train(sharing(anew, tmp_path), 2)

    assert anew.trained == 2


def test_a_run_that_comes_out_again_goes_on(tmp_path: Path) -> None:
    """Also one that ended and is fitted further."""
    train(sharing(Fake(), tmp_path), 2)
    fake = Fake()
    shared = sharing(fake, tmp_path)
    train(shared, 2)
    train(shared, 1, "training")

    assert fake.trained == 3


def test_what_is_contradicted_is_not_believed_again(tmp_path: Path) -> None:
    """Another worker may write it anew meanwhile; all epochs are then of this one."""
    train(sharing(Fake(), tmp_path), 2)
    shared = sharing(Fake(loss=0.6), tmp_path)
    with pytest.raises(RunDivergedError):
        train(shared, 3)
    train(sharing(Fake(), tmp_path), 2)
    losses = train(shared, 3)

    assert losses == [0.6] * 3


def test_a_run_in_an_older_form_is_not_there(tmp_path: Path) -> None:
    """It is trained anew, and then it is there."""
    train(sharing(Fake(), tmp_path), 2)
    with Database(f"sqlite:///{tmp_path}/runs.sqlite").writing() as connection:
        older = msgspec.json.encode({"type": "EpochEnded", "epoch": 3})
        connection.execute(text("UPDATE run_results SET message = :older"), {"older": older})
    again, after = Fake(), Fake()
    train(sharing(again, tmp_path), 2)
    train(sharing(after, tmp_path), 2)

    assert (again.trained, after.trained) == (2, 0)


@pytest.mark.parametrize("times", [1, 2])
def test_grading_begins_anew_once(times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A submission does not suffer from a run of somebody else's; a second time is a failure."""
    observed: list[int] = []

    def once(
        _: TrainingKind, evidence: TrainingEvidence, _task: Task, seed: int, *_more: Any
    ) -> TrainingEvidence:
        observed.append(seed)
        if len(observed) <= times:
            raise RunDivergedError
        return evidence

    monkeypatch.setattr(TrainingKind, "_observed_once", once)
    boxes: Any = None
    judge: Any = None
    kind = TrainingKind(boxes, Reader(), FakeTrainer(), seed=4)
    submission = Submission(
        id="1", exercise="mnist-conv", student="ada", file="x.py", source=b"x = 1"
    )
    task = Task(submission, RUBRIC)
    if times == 1:
        kind.observe(task, judge, print)

        assert observed == [4, 4]
    else:
        with pytest.raises(RunDivergedError):
            kind.observe(task, judge, print)
