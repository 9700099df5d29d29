"""A trainer that shares: whom it asks, what it claims, and what it says of others' epochs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from grader.database import Database
from grader.errors import RunDivergedError
from grader.protocol import (
    ArraySpec,
    BatchEnded,
    Decision,
    Frame,
    Resumes,
    Train,
    TrainingImpossible,
)
from grader.runs import RunStore, SharedTrainer
from grader.runs.shared import _POLL_S, _THINKING_S
from grader.runs.store import CLAIM_S
from grader.trainer import FakeTrainer, ProbeReading
from grader.trainer.fake import KERNEL, epoch_ended
from tests.examples import request

GO, STOP = Decision(stop=False), Decision(stop=True)


class Worker:
    """A worker with a trainer of its own and the store of all, where waiting takes no time."""

    def __init__(self, path: Path, *plans: Any) -> None:
        """Open the store."""
        self.now_s = 1000.0
        self.trainer = FakeTrainer(*plans)
        self.store = RunStore(Database(f"sqlite:///{path}/runs.sqlite", self._time), 1 << 20)
        self.shared = SharedTrainer(self.trainer, self.store, "c", self._sleep)
        self.slept_s: list[float] = []
        self.meanwhile: Callable[[], None] = lambda: None

    def _time(self) -> float:
        return self.now_s

    def _sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self.meanwhile()
        assert len(self.slept_s) < 1000, "it waits for ever"

    def begin(self, epochs: int = 9, resumes: Resumes = "nothing", **values: Any) -> None:
        """Begin a fit."""
        first = values.pop("initial_epoch", 0)
        asked = request(epochs=epochs, initial_epoch=first)
        arrays = values.pop("arrays", b"x")
        specs = (ArraySpec("uint8", (len(arrays),)),)
        options = {"seed": 1, "max_epochs": 20, "resumes": resumes, "arrays": specs} | values
        self.shared.begin(Train(asked, **options), arrays)

    def train(self, count: int, **values: Any) -> list[tuple[int, bool]]:
        """Train so many epochs, stop, and say their numbers and which was said to be the last."""
        self.begin(**values)
        said = []
        for number in range(count):
            frame = self.shared.next_ended()
            assert isinstance(frame, Frame)
            said.append((frame.message.epoch.number, frame.message.last))
            self.shared.decide(STOP if number == count - 1 else GO)
        return said


Hire = Callable[..., Worker]


@pytest.fixture
def hire(tmp_path: Path) -> Hire:
    """Return what makes another worker of the same store."""
    return lambda *plans: Worker(tmp_path, *plans)


def test_a_trainer_is_told_all_that_it_would_be_told_alone(hire: Hire) -> None:
    """What sharing adds is not seen by whoever trains first."""
    worker = hire()
    worker.shared.warm_up()
    worker.shared.begin_submission()
    worker.train(2)
    worker.train(1, resumes="training")
    worker.shared.close()

    assert worker.trainer.calls == [
        *("warm_up", "begin_submission", "begin nothing", "go on", "stop"),
        *("begin training", "stop", "close"),
    ]


def test_who_comes_second_trains_nothing(hire: Hire) -> None:
    """Nothing is begun before an epoch is missing; then all is repeated, and one more trained."""
    hire().train(2)
    second = hire()
    second.train(2)
    before = [*second.trainer.calls]
    longer = hire()
    longer.train(3)

    assert before == []
    assert longer.trainer.calls == ["begin nothing", "go on", "go on", "stop"]
    assert longer.trainer.trained == 3


@pytest.mark.parametrize(
    ("asked", "limit", "first", "last"),
    [(2, 20, 0, 1), (9, 2, 0, 1), (9, 20, 0, None), (7, 2, 4, 5), (5, 9, 4, 4)],
)
def test_each_is_told_which_epoch_is_its_own_last(
    hire: Hire, asked: int, limit: int, first: int, last: int | None
) -> None:
    """Whatever was asked for by whoever trained it."""
    hire().train(2, initial_epoch=first)
    values = {"epochs": asked, "max_epochs": limit, "initial_epoch": first}
    count = min(2, asked - first)
    said = hire().train(count, **values)

    assert said == [(number, number == last) for number in range(first, first + count)]


def test_another_training_is_not_mixed_in(hire: Hire) -> None:
    """A fit from nothing owes nothing to the one before, a fit that goes on does."""
    one = hire()
    one.train(1)
    one.train(2)
    again = hire()
    again.train(2)
    on = hire()
    on.train(1)
    on.train(1, resumes="training")
    anew = hire()
    anew.train(1, resumes="nothing")
    anew.begin(resumes="nothing")
    anew.shared.next_ended()

    assert again.trainer.trained == 0
    assert on.trainer.calls == ["begin nothing", "stop", "begin training", "stop"]
    assert anew.trainer.trained == 0


def test_what_differs_is_trained_by_itself(hire: Hire) -> None:
    """Other images, or another seed, are another run."""
    for values in ({}, {"arrays": b"y"}, {"seed": 2}):
        worker = hire()
        worker.train(1, **values)

        assert worker.trainer.trained == 1


def test_only_the_run_that_does_not_come_out_again_is_dropped(hire: Hire) -> None:
    """Others' runs have not been contradicted."""
    first = hire()
    first.train(2)
    first.train(1, arrays=b"y")
    second = hire()
    second.trainer.loss = 0.6
    with pytest.raises(RunDivergedError):
        second.train(3)
    again, other = hire(), hire()
    again.train(2)
    other.train(1, arrays=b"y")

    assert (again.trainer.trained, other.trainer.trained) == (2, 0)


