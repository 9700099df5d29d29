"""A hint names a mistake that the program has, in its place, and none that it does not have.

Each case is the lesson's program with a few words replaced. The look-alikes are as important as
the mistakes: a hint for a mistake that is not there sends a student the wrong way.
"""

from __future__ import annotations

import ast
import time
from collections.abc import Callable

import keras
import numpy as np
import pytest

from grader import hints
from grader.hints import hooks
from grader.model.source import Cell, SourceFacts

FUNCTION = "train_mnist_conv"
TARGET = 0.998

LESSON = """\
import tensorflow as tf


class Stop(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs.get('accuracy') >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    (x_train, y_train), (x_test, y_test) = tf.keras.datasets.mnist.load_data()
    x_train = x_train.reshape(60000, 28, 28, 1) / 255.0
    model = tf.keras.models.Sequential([
        tf.keras.layers.Conv2D(64, 3, activation='relu', input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(2),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(128, activation='relu'),
        tf.keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    callback = Stop()
    history = model.fit(x_train, y_train, epochs=20, callbacks=[callback])
    return history.epoch, history.history['accuracy'][-1]
"""

CLASS = "class Stop(tf.keras.callbacks.Callback):"
HOOK = "def on_epoch_end(self, epoch, logs=None):"
TEST = "if logs.get('accuracy') >= 0.998:"
STOP = "self.model.stop_training = True"
LOAD = "tf.keras.datasets.mnist.load_data()"
SCALE = "x_train.reshape(60000, 28, 28, 1) / 255.0"
DENSE = "Dense(128, activation='relu')"
LAST = "Dense(10, activation='softmax')"
CALLBACKS = ", callbacks=[callback]"
EPOCHS = "epochs=20"
FIT = "history = model.fit"
INIT = """\
    def __init__(self, goal=0.998):
        super().__init__()
        self.goal = goal
"""
# The threshold comes from the one call, through an attribute.
MADE = [("0.998", "self.goal"), (CLASS, f"{CLASS}\n{INIT.rstrip()}")]
RETURN = "return history.epoch, history.history['accuracy'][-1]"

Hint = Callable[[SourceFacts], str]


def late(source: SourceFacts) -> str:
    """Ask why training went on."""
    return hints.late_stop(source, None, TARGET)


def early(source: SourceFacts) -> str:
    """Ask why training stopped."""
    return hints.early_stop(source, None, TARGET)


def broken(source: SourceFacts) -> str:
    """Ask why training broke off."""
    return hints.broken_callback(source, None)


def slow(source: SourceFacts) -> str:
    """Ask why a model that learnt something stays below the target."""
    return hints.slow_learning(source, None, 0.99, 20)


def undefined(source: SourceFacts) -> str:
    """Ask why the function is not found."""
    return hints.missing_function(source, FUNCTION)


def arguments(source: SourceFacts) -> str:
    """Ask why the function cannot be called."""
    return hints.needed_arguments(source, FUNCTION)


def returns(source: SourceFacts) -> str:
    """Ask what is wrong with the result."""
    return hints.wrong_return(source, FUNCTION)


def read_in_line_6(source: SourceFacts) -> str:
    """Ask why the line that reads the logs raised an error."""
    return hints.broken_callback(source, None, 6)


def never(source: SourceFacts) -> str:
    """Ask why a call of the function runs nothing."""
    return hints.never_runs(source, FUNCTION)


def rebound(source: SourceFacts) -> str:
    """Ask why the function cannot be called."""
    return hints.rebound(source, FUNCTION)


def caught(source: SourceFacts) -> str:
    """Ask why fit did not end although no error left the program."""
    return hints.raised_and_caught(source, None)


def joined(source: SourceFacts) -> str:
    """Ask where test images come from."""
    return hints.test_images(source, None)


def untrained(source: SourceFacts) -> str:
    """Ask why no training was asked for."""
    return hints.no_fit(source, FUNCTION)


def labels(source: SourceFacts) -> str:
    """Ask how labels were mixed up."""
    return hints.foreign_labels(source, None)


def few(source: SourceFacts) -> str:
    """Ask where images were left out."""
    return hints.few_images(source, None, 50_000)


ALL: tuple[Hint, ...] = (
    *(late, early, broken, slow, arguments, returns, joined, labels, few),
    *(untrained, hints.other_data, hints.missing_metrics, hints.hidden_error),
    *(never, rebound, caught),
)


def lesson(*replaced: tuple[str, str]) -> SourceFacts:
    """Return the lesson's program with some of its words replaced."""
    text = LESSON
    for old, new in replaced:
        assert old in text, old

        text = text.replace(old, new)
    ast.parse(text)
    return SourceFacts(text=text)


def test_the_lesson_has_no_mistake() -> None:
    """For a right program no hint applies."""
    assert [hint(lesson()) for hint in ALL] == [""] * len(ALL)


