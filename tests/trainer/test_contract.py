"""What a session may count on, of the trainer that trains and of the one that only says so.

One suite runs over both, so that what is tested with the fake holds with the real one. What a
caller must not do is tested of the fake alone: the real one would end, or train something else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from grader.dataset import DatasetFolder
from grader.protocol import (
    ArraySpec,
    BatchEnded,
    DataClaim,
    Decision,
    EpochEnded,
    Frame,
    Train,
    TrainingImpossible,
)
from grader.protocol.arrays import arrays_of
from grader.sandbox import Limits, start_trainer
from grader.trainer import BoxedTrainer, FakeTrainer
from tests.conftest import require
from tests.examples import layer, model, request

GO_ON, STOP = Decision(stop=False), Decision(stop=True)
IMAGES = 64
TABLE = np.linspace(0, 1, 256, dtype=np.float32).tobytes()
MODEL = model(
    layer("Conv2D", filters=4, kernel_size=[3, 3]),
    layer("MaxPooling2D", pool_size=[2, 2]),
    layer("Flatten"),
    layer("Dense", units=10, activation="softmax"),
)
# Nine answers for ten digits: admitted, and then refused by Keras.
REFUSED = model(layer("Flatten"), layer("Dense", units=9, activation="softmax"))

Trainer = BoxedTrainer | FakeTrainer


@pytest.fixture(scope="module")
def boxed(digits: DatasetFolder) -> Iterator[BoxedTrainer]:
    """Return a trainer in a box, which takes seconds to start."""
    require("bwrap")
    trainer = BoxedTrainer(lambda: start_trainer(digits.path, Limits(memory_mib=4096), threads=1))
    yield trainer
    trainer.close()


class Refusing(FakeTrainer):
    """Refuses what Keras refuses."""

    def unplanned(self, training: Train, numbers: range) -> Iterator[Any]:
        """Say no to that one model."""
        if training.request.model is REFUSED:
            yield TrainingImpossible("Keras says no")
        yield from super().unplanned(training, numbers)


@pytest.fixture(params=["fake", "boxed"])
def trainer(request: pytest.FixtureRequest) -> Trainer:
    """Return one trainer, and then the other."""
    if request.param == "fake":
        return Refusing()
    found: BoxedTrainer = request.getfixturevalue("boxed")
    return found


def training(document: dict[str, Any] | None = None, epochs: int = 2, **values: Any) -> Train:
    """Ask for a training on few images, in two batches an epoch."""
    claim = DataClaim(count=IMAGES, in_order=True, image_shape=(28, 28, 1))
    asked = request(
        document or MODEL,
        data=claim,
        epochs=epochs,
        batch_size=IMAGES // 2,
        initial_epoch=values.pop("initial_epoch", 0),
    )
    specs = (ArraySpec("float32", (256,)), ArraySpec("int32", (0,)))
    options: dict[str, Any] = {"seed": 1, "max_epochs": 20, "arrays": specs, **values}
    return Train(asked, **options)


def trained(
    trainer: Trainer, asked: Train, answer: Callable[[Any], Decision] = lambda _: GO_ON
) -> list[Any]:
    """Carry a training to its end, and return all that was said."""
    trainer.begin(asked, TABLE)
    said: list[Any] = []
    while True:
        said.append(trainer.next_ended())
        if isinstance(said[-1], TrainingImpossible):
            return said
        decision = answer(said[-1])
        trainer.decide(decision)
        if isinstance(said[-1], Frame) and (decision.stop or said[-1].message.last):
            return said


def numbers(said: list[Any]) -> list[int]:
    """Return the numbers of the epochs."""
    return [each.message.epoch.number for each in said if isinstance(each, Frame)]


def kernel_of(said: Frame[EpochEnded]) -> Any:
    """Return the weights of the first layer after an epoch."""
    return arrays_of(said, said.message.arrays)[0]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"epochs": 3}, [0, 1, 2]),
        ({"epochs": 9, "max_epochs": 2}, [0, 1]),
        ({"epochs": 5, "initial_epoch": 3}, [3, 4]),
        ({"epochs": 9, "initial_epoch": 3, "max_epochs": 1}, [3]),
    ],
)
def test_epochs_come_one_by_one_to_the_last(
    trainer: Trainer, values: dict[str, Any], expected: list[int]
) -> None:
    """As many as are asked for and allowed, and only the last one says that it is."""
    said = trained(trainer, training(**values))

    assert numbers(said) == expected
    assert [each.message.last for each in said] == [False] * (len(expected) - 1) + [True]


def test_an_epoch_brings_its_measure_and_its_weights(trainer: Trainer) -> None:
    """Right ones of so many images, logs by name, and arrays that fill the blob."""
    (ended,) = trained(trainer, training(epochs=1))
    epoch = ended.message.epoch

    assert 0 <= epoch.right <= epoch.images
    assert {"accuracy", "loss"} <= epoch.logs.keys()
    assert sum(spec.size_bytes for spec in ended.message.arrays) == len(ended.blob)


def test_a_stop_ends_a_training(trainer: Trainer) -> None:
    """The next one begins with its own first epoch."""
    stopped = trained(trainer, training(epochs=5), lambda _: STOP)
    after = trained(trainer, training(epochs=1))

    assert (numbers(stopped), numbers(after)) == ([0], [0])


def test_another_rate_is_taken(trainer: Trainer) -> None:
    """A decision may bring one."""
    said = trained(trainer, training(), lambda _: Decision(stop=False, learning_rate=0.0001))

    assert numbers(said) == [0, 1]


@pytest.mark.parametrize("resumes", ["training", "weights"])
def test_a_training_goes_on_from_the_last_one(trainer: Trainer, resumes: Any) -> None:
    """Whether it ended by itself or was stopped."""
    trained(trainer, training(), lambda _: STOP)
    said = trained(trainer, training(epochs=2, initial_epoch=1, resumes=resumes))

    assert numbers(said) == [1]


def test_batches_are_asked_about_before_their_epoch(trainer: Trainer) -> None:
    """Each of them, and the last one says that it is."""
    said = trained(trainer, training(per_batch=True))

    assert [(each.number, each.last) for each in said if isinstance(each, BatchEnded)] == [
        (0, False),
        (1, True),
    ] * 2
    assert [type(each) for each in said] == [BatchEnded, BatchEnded, Frame] * 2


def test_a_stop_after_a_batch_ends_an_epoch_early(trainer: Trainer) -> None:
    """The epoch is told all the same, and is asked about as well."""
    said = trained(trainer, training(per_batch=True), lambda _: STOP)

    assert [type(each) for each in said] == [BatchEnded, Frame]
    assert said[-1].message.epoch.partial


def test_what_keras_refuses_is_said_and_needs_no_answer(trainer: Trainer) -> None:
    """Then there is no training, and another may begin."""
    said = trained(trainer, training(REFUSED))
    after = trained(trainer, training(epochs=1))

    assert [type(each) for each in said] == [TrainingImpossible]
    assert numbers(after) == [0]


def test_a_probe_tells_the_layers_as_training_left_them(trainer: Trainer) -> None:
    """As often as it is asked, and the convolution's weights are those of the last epoch."""
    last = trained(trainer, training())[-1]
    probes = [trainer.probe(), trainer.probe()]

    assert all((probe.kernel == kernel_of(last)).all() for probe in probes)
    assert probes[0].convolution.use_bias
    assert probes[0].pooling.pool_size == (2, 2)