def test_a_trainer_that_was_replaced_repeats(hire: Hire) -> None:
    """It begins at the beginning; one that stays goes on from where it is."""
    worker = hire()
    replaced = [worker.shared.renew_if_due()]
    worker.train(1)
    worker.trainer.is_due = True
    replaced.append(worker.shared.renew_if_due())
    worker.train(1, resumes="training")

    assert replaced == [False, True]
    assert worker.trainer.calls == [
        *("begin nothing", "stop"),
        *("begin nothing", "stop", "begin training", "stop"),
    ]


def test_a_trainer_that_stays_repeats_nothing(hire: Hire) -> None:
    """Between submissions, too."""
    worker = hire()
    worker.train(1)
    worker.shared.renew_if_due()
    worker.train(1, resumes="training")

    assert worker.trainer.calls == ["begin nothing", "stop", "begin training", "stop"]


def test_a_trainer_that_was_closed_repeats(hire: Hire) -> None:
    """What it had is gone."""
    worker = hire()
    worker.train(1)
    worker.shared.close()
    worker.train(1, resumes="training")

    assert worker.trainer.calls[2:] == [
        *("close", "begin nothing", "stop", "begin training", "stop")
    ]


def free(worker: Worker, other: Worker) -> bool:
    """Whether another worker could claim what this one is at."""
    key = worker.shared._stored_as
    found = other.store.claim(key)
    if found:
        other.store.release(key)
    return found


def test_an_epoch_is_claimed_while_it_is_trained(hire: Hire) -> None:
    """From the decision that begins it until it has ended, or until somebody gives up."""
    worker, other = hire(), hire()
    worker.begin()
    seen = []
    train = worker.trainer.next_ended

    def training() -> Any:
        seen.append(free(worker, other))
        return train()

    worker.trainer.next_ended = training  # type: ignore[method-assign]
    worker.shared.next_ended()
    after = free(worker, other)
    worker.shared.decide(GO)
    begun = free(worker, other)
    worker.shared.next_ended()
    worker.shared.decide(GO)
    worker.shared.close()
    closed = free(worker, other)

    assert (seen, after, begun, closed) == ([False, False], True, False, True)


