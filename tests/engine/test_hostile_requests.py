"""A request that was admitted, and is hostile all the same, is answered; the trainer lives on.

The requests go to the trainer itself, as a session would send them: past everything that could
have stopped them before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from grader.dataset import DatasetFolder
from grader.protocol import (
    ArraySpec,
    DataClaim,
    Decision,
    EpochEnded,
    Frame,
    Resumes,
    Train,
    TrainingImpossible,
)
from grader.sandbox import Limits, start_trainer
from grader.trainer import BoxedTrainer
from tests.examples import keras_object, layer, model, request

TABLE = np.linspace(0, 1, 256, dtype=np.float32).tobytes()
INPUT = layer("InputLayer", batch_shape=[None, 28, 28, 1], dtype="float32")
LAST = (layer("Flatten"), layer("Dense", units=10, activation="softmax"))


def sequential(*layers: dict[str, Any], **compiled: Any) -> dict[str, Any]:
    """Return a compiled model whose layers have names of their own."""
    named = [
        {**each, "config": {**each["config"], "name": f"l{number}"}}
        for number, each in enumerate(layers)
    ]
    return model(*named, **compiled)


def lesson(*more: dict[str, Any], **compiled: Any) -> dict[str, Any]:
    """Return a small model of the asked kind, with layers before its last two."""
    return sequential(
        INPUT,
        layer("Conv2D", filters=2, kernel_size=[3, 3]),
        layer("MaxPooling2D", pool_size=[8, 8]),
        *more,
        *LAST,
        **compiled,
    )


def begin(
    trainer: BoxedTrainer, document: dict[str, Any], resumes: Resumes = "nothing", **values: Any
) -> Any:
    """Ask for a training on 64 images, and return what ends first: an epoch, or all of it."""
    claim = DataClaim(count=64, in_order=True, image_shape=(28, 28, 1))
    training = Train(
        request=request(document, **{"data": claim, "epochs": 2, **values}),
        seed=1,
        max_epochs=3,
        resumes=resumes,
        arrays=(ArraySpec("float32", (256,)), ArraySpec("int32", (0,))),
    )
    trainer.begin(training, TABLE)
    return trainer.next_ended()


def stop(trainer: BoxedTrainer) -> None:
    """Tell the trainer to end what it does."""
    trainer.decide(Decision(stop=True))


@pytest.fixture
def fast_trainer(digits: DatasetFolder) -> Iterator[BoxedTrainer]:
    """Have a trainer with compiled steps, as grading has it."""
    trainer = BoxedTrainer(lambda: start_trainer(digits.path, Limits(memory_mib=4096), 1, "fast"))
    yield trainer
    trainer.close()


def test_a_model_is_not_trained_on_images_that_do_not_fit(fast_trainer: BoxedTrainer) -> None:
    """Built for one shape and fitted on another: compiled steps would write beyond its weights."""
    layers = (
        layer("Conv2D", filters=64, kernel_size=[3, 3], activation="relu"),
        layer("MaxPooling2D", pool_size=[2, 2]),
    )
    document = sequential(*layers, *LAST)
    long = DataClaim(count=64, in_order=True, image_shape=(4, 196, 1))
    ended: Frame[EpochEnded] = begin(fast_trainer, document, data=long)
    stop(fast_trainer)
    refused = begin(fast_trainer, document, resumes="training")
    again: Frame[EpochEnded] = begin(fast_trainer, document)
    stop(fast_trainer)

    assert ended.message.epoch.engine == again.message.epoch.engine == "compiled"
    assert isinstance(refused, TrainingImpossible)


SURE = keras_object("keras.metrics", "SparseTopKCategoricalAccuracy", k=10, name="grader_accuracy")


@pytest.mark.parametrize("kind", ["metrics", "weighted_metrics"])
def test_no_metric_takes_the_place_of_the_trainers_own(trainer: BoxedTrainer, kind: str) -> None:
    """A metric that is always 1 stays the submission's, whatever its name is."""
    ended: Frame[EpochEnded] = begin(trainer, lesson(**{kind: [SURE, "accuracy"]}))
    stop(trainer)

    assert ended.message.epoch.accuracy < 0.9
    assert 1.0 in ended.message.epoch.logs.values()


DENSE = {"units": 10**9}
IMPOSSIBLE = {
    "a giant without a shape": sequential(
        layer("Conv2D", filters=2, kernel_size=[3, 3]), LAST[0], layer("Dense", **DENSE)
    ),
    "images without a size": sequential(
        layer("InputLayer", batch_shape=[None, None, None, 1], dtype="float32"),
        layer("UpSampling2D", size=[1000, 1000]),
        layer("CenterCrop", height=2, width=2),
        *LAST,
    ),
    "a window at every pixel": sequential(
        INPUT,
        layer("UpSampling2D", size=[20, 20]),
        layer("MaxPooling2D", pool_size=[500, 500], strides=[1, 1], padding="same"),
        layer("CenterCrop", height=2, width=2),
        *LAST,
    ),
    "a step for every pixel": sequential(
        INPUT, layer("Reshape", target_shape=[784, 1]), layer("LSTM", units=1500), LAST[1]
    ),
    "one number for each image": lesson(layer("Dense", units=1), layer("Reshape", target_shape=[])),
    "a picture for each image": sequential(INPUT, layer("Conv2D", filters=10, kernel_size=[3, 3])),
}