def test_a_model_is_restored_as_an_epoch_left_it(trainer: Trainer) -> None:
    """Whatever was trained after it."""
    asked = training()
    first, last = trained(trainer, asked)
    trained(trainer, training(epochs=1, seed=2))
    restored = []
    for ended in (first, last):
        trainer.restore(asked, TABLE, ended)
        restored.append(trainer.probe().kernel)

    assert (restored[0] == kernel_of(first)).all()
    assert (restored[1] == kernel_of(last)).all()


def test_it_may_be_closed_at_any_time(trainer: Trainer) -> None:
    """In the middle of a training, too; it starts again when it is needed."""
    trainer.begin(training(), TABLE)
    trainer.next_ended()
    trainer.close()
    trainer.close()

    assert numbers(trained(trainer, training(epochs=1))) == [0]


def test_between_submissions_it_stays_what_it_is(trainer: Trainer) -> None:
    """Few trainings are no reason to begin anew."""
    trainer.warm_up()
    trainer.begin_submission()
    trained(trainer, training(epochs=1))

    assert not trainer.renew_if_due()
    assert numbers(trained(trainer, training(initial_epoch=1, resumes="training"))) == [1]


def ask_before_an_answer(trainer: FakeTrainer) -> None:
    """Ask for the next epoch before the last one is answered."""
    trainer.begin(training(), TABLE)
    trainer.next_ended()
    trainer.next_ended()