MISTAKES: list[tuple[Hint, list[tuple[str, str]], str]] = [
    (
        late,
        [("on_epoch_end", "on_epochs_end")],
        "`on_epochs_end` is never called by Keras: the method is `on_epoch_end` (line 5).",
    ),
    *[
        (late, [("on_epoch_end", name)], f"`{name}` is never called by Keras: the method is `on_ep")
        for name in (
            *("on_epoch_ends", "on_epoch_finish", "onEpochEnd", "on_epoc_end", "on_epoch_End"),
            *("on_end_epoch", "on_epoch", "epoch_end", "on_epochend", "on_epoch_ended"),
        )
    ],
    (late, [(CALLBACKS, "")], "`Stop` is built (line 21), but not passed to fit (line 22)"),
    (
        late,
        [(CALLBACKS, ""), ("    callback = Stop()\n", "")],
        "`Stop` (line 4) is never built and not passed to fit (line 21)",
    ),
    (
        late,
        [(CALLBACKS, ""), (CLASS, "class Stop:"), ("callback = Stop()", "")],
        "fit (line 22) is given no callback, so nothing stops it",
    ),
    (late, [("[callback]", "[]")], "is built (line 21), but not passed to fit (line 22)"),
    (late, [("[callback]", "None")], "but not passed to fit (line 22)"),
    (
        late,
        [
            (CALLBACKS, ""),
            ("    callback = Stop()\n", ""),
            ("    return", "    callback = Stop()\n    return"),
        ],
        "is built (line 22), after fit was called, but not passed to fit (line 21)",
    ),
    (
        late,
        [
            (CALLBACKS, ""),
            ("    return", "    model.evaluate(x_test, y_test, callbacks=[callback])\n    return"),
        ],
        "passed to evaluate (line 23); it is fit that needs them",
    ),
    (late, [(STOP, "self.model.stop_training == True")], "`==` (line 7) compares"),
    (late, [(STOP, "self.stop_training = True")], "`self.stop_training` (line 7) is the callb"),
    (late, [(STOP, "stop_training = True")], "`stop_training` (line 7) is only a variable"),
    (late, [(STOP, "self.model.stop_trainning = True")], "`stop_trainning` (line 7)"),
    (late, [(STOP, "self.model.stop = True")], "does not look at `stop` (line 7)"),
    (late, [(STOP, "return True")], "Keras ignores what `on_epoch_end` returns (line 7)"),
    (late, [("on_epoch_end", "on_train_end")], "`on_train_end` (line 5) runs when training is al"),
    (late, [("on_epoch_end", "on_epoch_begin")], "`on_epoch_begin` (line 5) runs before an epoch"),
    (late, [("0.998", "99.8")], "between 0 and 1 and never above 99.8 (line 6): compare it with 0"),
    (late, [("0.998", "0.9999")], "stops at 0.9999 (line 6); 0.998 is asked"),
    (late, [(TEST, "if 99.8 < logs['accuracy']:")], "never above 99.8 (line 6)"),
    (late, [(TEST, "acc = logs['acc']\n        if acc > 99.8:")], "never above 99.8 (line 7)"),
    (late, [("0.998", "GOAL"), ("\n\nclass", "\nGOAL = 99.8\n\nclass")], "above 99.8 (line 7)"),
    (
        late,
        [(f"{TEST}\n            {STOP}", "self.model.stop_training = logs['acc'] > 99.8")],
        "never above 99.8 (line 6)",
    ),
    (
        late,
        [("logs.get('accuracy')", "logs.get('val_accuracy')")],
        "The logs hold no 'val_accuracy' (line 6), because fit (line 22) is given no validation",
    ),
    (
        late,
        [("logs.get('accuracy')", "logs.get('val_acc')"), (EPOCHS, "validation_split=0.1")],
        "decides by 'val_acc' (line 6)",
    ),
    (
        late,
        [("logs.get('accuracy') >= 0.998", "logs.get('loss') < 0.001")],
        "decides by 'loss' (line 6)",
    ),
    (
        late,
        [("logs.get('accuracy')", "logs.get('acuracy', 0)")],
        "The logs hold no 'acuracy' (line 6): the key is 'accuracy'.",
    ),
    (
        late,
        [("Stop()", "tf.keras.callbacks.EarlyStopping(monitor='val_loss', patience=3)")],
        "EarlyStopping (line 21) waits until 'val_loss' no longer improves",
    ),
    (
        late,
        [("Stop()", "tf.keras.callbacks.EarlyStopping('accuracy', baseline=0.998)")],
        "EarlyStopping's `baseline` (line 21) ends a training that does not get above it",
    ),
    (late, [("= True", "= ''")], "`stop_training = ''` (line 7) is a string"),
    (late, [("= True", "= 'True'")], "`stop_training = 'True'` (line 7) is a string"),
    (early, [("= True", "= 'False'")], "write False without quotes"),
    (early, [("0.998", "0.98")], "stops already at 0.98 (line 6)"),
    (early, [("0.998", "0.0998")], "stops already at 0.0998 (line 6)"),
    (early, [(">= 0.998", "< 0.998")], "stops while the accuracy is below 0.998 (line 6)"),
    (
        early,
        [
            ("logs.get('accuracy') >=", "logs is not None and epoch > 2 and logs['acc'] >"),
            ("8:", ":"),
        ],
        "stops already at 0.99 (line 6)",
    ),
    (
        early,
        [("logs.get('accuracy') >= 0.998", "logs.get('loss') > 0.01")],
        "stops when the loss is above 0.01 (line 6)",
    ),
    (early, [(f"{TEST}\n            ", "")], "stops after the first epoch (line 6)"),
    (
        early,
        [("Stop()", "tf.keras.callbacks.EarlyStopping(patience=2)")],
        "EarlyStopping (line 21) waits until 'val_loss'",
    ),
    (broken, [("[callback]", "[Stop]")], "is given the class `Stop` itself"),
    (broken, [("callback = Stop()", "callback = Stop")], "is given the class `Stop` itself"),
    (broken, [(CLASS, "class Stop:")], "`Stop` (line 4) is not a callback yet"),
    (broken, [(CLASS, "class Stop(object):")], "write `class Stop(tf.keras.callbacks.Callback):`"),
    (
        broken,
        [("(self, epoch, logs=None)", "(self)")],
        "Keras cannot call this `on_epoch_end` (line 5): write `def on_epoch_end(self, epoch, logs",
    ),
    (broken, [("(self, epoch, logs=None)", "(self, logs)")], "this `on_epoch_end` (line 5)"),
    (broken, [("(self, epoch, logs=None)", "(self, a, b, c)")], "this `on_epoch_end` (line 5)"),
    (broken, [(STOP, "self.model.stop_training()")], "`stop_training` (line 7) is not a method"),
    (broken, [("get('accuracy')", "get('acc ')")], "hold no 'acc ' (line 6): the key is 'accuracy"),
    (broken, [(", metrics=['accuracy']", "")], "compile (line 20) is given no metrics"),
    (
        broken,
        [(CALLBACKS, ""), ("metrics=['accuracy']", "callbacks=[callback]")],
        "passed to compile (line 20)",
    ),
    (
        late,
        [(STOP, "self.model.stop_training = False")],
        "`stop_training` (line 7) is set to False, which stops nothing: write `self.model",
    ),
    (late, [(TEST, "if logs['acc'] * 100 > 99.9:")], "stops at 99.9 (line 6); 99.8 is asked"),
    (late, [(TEST, "if round(logs['acc'], 3) > 0.998:")], "stops only from 0.9985 on"),
    (late, [("0.998", "100 * 0.998")], "never above 99.8 (line 6)"),
    (early, [("0.998", "98 / 100")], "stops already at 0.98 (line 6); write 0.998"),
    (early, [(TEST, "if logs['acc'] * 100 > 98:")], "stops already at 98 (line 6); write 99.8"),
    (early, [(TEST, "if 98 < 100 * logs['acc']:")], "stops already at 98 (line 6); write 99.8"),
    (
        early,
        [(TEST, "if round(logs['acc'], 2) >= 0.99:")],
        "With `round` (line 6) the callback stops already from 0.985 on",
    ),
    (early, [(TEST, "if round(logs['acc'] * 100) > 98:")], "stops already from 0.985 on"),
    (early, [(TEST, "a = logs['acc'] * 100\n        if a > 98:")], "already at 98 (line 7)"),
    (early, [*MADE, ("Stop()", "Stop(0.97)")], "stops already at 0.97 (line 24)"),
    (early, [*MADE, ("Stop()", "Stop(goal=0.97)")], "stops already at 0.97 (line 24)"),
    (early, [*MADE, ("0.998):", "0.97):")], "stops already at 0.97 (line 5)"),
    (late, [*MADE, ("Stop()", "Stop(99.8)")], "never above 99.8 (line 24)"),
    (
        early,
        [("0.998", "self.goal"), (CLASS, f"{CLASS}\n    goal = 0.9\n")],
        "stops already at 0.9 (line 5)",
    ),
    (
        broken,
        [("(self, epoch, logs=None)", "(self, logs, epoch)")],
        "Keras passes the epoch first to `on_epoch_end` (line 5)",
    ),
    (
        broken,
        [("get('accuracy')", "get['accuracy']")],
        "`get` (line 6) is a method and takes round brackets: `logs.get('accuracy')`",
    ),
    (
        read_in_line_6,
        [("get('accuracy')", "get('val_acc')")],
        "The logs hold no 'val_acc' (line 6), because fit (line 22) is given no validation data",
    ),
    (caught, [(STOP, "raise StopIteration")], "`raise` (line 7) in a callback breaks the training"),
    (
        lambda source: hints.broken_callback(source, None, 7),
        [(STOP, "raise StopIteration")],
        "`raise` (line 7) in a callback",
    ),
    (
        hints.hidden_error,
        [(FIT, f"try:\n        {FIT}"), ("    return", "    except:\n        pass\n    return")],
        "`except:` (line 24) may hide an error",
    ),
    (
        hints.hidden_error,
        [
            (FIT, f"try:\n        {FIT}"),
            ("    return", "    except Exception as e:\n        print(e)\n    return"),
        ],
        "`except Exception:` (line 24) may hide an error",
    ),
    (never, [("def train", "async def train")], "`async def train_mnist_conv` (line 10) does not"),
    (never, [("return history.e", "yield history.e")], "`yield` (line 23) makes `train_mnist_c"),
    (
        rebound,
        [(RETURN, f"{RETURN}\n\n\n{FUNCTION} = {FUNCTION}()")],
        "`train_mnist_conv = train_mnist_conv()` (line 26) puts the result",
    ),
    (rebound, [(RETURN, f"{RETURN}\n\n\n{FUNCTION} = 'x'.strip()")], "(line 26) is given to some"),
    (
        untrained,
        [("def train_mnist_conv", "def main")],
        "The program ended without coming to fit (line 22): call `main`",
    ),
    (
        slow,
        [(EPOCHS, "epochs=20, steps_per_epoch=100")],
        "steps_per_epoch=100 (line 22) ends an epoch after 3,200 of 60,000 images",
    ),
    (slow, [(EPOCHS, "epochs=5")], "fit (line 22) asks for 5 epochs: up to 20 are allowed."),
    (slow, [("epochs=20, ", "")], "fit (line 22) is not told how many epochs"),
    (slow, [(" / 255.0", "")], "The pixels seem to stay between 0 and 255"),
    (slow, [("'adam'", "tf.keras.optimizers.Adam(lr=0.1)")], "rate 0.1 (line 20) is very large"),
    (slow, [("'adam'", "tf.keras.optimizers.Adam(1e-6)")], "rate 1e-06 (line 20) is very small"),
    (slow, [("'adam'", "'sgd'")], "The optimiser 'sgd' (line 20) learns slowly"),
    (slow, [("'softmax'", "'relu'")], "The last layer (line 18) ends in 'relu'"),
    (slow, [("'softmax'", "tf.nn.sigmoid")], "The last layer (line 18) ends in 'sigmoid'"),
    (slow, [(LAST, "Dense(10)")], "The last layer (line 18) has no activation"),
    (
        slow,
        [(DENSE, "Dense(128)"), ("activation='relu', input", "input")],
        "No layer before the last has an activation (lines 14 and 17)",
    ),
    (slow, [("Flatten()", "Dropout(0.5)")], "Dropout(0.5) (line 16) lowers the accuracy"),
    (slow, [(EPOCHS, "epochs=20, batch_size=10000")], "batch_size=10000 (line 22)"),
    (untrained, [("history = model.fit", "history = model.build")], "calls `fit`"),
    (
        untrained,
        [("def train_mnist_conv():", "def train_mnist_conv():\n    pass\n\nif tf:")],
        "fit (line 25) stands outside `train_mnist_conv`",
    ),
    (
        hints.other_data,
        [("datasets.mnist", "datasets.fashion_mnist")],
        "`fashion_mnist` (line 11) is another data set",
    ),
    (
        hints.other_data,
        [
            ("import tensorflow as tf", "from keras.datasets import fashion_mnist as mnist"),
            ("tf.keras.datasets.mnist.", "mnist."),
        ],
        "`fashion_mnist` (line 11)",
    ),
    (joined, [("fit(x_train, y_train", "fit(x_test, y_test")], "fit (line 22) is given `x_test`"),
    (
        joined,
        [(SCALE, "np.concatenate([x_train, x_test])")],
        "`concatenate` (line 12) joins training and test images",
    ),
    (labels, [("fit(x_train, y_train", "fit(x_train, y_test")], "is given `y_test`, the labels"),
    (labels, [("x_train = x_train", "np.random.shuffle(x_train)\n    x_train = x_train")], "ne 12"),
    (
        few,
        [(EPOCHS, "epochs=20, validation_split=0.2")],
        "`validation_split=0.2` (line 22) leaves 48,000 of 60,000 images",
    ),
    (few, [("fit(x_train, y_train", "fit(x_train[:10000], y_train[:10000]")], "slice (line 22)"),
    (few, [(SCALE, "x_train[:10000] / 255")], "A slice (line 12) leaves training images out"),
    (few, [(SCALE, "x_train[20000:] / 255")], "A slice (line 12)"),
    (undefined, [(FUNCTION, "train_mnist")], "Did you mean `train_mnist` (line 10)?"),
    (undefined, [(FUNCTION, "Train_MNIST_conv")], "Did you mean `Train_MNIST_conv` (line 10)?"),
    (
        undefined,
        [("def train_mnist_conv():", "if tf:\n  def train_mnist_conv():")],
        "`train_mnist_conv` (line 11) is defined inside an `if` (line 10)",
    ),
    (
        undefined,
        [("def train_mnist_conv():", "class A:\n  def train_mnist_conv():")],
        "(line 11) is defined inside the class `A`",
    ),
    (
        arguments,
        [("conv():", "conv(path, epochs=3):")],
        "`train_mnist_conv` (line 10) needs `path`",
    ),
    (arguments, [("conv():", "conv(*, path):")], "needs `path`"),
    (undefined, [(FUNCTION, "main")], "If `main` (line 10), which calls fit, is the function"),
    (returns, [(RETURN, "")], "`train_mnist_conv` (line 10) has no `return` with a value"),
    (returns, [(RETURN, "return")], "has no `return` with a value"),
    (returns, [("return history.epoch,", "print(history.epoch),")], "`print` (line 23) only shows"),
    (returns, [(RETURN, "return history")], "`return` (line 23) gives the History object"),
    (returns, [(RETURN, "return history.history")], "gives the whole dictionary"),
    (returns, [("[-1]", "")], "gives the accuracies of all epochs"),
    (returns, [("[-1]", "[0]")], "does not take the last accuracy"),
    (returns, [("['accuracy'][-1]", "['loss'][-1]")], "gives the last 'loss'"),
    (returns, [("['accuracy'][-1]", "['val_acc'][-1]")], "gives the last 'val_acc'"),
    (returns, [("return history.epoch", "return len(history.epoch)")], "gives one number"),
    (returns, [("return history.epoch", "return history.epoch[-1]")], "gives one number"),
    (
        returns,
        [(RETURN, "return history.history['acc'][-1], history.epoch")],
        "gives the two the other way round",
    ),
    (hints.missing_metrics, [(", metrics=['accuracy']", "")], "compile (line 20) is given no met"),
]