@pytest.mark.parametrize("document", IMPOSSIBLE.values(), ids=IMPOSSIBLE.keys())
def test_what_cannot_be_trained_is_weighed_first(
    trainer: BoxedTrainer, document: dict[str, Any]
) -> None:
    """The answer is a reason, and the trainer is the same one afterwards."""
    box = trainer._ready()
    ended = begin(trainer, document)

    assert isinstance(ended, TrainingImpossible)
    assert trainer._box is box


def functional(*, output: str) -> dict[str, Any]:
    """Return a model whose convolution and pooling lead nowhere, unless they are the output."""

    def tensor(name: str) -> dict[str, Any]:
        return {
            "class_name": "__keras_tensor__",
            "config": {
                "shape": [None, 28, 28, 1],
                "dtype": "float32",
                "keras_history": [name, 0, 0],
            },
        }

    def node(each: dict[str, Any], name: str, enters: str | None) -> dict[str, Any]:
        nodes = [{"args": [tensor(enters)], "kwargs": {}}] if enters else []
        config = {**each["config"], "name": name}
        return {**each, "config": config, "name": name, "inbound_nodes": nodes}

    layers = [
        node(INPUT, "i", None),
        node(layer("Conv2D", filters=2, kernel_size=[3, 3]), "c", "i"),
        node(layer("MaxPooling2D", pool_size=[2, 2]), "p", "i"),
        node(layer("Flatten"), "f", "i"),
    ]
    return {
        **keras_object(
            "keras.src.models.functional",
            "Functional",
            name="m",
            trainable=True,
            layers=layers,
            input_layers=[["i", 0, 0]],
            output_layers=[[output, 0, 0]],
        ),
        "registered_name": "Functional",
        "compile_config": lesson()["compile_config"],
    }


def test_a_layer_that_is_only_described_is_told(trainer: BoxedTrainer) -> None:
    """A convolution that no image meets does not count as one."""
    ended = begin(trainer, functional(output="f"))

    assert isinstance(ended, TrainingImpossible)
    assert "described with 1 Conv2D, but uses 0" in ended.reason


def test_a_rate_for_a_schedule_is_the_submissions_mistake(trainer: BoxedTrainer) -> None:
    """Keras's refusal is told, and the trainer goes on to the next request."""
    schedule = keras_object(
        "keras.optimizers.schedules",
        "ExponentialDecay",
        initial_learning_rate=0.01,
        decay_steps=10,
        decay_rate=0.9,
    )
    optimizer = keras_object("keras.optimizers", "SGD", learning_rate=schedule)
    begin(trainer, lesson(optimizer=optimizer))
    trainer.decide(Decision(stop=False, learning_rate=0.5))
    ended = trainer.next_ended()

    assert isinstance(ended, TrainingImpossible)
    assert "LearningRateSchedule" in ended.reason


def test_a_rate_after_the_last_epoch_is_nobodys(trainer: BoxedTrainer) -> None:
    """There is no epoch left for it, and the model is probed as it is."""
    schedule = keras_object(
        "keras.optimizers.schedules",
        "PiecewiseConstantDecay",
        boundaries=list(range(1, 500)),
        values=[1 / (1 + step) for step in range(500)],
    )
    optimizer = keras_object("keras.optimizers", "SGD", learning_rate=schedule)
    ended = begin(trainer, lesson(optimizer=optimizer), epochs=1)
    trainer.decide(Decision(stop=False, learning_rate=0.5))

    assert ended.message.last
    assert trainer.probe().kernel.shape == (3, 3, 1, 2)


ODD = {
    "0 for False": {"use_bias": 0},
    "True for 1": {"groups": True, "strides": [True, True], "dilation_rate": True},
    "one number for two": {"kernel_size": 3, "strides": 2},
}


@pytest.mark.parametrize("options", ODD.values(), ids=ODD.keys())
def test_what_keras_takes_for_a_number_is_one(
    trainer: BoxedTrainer, options: dict[str, Any]
) -> None:
    """Odd but legal descriptions are trained and probed."""
    convolution = layer("Conv2D", **{"filters": 2, "kernel_size": [3, 3], **options})
    begin(trainer, sequential(INPUT, convolution, layer("MaxPooling2D", pool_size=2), *LAST))
    stop(trainer)

    assert trainer.probe().kernel.shape == (3, 3, 1, 2)


def test_a_model_in_a_model_may_be_compiled(trainer: BoxedTrainer) -> None:
    """What it was compiled with is of no use, and not even read."""
    inner = sequential(
        layer("Conv2D", filters=2, kernel_size=[3, 3]),
        layer("MaxPooling2D", pool_size=[2, 2]),
        optimizer=keras_object("keras.optimizers", "Adam", learning_rate="nonsense"),
    )
    ended = begin(trainer, sequential(INPUT, inner, *LAST))
    stop(trainer)

    assert isinstance(ended, Frame)


