"""Several fits: of one model they add up as in plain Keras; of several, the returned one counts."""

from __future__ import annotations

import pytest

from grader.dataset import DatasetFolder
from grader.kinds.training.evidence import Ending
from grader.protocol import Raised, Returned
from grader.trainer import BoxedTrainer
from tests.runs import HEAD, TAIL, plain, remote, remote_run

MODEL = """
    x = (x / 255.0).reshape(-1, 28, 28, 1)
    def build(units=10):
        model = keras.Sequential([
            layers.Conv2D(4, 3, activation="relu", input_shape=(28, 28, 1)),
            layers.MaxPooling2D(2, 2), layers.Flatten(), layers.Dropout(0.2),
            layers.Dense(units, activation="softmax")])
        model.compile(optimizer="adam", loss="sparse_categorical_crossentropy",
                      metrics=["accuracy"])
        return model
    model = build()
"""
ADDING_UP = {
    "a loop of single epochs": """
    for _ in range(3):
        history = model.fit(x, y, epochs=1, verbose=0)
""",
    "compiled anew in between": """
    model.fit(x, y, epochs=2, verbose=0)
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, epochs=1, verbose=0)
""",
    "another rate and other images": """
    model.fit(x[:1200], y[:1200], epochs=2, verbose=0)
    model.optimizer.learning_rate = 0.0001
    history = model.fit(x[1200:], y[1200:], epochs=3, initial_epoch=2, verbose=0)
""",
}


@pytest.mark.parametrize("body", ADDING_UP.values(), ids=ADDING_UP.keys())
def test_fits_of_one_model_add_up_to_the_last_digit(
    body: str, trainer: BoxedTrainer, digits: DatasetFolder
) -> None:
    """The last fit goes on from what the ones before left, as it does in plain Keras."""
    program = HEAD + MODEL + body + TAIL
    evidence = remote(program, trainer, digits)
    expected = plain(program, digits)

    assert evidence.record is not None
    assert len(evidence.record.epochs) == 3
    assert [epoch.logs["loss"] for epoch in evidence.record.epochs[-1:]] == expected["loss"]
    assert isinstance(evidence.outcome, Returned)
    assert evidence.outcome.accuracy == expected["accuracy"][-1]


def test_a_model_is_cut_at_the_limit_however_often_it_is_fitted(
    trainer: BoxedTrainer, digits: DatasetFolder
) -> None:
    """Fitting for ever trains no longer than one fit."""
    forever = "    while True:\n        history = model.fit(x, y, epochs=2, verbose=0)\n"
    run = remote_run(HEAD + MODEL + forever + TAIL, trainer, digits, max_epochs=3)

    assert run.trained_epochs == 3
    assert run.evidence.record is not None
    assert run.evidence.record.ending is Ending.CUT


TWO_MODELS = """
    first = model.fit(x, y, epochs=2, verbose=0)
    second = build(11).fit(x, y, epochs=1, verbose=0)
    history = RETURNED
"""


@pytest.mark.parametrize(("returned", "epochs"), [("first", 2), ("second", 1)])
def test_the_model_of_the_returned_history_is_graded(
    returned: str, epochs: int, trainer: BoxedTrainer, digits: DatasetFolder
) -> None:
    """Of several models the one whose history is returned counts."""
    program = HEAD + MODEL + TWO_MODELS.replace("RETURNED", returned) + TAIL
    run = remote_run(program, trainer, digits)

    assert run.trained_epochs == 3
    assert run.evidence.record is not None
    assert len(run.evidence.record.epochs) == epochs


def test_without_a_returned_history_the_last_model_is_graded(
    trainer: BoxedTrainer, digits: DatasetFolder
) -> None:
    """A function that returns nothing is graded on what it fitted last."""
    program = HEAD + MODEL + TWO_MODELS.replace("RETURNED", "None; return None") + TAIL
    evidence = remote(program, trainer, digits)

    assert evidence.record is not None
    assert len(evidence.record.epochs) == 1


def test_fits_at_module_level_do_not_count(trainer: BoxedTrainer, digits: DatasetFolder) -> None:
    """What a file with the function fits while it is loaded is rehearsed, whatever it is."""
    loose = """
import numpy as np
other = keras.Sequential([layers.Dense(3)])
other.compile("sgd", "mse")
other.fit(np.zeros((70, 5)), np.zeros((70, 3)), epochs=500, verbose=0)
train_mnist_conv()
"""
    body = "    history = model.fit(x, y, epochs=1, verbose=0)\n"
    run = remote_run(HEAD + MODEL + body + TAIL + loose, trainer, digits)

    assert run.trained_epochs == 1
    assert isinstance(run.evidence.outcome, Returned)


def test_a_file_without_the_function_is_graded_on_what_it_fits(
    trainer: BoxedTrainer, digits: DatasetFolder
) -> None:
    """Code at module level trains, under the guard of a program too."""
    program = (HEAD + MODEL + TAIL).replace("train_mnist_conv", "main")
    body = "    history = model.fit(x, y, epochs=2, verbose=0)\n"
    program = program.replace(TAIL, body + TAIL) + "if __name__ == '__main__':\n    main()\n"
    evidence = remote(program, trainer, digits)

    assert evidence.record is not None
    assert len(evidence.record.epochs) == 2
    assert evidence.outcome is None