def test_a_claim_is_renewed_while_a_trainer_works(
    hire: Hire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few times before it would end, and for that key."""
    worker, other = hire(), hire()
    beats: list[float] = []

    @contextmanager
    def beating(every_s: float, beat: Callable[[], None]) -> Iterator[None]:
        worker.now_s += CLAIM_S - 1
        beat()
        other.now_s = worker.now_s + CLAIM_S - 1
        beats.append(every_s)
        assert not free(worker, other)
        yield

    monkeypatch.setattr("grader.runs.shared.beating", beating)
    worker.train(2)

    assert len(beats) == 2
    assert CLAIM_S / 10 < beats[0] <= CLAIM_S / 3


def test_a_claim_is_given_back_once(hire: Hire, monkeypatch: pytest.MonkeyPatch) -> None:
    """Afterwards it is somebody else's."""
    released: list[str] = []
    monkeypatch.setattr(RunStore, "release", lambda _, key: released.append(key))
    worker = hire()
    worker.train(2)
    worker.shared.probe()
    worker.shared.close()

    assert len(released) == len({*released}) == 2


def test_what_ends_a_training_claims_nothing(hire: Hire) -> None:
    """Nobody trains on after a stop, and the probe needs no claim."""
    worker, other = hire(), hire()
    worker.train(1)
    stopped = free(worker, other)
    worker.begin(epochs=2)
    worker.shared.next_ended()
    worker.shared.decide(GO)
    worker.shared.next_ended()
    worker.shared.decide(GO)
    worker.shared.probe()

    assert stopped
    assert free(worker, other)


def test_a_training_that_fails_is_free_for_others(hire: Hire) -> None:
    """Whatever it failed of."""
    worker, other = hire([TrainingImpossible("no")]), hire()
    worker.begin()
    refused = worker.shared.next_ended()

    assert refused == TrainingImpossible("no")
    assert free(worker, other)
    assert other.train(1) == [(0, False)]
    assert other.trainer.trained == 1


def test_batches_are_not_shared(hire: Hire) -> None:
    """A callback that looks at batches sees those of a trainer of its own."""
    batch = BatchEnded(number=0, logs={}, last=True)
    first, second, other = (
        hire([batch, epoch_ended(0), batch]),
        hire([batch, epoch_ended(0)]),
        hire(),
    )
    for worker in (first, second):
        worker.begin(per_batch=True)

        assert worker.shared.next_ended() == batch
        assert free(worker, other)

        worker.shared.decide(GO)

        assert free(worker, other)
        assert worker.shared.next_ended() == epoch_ended(0)
        assert worker.store.get(worker.shared._stored_as) is None

        worker.shared.decide(STOP)


def test_who_trains_is_waited_for(hire: Hire) -> None:
    """In steps, for as long as it takes, and then its epoch is taken."""
    first, second = hire(), hire()
    first.begin()
    key = first.shared._stored_as
    first.store.claim(key)

    def meanwhile() -> None:
        if len(second.slept_s) == 3:
            first.store.put(key, epoch_ended(0))

    second.meanwhile = meanwhile
    second.train(1)

    assert second.slept_s == [_POLL_S] * 3
    assert second.trainer.trained == 0
    assert 0.05 <= _POLL_S <= 1


def test_who_thinks_about_an_epoch_is_waited_for_a_while(hire: Hire) -> None:
    """Whoever trained an epoch is likely to train the next; but not for ever, and not at first."""
    first = hire()
    first.begin()
    first.shared.next_ended()
    soon, late = hire(), hire()
    soon.now_s += 5
    soon.train(2)
    late.now_s += 100

    assert sum(soon.slept_s) == pytest.approx(_THINKING_S - 5, abs=2 * _POLL_S)
    assert 5 < _THINKING_S < 60

    late.train(3)

    assert late.slept_s == []


def test_who_lost_its_trainer_waits_for_others_again(hire: Hire) -> None:
    """For as long as after an epoch that is new; it is of no use that an earlier one is old."""
    hire().train(1)
    worker = hire()
    worker.now_s += 100
    worker.begin()
    for _ in range(2):
        worker.shared.next_ended()
        worker.shared.close()
        worker.shared.decide(GO)
    before = sum(worker.slept_s)
    worker.shared.next_ended()

    assert before == 0
    assert sum(worker.slept_s) == pytest.approx(_THINKING_S, abs=2 * _POLL_S)


def test_who_has_trained_an_epoch_itself_waits_for_nobody(hire: Hire) -> None:
    """Its own trainer is at hand."""
    worker = hire()
    worker.train(4)

    assert worker.slept_s == []


def test_a_probe_is_shared(hire: Hire) -> None:
    """The first asks its trainer; others need none."""
    first, second = hire(), hire()
    first.train(1)
    probes: list[ProbeReading] = [first.shared.probe(), first.shared.probe()]
    second.train(1)
    probes.append(second.shared.probe())

    assert [(probe.kernel == KERNEL).all() for probe in probes] == [True] * 3
    assert first.trainer.calls == ["begin nothing", "stop", "probe"]
    assert second.trainer.calls == []


def test_a_model_that_is_in_the_trainer_is_probed_there(hire: Hire) -> None:
    """Although its first epochs were others'."""
    hire().train(2)
    worker = hire()
    worker.train(3)
    worker.shared.probe()

    assert worker.trainer.calls == ["begin nothing", "go on", "go on", "stop", "probe"]


def test_a_model_that_was_trained_elsewhere_is_restored_to_be_probed(hire: Hire) -> None:
    """As its last epoch left it."""
    hire().train(2)
    worker = hire()
    worker.train(2)
    worker.shared.probe()

    assert worker.trainer.calls == ["restore nothing 1", "probe"]


def test_a_model_that_goes_on_is_restored_with_its_last_fit(hire: Hire) -> None:
    """Whose arrays and epochs are the last ones."""
    first, second = hire(), hire()
    for worker in (first, second):
        worker.train(2)
        worker.train(1, resumes="training", initial_epoch=5)
    second.shared.probe()

    assert second.trainer.calls == ["restore training 5", "probe"]
