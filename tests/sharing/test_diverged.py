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
    Frame,
    Resumes,
    Train,
    TrainingImpossible,
)
from grader.runs import RunStore, SharedTrainer
from grader.trainer import FakeTrainer
from grader.trainer.fake import KERNEL, epoch_ended
from tests.examples import request
from tests.runs import RUBRIC

GO, STOP = Decision(stop=False), Decision(stop=True)


def store(path: Path) -> RunStore:
    """Open the run store of a folder."""
    return RunStore(Database(f"sqlite:///{path}/runs.sqlite"), max_bytes=1 << 30)


def sharing(trainer: FakeTrainer, path: Path) -> SharedTrainer:
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


OTHERS: dict[str, list[Any]] = {
    "another loss": [epoch_ended(number, loss=0.6) for number in range(3)],
    "other weights": [epoch_ended(number, kernel=2 * KERNEL) for number in range(3)],
    "a refusal": [TrainingImpossible("no")],
}


@pytest.mark.parametrize("plan", OTHERS.values(), ids=OTHERS.keys())
def test_a_run_that_comes_out_otherwise_is_dropped(plan: list[Any], tmp_path: Path) -> None:
    """Catching up on it ends in an error of ours, and whoever comes next begins anew."""
    train(sharing(FakeTrainer(), tmp_path), 2)
    with pytest.raises(RunDivergedError):
        train(sharing(FakeTrainer(plan), tmp_path), 3)
    anew = FakeTrainer()
    train(sharing(anew, tmp_path), 2)

    assert anew.trained == 2


def test_a_run_that_comes_out_again_goes_on(tmp_path: Path) -> None:
    """Also one that ended and is fitted further."""
    train(sharing(FakeTrainer(), tmp_path), 2)
    fake = FakeTrainer()
    shared = sharing(fake, tmp_path)
    train(shared, 2)
    train(shared, 1, "training")

    assert fake.trained == 3


def test_what_is_contradicted_is_not_believed_again(tmp_path: Path) -> None:
    """Another worker may write it anew meanwhile; all epochs are then of this one."""
    train(sharing(FakeTrainer(), tmp_path), 2)
    shared = sharing(FakeTrainer(loss=0.6), tmp_path)
    with pytest.raises(RunDivergedError):
        train(shared, 3)
    # As grading does, for it is left in the middle of a training.
    shared.close()
    train(sharing(FakeTrainer(), tmp_path), 2)
    losses = train(shared, 3)

    assert losses == [0.6] * 3


def test_a_run_in_an_older_form_is_not_there(tmp_path: Path) -> None:
    """It is trained anew, and then it is there."""
    train(sharing(FakeTrainer(), tmp_path), 2)
    with Database(f"sqlite:///{tmp_path}/runs.sqlite").writing() as connection:
        older = msgspec.json.encode({"type": "EpochEnded", "epoch": 3})
        connection.execute(text("UPDATE run_results SET message = :older"), {"older": older})
    again, after = FakeTrainer(), FakeTrainer()
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