UNDECIDABLE = {
    "weights changed": "model.set_weights([w * 0 for w in model.get_weights()])",
    "layers changed": "model.layers[0].trainable = False; model.compile('sgd', 'mse')",
    "in turns": "build().fit(x, y, epochs=1, verbose=0)",
}


@pytest.mark.parametrize("between", UNDECIDABLE.values(), ids=UNDECIDABLE.keys())
def test_a_fit_that_cannot_be_continued_is_left_to_a_human(
    between: str, trainer: BoxedTrainer, digits: DatasetFolder
) -> None:
    """What happens between two fits must be something that the trainer can repeat."""
    fit = "    history = model.fit(x, y, epochs=1, verbose=0)\n"
    program = HEAD + MODEL + fit + f"    {between}\n" + fit + TAIL

    assert remote(program, trainer, digits).review is not None


BATCHES = """
    class Batches(keras.callbacks.Callback):
        seen, rates = [], []
        def on_train_batch_begin(self, batch, logs=None):
            self.model.optimizer.learning_rate = 0.001 / (1 + batch)
        def on_train_batch_end(self, batch, logs=None):
            self.seen.append((batch, logs["loss"], logs["accuracy"]))
            STOP
    history = model.fit(x, y, epochs=2, verbose=0, callbacks=[Batches()])
    history.history["seen"] = [entry for row in Batches.seen for entry in row]
    if history.history["seen"] != EXPECTED: raise ValueError(history.history["seen"][:9])
"""


@pytest.mark.parametrize("stop", ["pass", "self.model.stop_training = batch == 5"])
def test_batch_hooks_see_and_steer_every_batch(
    stop: str, trainer: BoxedTrainer, digits: DatasetFolder
) -> None:
    """Hooks after batches run in lockstep: the same logs, rates and stops as in plain Keras."""
    body = BATCHES.replace("STOP", stop)
    program = HEAD + MODEL + body + TAIL
    expected = plain(program.replace("EXPECTED", "history.history['seen']"), digits)
    evidence = remote(program.replace("EXPECTED", repr(expected["seen"])), trainer, digits)

    assert not isinstance(evidence.outcome, Raised), evidence.outcome
    assert evidence.record is not None
    assert [epoch.logs["loss"] for epoch in evidence.record.epochs] == expected["loss"]
    assert [epoch.partial for epoch in evidence.record.epochs] == (
        [False, False] if stop == "pass" else [True]
    )


DATA_FORMS = {
    "steps": "model.fit(x, y, epochs=2, steps_per_epoch=25, verbose=0)",
    "few steps an epoch": "model.fit(x, y, batch_size=32, epochs=4, steps_per_epoch=25, verbose=0)",
    "a list of one array": "model.fit([x], y, epochs=2, verbose=0)",
    "tensors": "model.fit(tf.constant(x), tf.constant(y), epochs=2, verbose=0)",
    "a pipeline": "model.fit("
    "tf.data.Dataset.from_tensor_slices((x, y)).batch(50), epochs=2, verbose=0)",
}


@pytest.mark.parametrize("fit", DATA_FORMS.values(), ids=DATA_FORMS.keys())
def test_other_forms_of_data_train_like_plain_keras(
    fit: str, trainer: BoxedTrainer, digits: DatasetFolder
) -> None:
    """Steps, lists, tensors and pipelines give the same digits as they do in plain Keras."""
    program = HEAD + MODEL + f"    history = {fit}\n" + TAIL
    evidence = remote(program, trainer, digits)
    expected = plain(program, digits)

    assert evidence.record is not None
    assert [epoch.logs["loss"] for epoch in evidence.record.epochs] == expected["loss"]


PIPELINES = {
    "shuffled": "whole.shuffle(2000).batch(64)",
    "endless": "whole.shuffle(2000).repeat().batch(64)",
}


@pytest.mark.parametrize("dataset", PIPELINES.values(), ids=PIPELINES.keys())
def test_a_pipeline_that_shuffles_is_read_once(
    dataset: str, trainer: BoxedTrainer, digits: DatasetFolder
) -> None:
    """Every image is recognised, and comes once in an epoch however often it is repeated."""
    body = f"""
    whole = tf.data.Dataset.from_tensor_slices((x, y)).map(lambda a, b: (a * 2 - 1, b))
    history = model.fit({dataset}, epochs=1, steps_per_epoch=31, verbose=0)
"""
    evidence = remote(HEAD + MODEL + body + TAIL, trainer, digits)

    assert evidence.data is not None
    assert (evidence.data.problem, evidence.data.training_images) == (None, 2000)


def test_what_adapt_finds_is_trained_with(trainer: BoxedTrainer, digits: DatasetFolder) -> None:
    """A Normalization layer keeps the mean and the variance of the images it was adapted to."""
    body = """
    norm = layers.Normalization(axis=None)
    norm.adapt(x)
    model = keras.Sequential([
        keras.Input((28, 28, 1)), norm, layers.Conv2D(4, 3, activation="relu"),
        layers.MaxPooling2D(), layers.Flatten(), layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, epochs=2, verbose=0)
    again = model.evaluate(x[:100], y[:100], verbose=0)
"""
    # No other model may be built before: it would draw from the seed.
    program = HEAD + MODEL.replace("model = build()", "") + body + TAIL
    evidence = remote(program, trainer, digits)

    assert evidence.record is not None
    assert isinstance(evidence.outcome, Returned), evidence.outcome
    assert evidence.record.epochs[-1].loss == pytest.approx(
        plain(program, digits)["loss"][-1], abs=1e-5
    )