@pytest.mark.parametrize(("hint", "replaced", "words"), MISTAKES)
def test_a_mistake_is_named_in_its_place(
    hint: Hint, replaced: list[tuple[str, str]], words: str
) -> None:
    """Each known mistake is said, with the line it stands in."""
    assert words in hint(lesson(*replaced))


BASE = """\
class Base(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        self.on_epochs_end(logs)"""
LOG = """\
class Log(tf.keras.callbacks.Callback):
    def on_epochs_end(self, epoch, logs=None):
        return True"""
FIRST = "    callback = Stop()\n"
LOOK_ALIKES: list[list[tuple[str, str]]] = [
    # Helpers that the right method calls.
    [
        (HOOK, "def on_epoch_end(self, epoch, logs=None):\n        self.on_epochs_end(logs)\n"),
        (TEST, "\n    def on_epochs_end(self, logs):\n        if logs.get('acc') > 0.998:"),
    ],
    [(HOOK, "def on_epochs_end(self, logs):"), (CLASS, f"{BASE}\n\n\nclass Stop(Base):")],
    # Another callback beside the one that stops.
    [("[callback]", "[callback, Log()]"), (CLASS, f"{LOG}\n\n\n{CLASS}")],
    # Ways into fit that are not written in its brackets, or written otherwise.
    [("callbacks=[callback]", "callbacks=callback")],
    [("callbacks=[callback]", "callbacks=(callback,)")],
    [("callbacks=[callback]", "**options")],
    [("epochs=20, callbacks=[callback]", "32, 20, 1, [callback]")],
    [("[callback]", "listed"), (FIRST, "    listed = []\n    listed.append(Stop())\n")],
    [("[callback]", "listed"), (FIRST, "    listed = []\n    listed += [Stop()]\n")],
    [("[callback]", "listed"), (FIRST, "    listed = [Stop()] if x_train is not None else []\n")],
    [("[callback]", "[callback, *others]")],
    [("callback = Stop()", "callback = Stop = Stop()")],
    [("[callback]", "[make()]"), ("def train", "def make():\n    return Stop()\n\n\ndef train")],
    [("return history.e", "model.evaluate(x_test, y_test, callbacks=[])\n    return history.e")],
    # Conditions that are right, or that cannot be read.
    [(TEST, "if logs.get('accuracy') * 100 >= 99.8:")],
    [(TEST, "if logs['accuracy'] > 99.8 / 100:")],
    [(TEST, "if 0.998 <= logs['acc']:")],
    [(TEST, "if float(logs['acc']) > 0.998:")],
    [(TEST, "if (logs or {}).get('accuracy', 0) > 0.998:")],
    [(TEST, "if logs.get('accuracy') > 0.998 or logs.get('val_loss') < 0.01:")],
    [(TEST, "if logs.get('loss') < 0.1 and logs.get('accuracy') > 0.998:")],
    [(TEST, "if logs['acc'] > 0.9 and logs['acc'] > 0.998:")],
    [(TEST, "if logs['val_acc'] > 0.9 and self.reached(logs):")],
    [(TEST, "if logs['acc'] > 0.9 and self.reached(logs):")],
    [(TEST, "if not logs['acc'] < 0.998:")],
    [(TEST, "if logs['acc'] < 0.998:\n            return\n        if epoch > 0:")],
    [(TEST, "if logs['acc'] < 0.998:\n            pass\n        else:")],
    [(TEST, "if logs['acc'] < 0.998:\n            return\n        else:")],
    [(TEST, "if logs['loss'] < 9 and logs['acc'] < 0.998:\n            return\n        if epoch:")],
    [(TEST, "if logs['acc'] > 0.9:\n            print('well')\n        if logs['acc'] > 0.998:")],
    [
        (TEST, "if logs['acc'] < 0.998:\n            return"),
        ("            self.m", "        self.m"),
    ],
    [(TEST, "acc = logs.get('acc')\n        acc = acc * 100\n        if acc > 99.8:")],
    [("0.998", "GOAL"), ("\n\nclass", "\nGOAL = 99.8\nGOAL = GOAL / 100\n\nclass")],
    [("0.998", "self.goal")],
    [("get('accuracy')", "get('top')"), ("['accuracy'])", "[tf.keras.metrics.Accuracy('top')])")],
    [
        ("get('accuracy')", "get('categorical_accuracy')"),
        ("metrics=['accuracy']", "metrics=['categorical_accuracy']"),
        ("history['accuracy']", "history['acc']"),
    ],
    [(TEST, "if (logs.get('akkuracy') or logs.get('acc')) > 0.998:")],
    [(TEST, "if logs['acc'] * 100 >= 99.8:")],
    [(TEST, "if 100.0 * logs['acc'] >= 99.8:")],
    [(TEST, "if logs['acc'] / 100 >= 0.998 / 100:")],
    [(TEST, "if int(logs['acc'] * 100) > 98:")],
    [(TEST, "if round(logs['acc'] * self.scale) > 98:")],
    MADE,
    [*MADE, ("0.998):", "0.9):"), ("Stop()", "Stop(0.998)")],
    [*MADE, ("0.998):", "0.9):"), ("Stop()", "Stop(goal=99.8 / 100)")],
    [*MADE, ("0.998):", "0.9):"), ("Stop()", "Stop(*goals)")],
    [*MADE, ("0.998):", "0.9):"), ("Stop()", "Stop(GOAL)")],
    [*MADE, ("0.998):", "0.9):"), ("= Stop()", "= Stop(); callback.goal = 0.998")],
    [*MADE, ("0.998):", "0.9):"), ("= Stop()", "= Stop(); setattr(callback, 'goal', 0.998)")],
    [*MADE, ("0.998):", "0.9):"), ("= Stop()", "= Stop(0.998); Other = Stop; Other()")],
    [*MADE, ("0.998):", "0.9):"), ("= goal", "= goal / 100 + 0.9")],
    [
        *MADE,
        ("0.998):", "0.9):"),
        ("        self.g", "        goal = max(goal, 0.998)\n        self.g"),
    ],
    # Stops in other words.
    [(STOP, f"{STOP}\n        else:\n            self.model.stop_training = False")],
    [(STOP, "setattr(self.model, 'stop_training', True)\n            self.model.stop_training")],
    # Logs by another name, and errors that are no way to stop.
    [("(self, epoch, logs=None)", "(self, logs, epoch)"), ("logs.get", "epoch.get")],
    [(STOP, f"{STOP}\n        for key in logs:\n            self.get[key] = 1")],
    [("'accuracy') >=", "'accuracy') is None:\n            raise\n        if logs.get('acc') >=")],
    [
        (FIT, f"try:\n        {FIT}"),
        ("    return", "    except KeyError:\n        pass\n    return"),
    ],
    [(FIT, f"try:\n        {FIT}"), ("    return", "    except:\n        raise\n    return")],
    [("def train", "def other():\n    yield 1\n\n\ndef train")],
    [("def train", "@run\nasync def train")],
    [(RETURN, f"def inner():\n        yield 1\n    {RETURN}")],
    [(RETURN, f"{RETURN}\n\n\nresult = {FUNCTION}()")],
    [(EPOCHS, "epochs=20, steps_per_epoch=1875")],
    [(EPOCHS, "epochs=20, steps_per_epoch=len(x_train) // 32")],
    [(EPOCHS, "epochs=20, steps_per_epoch=469, batch_size=128")],
    [("fit(x_train, y_train", "fit(batches"), (EPOCHS, "epochs=20, steps_per_epoch=300")],
    [(STOP, "setattr(self.model, 'stop_training', True)\n            return True")],
    [(STOP, "model.stop_training = True\n            return True")],
    [(STOP, "self.stop_training = True\n            self.model.stop_training = True")],
    [(STOP, "self.model.stop_training |= True\n            return True")],
    [("(self, epoch, logs=None)", "(self, *everything)"), ("logs.get('accuracy')", "self.best")],
    [("(self, epoch, logs=None)", "(self, epoch, logs={}, verbose=1)")],
    # Right ways to learn.
    [(" / 255.0", " * 0.00392")],
    [(" / 255.0", ""), ("    model = ", "    x_train /= 255\n    model = ")],
    [(" / 255.0", ""), ("Flatten()", "Rescaling(1. / 255)")],
    [(LAST, "Dense(10),\n        tf.keras.layers.Softmax()")],
    [(LAST, "Dense(10)"), ("'sparse_categorical_crossentropy'", "Loss(from_logits=True)")],
    [(LAST, "Dense(10, tf.nn.softmax)")],
    [(DENSE, "Dense(128, 'relu')"), ("activation='relu', input", "input")],
    [(DENSE, "Dense(128)"), ("activation='relu', input", "input"), ("Flatten()", "ReLU()")],
    [("'adam'", "tf.keras.optimizers.Adam(0.001)")],
    [("'adam'", "tf.keras.optimizers.SGD(0.1, momentum=0.9)")],
    [(EPOCHS, "epochs=EPOCHS")],
    [("Flatten()", "Dropout(0.2)")],
    # The right data, in words that look like others.
    [(LOAD, "tf.keras.datasets.mnist.load_data()  # not fashion_mnist")],
    [(LOAD, "(fashion_mnist and tf.keras.datasets.mnist).load_data()")],
    [(SCALE, "x_train.reshape((-1,) + x_train.shape[1:] + (1,)) / 255")],
    [(SCALE, "np.concatenate([x_train[:, :14], x_train[:, 14:]], 1) / 255")],
    [(SCALE, "x_train[:60000] / 255")],
    [("x_train = x_train", "np.random.shuffle(indices)\n    x_train = x_train")],
    [(EPOCHS, "epochs=20, validation_split=0.1")],
    [(EPOCHS, "epochs=20, validation_data=(x_test, y_test)")],
    # The right result.
    [(RETURN, "epochs = history.epoch\n    return epochs, history.history['acc'][-1]")],
    [(RETURN, "print(history.epoch)\n    " + RETURN)],
    [("conv():", "conv(path=None, *others, **more):")],
    [("def train", "def other(path):\n    return path\n\n\ndef train")],
    [(RETURN, f"def inner():\n        return history\n    {RETURN}")],
    # A second fit: which one is meant is not known.
    [(CALLBACKS, ""), ("    return", "    model.fit(x_train, y_train)\n    return")],
]


