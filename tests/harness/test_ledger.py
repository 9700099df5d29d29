"""What a submission does to its model outside the description is carried out or left to a human."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from grader.dataset import DatasetFolder
from grader.protocol import Returned, Undecidable
from grader.sandbox import Limits, start_trainer
from grader.trainer import BoxedTrainer
from tests.conftest import require
from tests.runs import HEAD, TAIL, remote

MODEL = """
    x = (x / 255.0).reshape(-1, 28, 28, 1)[:320]
    y = y[:320]
    def build():
        model = keras.Sequential([
            keras.Input((28, 28, 1)), layers.Conv2D(2, 3), layers.MaxPooling2D(4), layers.Flatten(),
            layers.Dropout(0.2), layers.Dense(10, activation="softmax")])
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        return model
    class Do(keras.callbacks.Callback):
        def __init__(self, what, hook="on_epoch_end"):
            super().__init__()
            setattr(self, hook, lambda *_, **__: what(self.model))
    model = build()
"""
IN_HOOKS = """
    def act(model):
        {act}
    history = model.fit(x, y, epochs=2, verbose=0, callbacks=[Do(act{hook})])
"""
FIT = "    history = model.fit(x, y, epochs=1, verbose=0)\n"
COMPILE = 'model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])\n'


def hooked(act: str, hook: str = "on_epoch_end") -> str:
    """Have a callback do this."""
    return IN_HOOKS.format(act=act, hook=f', "{hook}"')


SCRAMBLE = "model.set_weights([w + 1 for w in model.get_weights()])"
# Programs, and the line that is told, counted from the one behind the model.
CHANGED = {
    "weights before": f"    {SCRAMBLE}\n" + FIT,
    "zero filters": "    model.layers[0].kernel.assign(0 * model.layers[0].kernel)\n"
    "    model.layers[0].trainable = False\n    " + COMPILE + FIT,
    "weights through TensorFlow": "    v = model.layers[0].kernel.value\n    v.assign(v + 1)\n"
    + FIT,
    "copied weights": FIT
    + "    old, model = model, keras.models.clone_model(model)\n    "
    + COMPILE
    + "    model.set_weights(old.get_weights())\n"
    + FIT,
    "weights in a hook": hooked(SCRAMBLE),
    "weights of NaN": hooked("model.set_weights([w * np.nan for w in model.get_weights()])"),
    "weights at a batch": hooked(SCRAMBLE, "on_train_batch_end"),
    "weights in an evaluation": hooked(SCRAMBLE, "on_test_end").replace(
        "verbose=0", "verbose=0, validation_data=(x, y)"
    ),
    "momentum": hooked("[v.assign(0 * v) for v in model.optimizer.variables[2:]]"),
    "trainable": hooked("model.layers[0].trainable = False"),
    "one weight": "    model.layers[0].bias.trainable = False\n" + FIT,
    "train_step": "    own = model.train_step\n"
    "    model.train_step = lambda data: {**own(data), 'accuracy': 1.0}\n" + FIT,
    "call of one": "    model.layers[0].call = lambda x: 0 * x[:, 2:, 2:]\n" + FIT,
    "call of all": "    layers.Dense.call = lambda self, x: x[:, :10]\n" + FIT,
    "call in a hook": hooked("model.layers[0].call = lambda x: x"),
    "rate of dropout": hooked("model.layers[3].rate = 0.9"),
    "beta": hooked("model.optimizer.beta_1 = 0.0"),
    "compiled in a hook": hooked(COMPILE),
    "a schedule": hooked(
        "model.optimizer.learning_rate = keras.optimizers.schedules.ExponentialDecay(1., 1, 0.5)"
    ),
    "used optimizer": FIT + "    used, model = model.optimizer, build()\n"
    "    used.build(model.trainable_variables)\n"
    "    for v in used.variables[2:]: v.assign(v + 1)\n"
    '    model.compile(used, "sparse_categorical_crossentropy", metrics=["accuracy"])\n' + FIT,
    "fitted by its own callback": hooked("model.fit(x, y, verbose=0)"),
    "weights between": FIT + f"    {SCRAMBLE}\n" + FIT,
    "momentum between": FIT + "    for v in model.optimizer.variables[2:]: v.assign(0 * v)\n" + FIT,
}
BUILT_IN = {
    "a loss object": "keras.losses.SparseCategoricalCrossentropy()",
    "a loss function": "keras.losses.sparse_categorical_crossentropy",
}
UNTOUCHED = {
    **{
        name: f"    model.compile('adam', {loss}, metrics=['accuracy'])\n" + FIT
        for name, loss in BUILT_IN.items()
    },
    "read": hooked("model.get_weights(), model.predict(x[:9], verbose=0), model.count_params()"),
    "assigned to themselves": hooked("model.set_weights(model.get_weights())"),
    "begun anew": "    first = model.get_weights()\n    model.predict(x[:3], verbose=0)\n"
    "    model = build()\n    model.set_weights(first)\n" + FIT,
    "of a strategy": "    with tf.distribute.MirroredStrategy().scope():\n        model = build()\n"
    + FIT,
    "cloned": FIT + "    model = keras.models.clone_model(model)\n    " + COMPILE + FIT,
    "compiled twice": "    " + COMPILE + "    " + COMPILE + FIT,
    "compiled between": FIT + "    " + COMPILE + FIT,
    "frozen before": "    model.layers[0].trainable = False\n    " + COMPILE + FIT,
    "rate": hooked("model.optimizer.learning_rate = 0.0005"),
    "rate by assigning": hooked("model.optimizer.learning_rate.assign(0.0005)"),
    "saved": hooked("model.save_weights('/tmp/w.weights.h5'); model.save('/tmp/m.keras')"),
    "evaluated": hooked("model.evaluate(x, y, verbose=0, callbacks=[Do(print, 'on_test_end')])"),
    "restored": "    history = model.fit(x, y, epochs=3, verbose=0, callbacks=["
    "keras.callbacks.EarlyStopping('loss', patience=0, restore_best_weights=True)])\n",
    "NaN": "    model.compile(keras.optimizers.SGD(1e30), 'sparse_categorical_crossentropy')\n"
    "    model.fit(x, y, epochs=2, verbose=0)\n    history = model.fit(x, y, epochs=1)\n"
    "    history.history['accuracy'] = [0.0]\n",
    "another fitted in a hook": hooked("build().fit(x, y, verbose=0)"),
    "another fitted at a batch": hooked(
        "keras.utils.set_random_seed(1); build().fit(x[:9], y[:9], verbose=0)", "on_train_begin"
    ),
    "two threads": """
    import threading
    fits = []
    threads = [threading.Thread(target=lambda m=m: fits.append(m.fit(x, y, verbose=0)))
               for m in (model, build())]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    history = fits[-1]