LEFT_TO_A_HUMAN = {
    "no optimizer": lesson(optimizer={}),
    "a layer as optimizer": lesson(optimizer=layer("Flatten")),
    "an optimizer that Keras does not read": lesson(
        optimizer=keras_object("keras.optimizers", "Adam", speed=3)
    ),
    "a layer that Keras does not read": lesson(layer("Dense", units=3, speed=3)),
    "states kept": sequential(
        INPUT,
        layer("Reshape", target_shape=[28, 28]),
        layer("LSTM", units=2, stateful=True),
        LAST[1],
    ),
}


@pytest.mark.parametrize("document", LEFT_TO_A_HUMAN.values(), ids=LEFT_TO_A_HUMAN.keys())
def test_what_only_we_fail_at_is_left_to_a_human(
    trainer: BoxedTrainer, document: dict[str, Any]
) -> None:
    """Keras has built and compiled it once, in the submission's program: it is no fault of that."""
    box = trainer._ready()
    refused = begin(trainer, document)

    assert isinstance(refused, TrainingImpossible)
    assert refused.needs_review
    assert trainer._box is box


FLAT = DataClaim(count=64, in_order=True, image_shape=(784,))


def test_a_fit_after_averages_is_left_to_a_human(trainer: BoxedTrainer) -> None:
    """Plain Keras goes on from averages of the weights, which the trainer does not have."""
    averaging = lesson(optimizer=keras_object("keras.optimizers", "SGD", use_ema=True))
    begin(trainer, averaging)
    stop(trainer)
    refused = begin(trainer, averaging, resumes="training")

    assert isinstance(refused, TrainingImpossible)
    assert refused.needs_review


MISTAKES = {
    "images that do not fit": (lesson(), {"data": FLAT}, "incompatible"),
    "a metric with a slip of the pen": (lesson(metrics=["acuracy"]), {}, "acuracy"),
}


@pytest.mark.parametrize(("document", "values", "words"), MISTAKES.values(), ids=MISTAKES.keys())
def test_what_keras_would_refuse_is_the_submissions_mistake(
    trainer: BoxedTrainer, document: dict[str, Any], values: dict[str, Any], words: str
) -> None:
    """Its words are told, where weighing fails before Keras does, too."""
    refused = begin(trainer, document, **values)

    assert isinstance(refused, TrainingImpossible)
    assert not refused.needs_review
    assert words in refused.reason


def test_less_than_half_of_an_epoch_is_left_out(trainer: BoxedTrainer) -> None:
    """Steps that leave one image over make no epoch of it."""
    numbers = []
    ended = begin(trainer, lesson(), batch_size=1, steps_per_epoch=63, epochs=2, shuffle=False)
    while isinstance(ended, Frame):
        numbers.append(ended.message.epoch.loss)
        trainer.decide(Decision(stop=False))
        if ended.message.last:
            break
        ended = trainer.next_ended()

    # An epoch of the one image that is left would be much better or much worse than the other.
    assert len(numbers) == 2
    assert numbers[1] == pytest.approx(numbers[0], rel=0.5)


@pytest.mark.parametrize(("epochs", "knows"), [(1, False), (60, True)])
def test_a_trained_model_is_asked_what_it_knows(
    trainer: BoxedTrainer, epochs: int, *, knows: bool
) -> None:
    """A model that has learned its images by heart says so; of others it knows what it knows."""
    learned = sequential(
        INPUT,
        layer("Conv2D", filters=8, kernel_size=[3, 3]),
        layer("MaxPooling2D", pool_size=[2, 2]),
        layer("Dropout", rate=0.5),
        *LAST,
    )
    claim = DataClaim(count=64, in_order=True, image_shape=(28, 28, 1))
    training = Train(
        request=request(learned, data=claim, epochs=epochs, batch_size=16),
        seed=1,
        max_epochs=epochs,
        target=0.0,
        arrays=(ArraySpec("float32", (256,)), ArraySpec("int32", (0,))),
    )
    trainer.begin(training, TABLE)
    for _ in range(epochs):
        ended: Any = trainer.next_ended()
        trainer.decide(Decision(stop=False))
    known = ended.message.epoch.known

    assert (known.images, known.trained) == (3000, 64)
    assert (known.trained_right > 0.9 * 64) is knows
    assert known.trained_right < known.right < 3000


def test_an_epoch_that_costs_too_much_is_not_begun(trainer: BoxedTrainer) -> None:
    """What is left of a budget is looked at before an epoch, and a human is asked."""
    training = Train(
        request=request(sequential(INPUT, *LAST), epochs=1),
        seed=1,
        max_epochs=1,
        most_operations=1_000_000,
        arrays=(ArraySpec("float32", (256,)), ArraySpec("int32", (0,))),
    )
    trainer.begin(training, TABLE)
    refused = trainer.next_ended()

    assert isinstance(refused, TrainingImpossible)
    assert refused.needs_review
    assert "operations" in refused.reason