@pytest.mark.parametrize("replaced", LOOK_ALIKES)
def test_what_only_looks_like_a_mistake_gets_no_hint(replaced: list[tuple[str, str]]) -> None:
    """For a program without a known mistake no hint is given, whatever is asked."""
    source = lesson(*replaced)

    assert [hint(source) for hint in ALL] == [""] * len(ALL)


def test_the_line_that_was_graded_decides_between_two_fits() -> None:
    """With two fits the hint is about the one that was trained."""
    source = lesson(("    return", "    model.fit(x_train, y_train, epochs=3)\n    return"))

    assert "fit (line 23) asks for 3 epochs" in hints.slow_learning(source, 23, 0.99, 20)
    assert not hints.slow_learning(source, 22, 0.99, 20)


def test_places_in_a_notebook_are_cells() -> None:
    """In a notebook a hint names the cell and the line in it."""
    source = lesson(("on_epoch_end", "on_epochs_end"))
    notebook = SourceFacts(text=source.text, cells=(Cell(1, 1, 1), Cell(3, 2, 4)))

    assert "(cell 3 (code cell 2), line 2)" in late(notebook)


@pytest.mark.parametrize(
    ("replaced", "found", "words"),
    [
        ([], ["Conv2D"], " (line 14)"),
        ([("Flatten()", "Conv2D(8, 3)")], ["Conv2D"] * 2, " (lines 14 and 16)"),
        ([("Flatten()", "Convolution2D(8, 3)")], ["Conv2D"] * 2, " (lines 14 and 16)"),
        ([("Flatten()", "MaxPool2D()")], ["MaxPooling2D"] * 2, " (lines 15 and 16)"),
        ([("Flatten()", "AvgPool2D()")], ["AveragePooling2D"], " (line 16)"),
        (
            [
                ("import tensorflow as tf", "from keras.layers import Conv2D as C"),
                ("tf.keras.layers.Flatten()", "C(8, 3)"),
            ],
            ["Conv2D"] * 2,
            " (lines 14 and 16)",
        ),
        ([("Flatten(),", "Flatten(),  # Conv2D(8, 3)")], ["Conv2D"], " (line 14)"),
        ([("Flatten(),", "Flatten(),  # Conv2D(8)")], ["Conv2D"] * 3, " (line 14, run more than"),
        ([("\n\nclass", "\nother = Conv2D(1, 1)\n\nclass")], ["Conv2D"], " (line 15)"),
        ([("tf.keras.layers.Conv2D", "build")], ["Conv2D"] * 2, ""),
        ([("Flatten()", "Conv2D(8, 3)")], ["Conv2D"], ""),
    ],
)
def test_layers_are_found_where_they_are_built(
    replaced: list[tuple[str, str]], found: list[str], words: str
) -> None:
    """Lines are given where the calls agree with the layers of the model, and else none."""
    place = hints.layer_lines(lesson(*replaced), FUNCTION, found)

    assert words in place
    assert bool(words) == bool(place)