""",
    "a thread left behind": """
    import threading
    threading.Thread(target=lambda: model.fit(x, y, verbose=0), daemon=True).start()
    history = build().fit(x, y, verbose=0)
""",
    "noted evaluations": """
    seen = []
    history = model.fit(x, y, epochs=2, verbose=0, validation_data=(x, y),
                        callbacks=[Do(seen.append, "on_test_end")])
    assert len(seen) == 2
""",
}


SCAN = """
import inspect
import keras
from grader.harness.ledger import Ledger
from grader.harness.undecidable import Undecidables

ledger = Ledger(Undecidables("a.py"))
ledger.install()
parts = []
for place in (keras.layers, keras.optimizers, keras.losses, keras.metrics):
    for cls in vars(place).values():
        for options in ({}, {"units": 3}, {"filters": 3, "kernel_size": 3}, {"rate": 0.5}):
            try:
                parts.append(cls(**options))
            except Exception:
                pass
inputs = keras.Input((3,))
parts += [keras.layers.Bidirectional(keras.layers.LSTM(3)), keras.layers.Lambda(abs),
          keras.layers.Activation("relu"), keras.layers.TimeDistributed(keras.layers.Dense(2)),
          keras.Model(inputs, keras.layers.Dense(2)(inputs)), keras.Sequential()]
for model in parts[-2:]:
    model.compile(keras.optimizers.Adam(), keras.losses.MeanSquaredError(), ["mae"])
assert len(parts) > 100, len(parts)
found = [(type(part).__name__, name) for part in parts for name in ledger._methods_replaced(part)]
assert not found, found
optimizers = [part for part in parts if isinstance(part, keras.optimizers.Optimizer)]
assert len(optimizers) > 10, optimizers
for optimizer in optimizers:
    model = keras.Sequential([inputs, keras.layers.Dense(2)])
    model.compile(optimizer, "mse")
    optimizer.build(model.trainable_variables)
    assert ledger.set_before(model) is None, optimizer
"""


def test_nothing_of_keras_is_taken_for_the_programs_own() -> None:
    """Every built-in part that can be made is as Keras made it, and so is an optimizer's state."""
    done = subprocess.run([sys.executable, "-c", SCAN], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def trainer(digits: DatasetFolder) -> Iterator[BoxedTrainer]:
    """Return a trainer that all programs share."""
    require("bwrap")
    trainer = BoxedTrainer(lambda: start_trainer(digits.path, Limits(), 1, "fast"))
    yield trainer
    trainer.close()


@pytest.mark.parametrize("body", CHANGED.values(), ids=CHANGED.keys())
def test_what_the_trainer_does_not_know_is_for_a_human(
    body: str, trainer: BoxedTrainer, digits: DatasetFolder
) -> None:
    """Nothing of it is dropped in silence; a line of the program is named."""
    evidence = remote(HEAD + MODEL + body + TAIL, trainer, digits)

    assert evidence.review, evidence.outcome
    assert "(line " in evidence.review


def test_the_line_is_the_one_that_set_the_weights(
    trainer: BoxedTrainer, digits: DatasetFolder
) -> None:
    """It is the callback's line, and not that of the fit."""
    program = HEAD + MODEL + CHANGED["weights in a hook"] + TAIL
    evidence = remote(program, trainer, digits)
    line = 1 + [SCRAMBLE in line for line in program.splitlines()].index(True)

    assert evidence.review is not None
    assert f"(line {line})" in evidence.review


@pytest.mark.parametrize("body", UNTOUCHED.values(), ids=UNTOUCHED.keys())
def test_what_changes_nothing_is_graded(
    body: str, trainer: BoxedTrainer, digits: DatasetFolder
) -> None:
    """Looking, saving, beginning anew, and training something else are nobody's business."""
    evidence = remote(HEAD + MODEL + body + TAIL, trainer, digits)

    assert evidence.review is None
    assert isinstance(evidence.outcome, Returned), evidence.outcome
    assert not isinstance(evidence.outcome, Undecidable)
