"""Shared runs: whoever trains it, everybody gets the same, and nothing is trained twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from grader.database import Database
from grader.dataset import DatasetFolder
from grader.kinds.training.evidence import Ending, TrainingEvidence
from grader.protocol import BatchEnded, EpochEnded, Frame, TrainingImpossible
from grader.runs import RunStore, SharedTrainer
from grader.sandbox import Limits, start_trainer
from grader.trainer import BoxedTrainer
from tests.conftest import require
from tests.runs import HEAD, TAIL, remote

PROGRAM = """
    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch == LAST
    model = keras.Sequential([
        layers.Conv2D(4, 3, activation="relu", input_shape=(28, 28, 1)),
        layers.MaxPooling2D(2, 2), layers.Flatten(), layers.Dense(10, activation="softmax")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit((x / 255.0).reshape(-1, 28, 28, 1), y, epochs=EPOCHS, verbose=0,
                        callbacks=[Stop()])
"""


class Counting(BoxedTrainer):
    """A trainer that counts the epochs it trains."""

    epochs = 0

    def next_ended(self) -> Frame[EpochEnded] | BatchEnded | TrainingImpossible:
        """Count what has ended."""
        self.epochs += 1
        return super().next_ended()


@pytest.fixture
def counting(digits: DatasetFolder) -> Iterator[Counting]:
    """Return a trainer that counts."""
    require("bwrap")
    trainer = Counting(lambda: start_trainer(digits.path, Limits(memory_mib=4096), threads=1))
    yield trainer
    trainer.close()


def program(last: int, epochs: int = 9, more: str = "") -> str:
    """Return a program that stops after an epoch."""
    body = PROGRAM.replace("LAST", str(last)).replace("EPOCHS", str(epochs))
    return HEAD + body + more + TAIL


def store(
    path: Path, max_bytes: int = 1 << 30, clock: Callable[[], float] | None = None
) -> RunStore:
    """Open the run store of a folder."""
    return RunStore(Database(f"sqlite:///{path}/runs.sqlite", clock), max_bytes)


def test_what_was_trained_is_not_trained_again(
    counting: Counting, digits: DatasetFolder, tmp_path: Path
) -> None:
    """Another program that asks for the same gets the same record, probe and weights, untrained."""
    alone = remote(program(2), counting, digits)
    first = remote(program(2), SharedTrainer(counting, store(tmp_path), "c"), digits)
    trained = counting.epochs
    built_before = program(2).replace("    model =", "    keras.layers.Dense(1)\n    model =", 1)
    second = remote(built_before, SharedTrainer(counting, store(tmp_path), "c"), digits)

    assert trained == 3 + 3
    assert counting.epochs == trained
    assert alone.record == first.record == second.record
    assert second.outcome == first.outcome
    assert second.probe is not None
    assert first.probe is not None
    assert (second.probe.kernel == first.probe.kernel).all()


def test_runs_part_where_the_decisions_do(
    counting: Counting, digits: DatasetFolder, tmp_path: Path
) -> None:
    """One that goes on longer gets what it would have got alone; one that ends sooner, for free."""
    alone = remote(program(3), counting, digits)
    shared = SharedTrainer(counting, store(tmp_path), "c")
    remote(program(1), shared, digits)
    longer = remote(program(3), shared, digits)
    trained = counting.epochs
    sooner = remote(program(5, epochs=2), shared, digits)
    probed_sooner = counting.epochs
    sooner_alone = remote(program(5, epochs=2), counting, digits)

    assert longer.record == alone.record
    assert probed_sooner == trained
    assert sooner.record is not None
    assert sooner.record.ending is Ending.COMPLETED
    assert sooner.record.epochs == alone.record.epochs[:2]  # type: ignore[union-attr]
    for name, value in vars(sooner_alone.probe).items():
        assert np.array_equal(getattr(sooner.probe, name), value), name


def test_a_claim_is_held_while_a_trainer_catches_up(
    counting: Counting, digits: DatasetFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Repeating epochs may take longer than a claim lasts, and nobody else begins meanwhile."""
    remote(program(1), SharedTrainer(counting, store(tmp_path), "c"), digits)
    shared = SharedTrainer(counting, store(tmp_path), "c")
    was_live: list[bool] = []
    monkeypatch.setattr("grader.runs.shared.CLAIM_S", 0.04)
    monkeypatch.setattr(RunStore, "renew", lambda *_: was_live.append(shared._is_live))
    remote(program(3), shared, digits)

    assert was_live.count(False) > 1
    assert was_live.count(True) > 1


def test_fits_that_go_on_are_shared_too(
    counting: Counting, digits: DatasetFolder, tmp_path: Path
) -> None:
    """A second fit of a model goes on from a run that the trainer itself never did."""
    more = (
        "    history = model.fit((x / 255.0).reshape(-1, 28, 28, 1), y, epochs=EPOCHS, verbose=0)\n"
    )
    alone = remote(program(0, more=more.replace("EPOCHS", "2")), counting, digits)
    shared = SharedTrainer(counting, store(tmp_path), "c")
    remote(program(0), shared, digits)
    again = remote(program(0, more=more.replace("EPOCHS", "2")), shared, digits)

    assert again.record == alone.record
    assert len(again.record.epochs) == 3  # type: ignore[union-attr]


def test_losing_the_store_costs_time_only(
    counting: Counting, digits: DatasetFolder, tmp_path: Path
) -> None:
    """Where there is no room for weights everything is trained again, to the last digit."""
    shared = SharedTrainer(counting, store(tmp_path, max_bytes=0), "c")
    first, second = (remote(program(1), shared, digits) for _ in range(2))

    assert counting.epochs == 4
    assert first.record == second.record


def test_of_two_that_ask_at_once_one_trains(digits: DatasetFolder, tmp_path: Path) -> None:
    """A follower waits for the epochs of the other and trains none itself."""
    require("bwrap")
    trainers = [
        Counting(lambda: start_trainer(digits.path, Limits(memory_mib=4096), threads=1))
        for _ in range(2)
    ]
    records: list[TrainingEvidence] = []

    def grade(trainer: Counting) -> None:
        shared = SharedTrainer(trainer, store(tmp_path), "c")
        records.append(remote(program(2), shared, digits))

    threads = [threading.Thread(target=grade, args=(trainer,)) for trainer in trainers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for trainer in trainers:
        trainer.close()

    assert sum(trainer.epochs for trainer in trainers) == 3
    assert records[0].record == records[1].record


def test_a_trainer_is_renewed_between_submissions(
    counting: Counting, digits: DatasetFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither too soon nor too late, and the next one trains the same."""
    first = remote(program(0), counting, digits)
    too_soon = counting.renew_if_due()
    monkeypatch.setattr("grader.trainer.boxed._MOST_TRAININGS", 0)
    due = counting.renew_if_due()
    second = remote(program(0), counting, digits)
    monkeypatch.setattr("grader.trainer.boxed._MOST_TRAININGS", 100)
    monkeypatch.setattr("grader.trainer.boxed._MOST_MIB", 10)

    assert (too_soon, due, counting.renew_if_due()) == (False, True, True)
    assert first.record == second.record


def test_a_claim_of_a_worker_that_died_ends(tmp_path: Path) -> None:
    """A claim is one worker's until it is released, or until nobody renews it."""
    now = [0.0]
    first, second = (store(tmp_path, clock=lambda: now[0]) for _ in range(2))

    assert first.claim("k")
    assert not second.claim("k")

    second.release("k")

    assert not second.claim("k")

    now[0] += 50
    first.renew("k")
    now[0] += 50

    assert not second.claim("k")

    now[0] += 50

    assert second.claim("k")