def test_the_names_of_the_methods_are_those_of_keras() -> None:
    """What is said to be called by Keras is what Keras calls."""
    own = {name for name in dir(keras.callbacks.Callback) if name.startswith("on_")}

    assert own == hooks._HOOKS


@pytest.mark.parametrize(("value", "epochs"), [("'False'", 1), ("'True'", 1), ("''", 3)])
def test_keras_takes_strings_as_the_hint_says(value: str, epochs: int) -> None:
    """Every string but the empty one stops a training, 'False' among them."""
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile(loss="mse")
    stop = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda *_: setattr(model, "stop_training", value.strip("'"))
    )
    history = model.fit(np.ones((2, 1)), np.ones((2, 1)), epochs=3, verbose=0, callbacks=[stop])

    assert len(history.epoch) == epochs


@pytest.mark.parametrize(
    "text",
    [
        "x = (",
        "x = " + "-" * 100_000 + "1",
        "x = '\0'",
        "\n" * 9 + "class C(Callback):\n" + "  def on_x(self): pass\n" * 9000,
        "class A(Callback):\n  def on_x(self): pass\n"
        "x = [" + "A()," * 20_000 + "]\nfit(callbacks=x)",
        "class C(Callback):\n  def on_epoch_end(s, e, l):\n    if e: pass\n"
        + "    elif e: pass\n" * 900
        + "    else: self.model.stop_training = True\n",
        "def " + "o" * 100_000 + "(): pass\n",
        "x = 0x" + "f" * 100_000 + "\nfit(epochs=x, batch_size=x)\n",
        "class C(Callback):\n  def on_epoch_end(): l[0]\nfit(callbacks=[C()])\n",
        "class C(Callback):\n  def on_epoch_end(s, e, l):\n    if l['acc']"
        + "*1" * 900
        + " > 2: s.model.stop_training = True\nfit(callbacks=[C()])\n",
        "fit" + ".fit" * 900 + "()\n",
        "class C(Callback):\n  def on_epoch_end(s, e, self):\n    if "
        + " and ".join(["self.a > self.b"] * 5_000)
        + ": s.model.stop_training = True\nfit(callbacks=[C()])\n",
        "class C(Callback):\n  def on_epoch_end(s, e, l):\n    if e: pass\n    else:\n"
        + "      s.model.stop_training = False\n" * 5_000
        + "fit(callbacks=[C()])\n",
        "try: pass\nexcept: pass\n" * 5_000 + "fit()\n" * 5_000,
    ],
)
def test_hostile_sources_are_read_in_time(text: str) -> None:
    """A hint neither raises nor takes long, whatever the text is."""
    began_s = time.process_time()
    found = [hint(SourceFacts(text=text)) for hint in (*ALL, undefined)]

    assert all(len(hint) < 500 for hint in found)
    assert time.process_time() - began_s < 30


def test_a_program_of_any_size_gets_its_hints_soon() -> None:
    """The worker waits for them, and so they take no longer than the file is long."""
    text = "".join(f"def f{n}(m): m.fit(1)\nclass C{n}: pass\n" for n in range(6_000))
    source = SourceFacts(text=text, defined={"train_mnist_conv": 1})
    began_s = time.process_time()
    said = [
        hints.no_fit(source, FUNCTION),
        hints.missing_function(source, FUNCTION),
        hints.missing_class(source, "EarlyStopping"),
    ]

    assert said == ["", "", ""]
    # A busy core takes three times as long; what grows with the square would take minutes.
    assert time.process_time() - began_s < 15