def answer_nothing(trainer: FakeTrainer) -> None:
    """Decide where nothing was asked."""
    trainer.begin(training(), TABLE)
    trainer.decide(GO_ON)


def begin_within(trainer: FakeTrainer) -> None:
    """Begin while another training goes on."""
    trainer.begin(training(), TABLE)
    trainer.next_ended()
    trainer.decide(GO_ON)
    trainer.begin(training(), TABLE)


def go_on_from_nothing(trainer: FakeTrainer) -> None:
    """Resume what was never begun."""
    trainer.begin(training(resumes="training"), TABLE)


def go_on_from_a_restored_one(trainer: FakeTrainer) -> None:
    """Resume a model whose optimizer was not kept."""
    asked = training(epochs=1)
    (ended,) = trained(trainer, asked)
    trainer.restore(asked, TABLE, ended)
    trainer.begin(training(resumes="training"), TABLE)


def go_on_from_a_refused_one(trainer: FakeTrainer) -> None:
    """Resume what Keras refused."""
    trained(trainer, training(REFUSED))
    trainer.begin(training(resumes="weights"), TABLE)


def ask_beyond_the_end(trainer: FakeTrainer) -> None:
    """Ask for more than there is."""
    trained(trainer, training())
    trainer.next_ended()


def probe_nothing(trainer: FakeTrainer) -> None:
    """Probe before anything was trained."""
    trainer.probe()


def probe_within(trainer: FakeTrainer) -> None:
    """Probe what is still trained."""
    trainer.begin(training(), TABLE)
    trainer.probe()


def leave_arrays_out(trainer: FakeTrainer) -> None:
    """Send other arrays than the request names."""
    trainer.begin(training(), TABLE[:-1])


MISUSES = (
    *(ask_before_an_answer, answer_nothing, begin_within, go_on_from_nothing),
    *(go_on_from_a_restored_one, go_on_from_a_refused_one, ask_beyond_the_end),
    *(probe_nothing, probe_within, leave_arrays_out),
)


@pytest.mark.parametrize("misuse", MISUSES, ids=lambda misuse: misuse.__name__)
def test_the_fake_objects_to_misuse(misuse: Callable[[FakeTrainer], None]) -> None:
    """What would break a real trainer breaks a test."""
    with pytest.raises(AssertionError):
        misuse(Refusing())


def test_the_fake_raises_what_was_planned() -> None:
    """As the real one raises when its box ends: then there is nothing to go on from."""
    trainer = FakeTrainer([ConnectionError("gone")])
    trainer.begin(training(), TABLE)
    with pytest.raises(ConnectionError, match="gone"):
        trainer.next_ended()

    assert numbers(trained(trainer, training(epochs=1))) == [0]
