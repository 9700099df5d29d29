"""An outline tells programs apart by what they do, and not by what they call it."""

from __future__ import annotations

import pytest

from grader.preflight import Reader
from grader.preflight.outline import outline
from grader.preflight.syntax import parse

PROGRAM = """
import tensorflow as tf
from tensorflow.keras import layers

class Stop(tf.keras.callbacks.Callback):
    def __init__(self, limit):
        self.limit = limit
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] > self.limit:
            print('done')
            self.model.stop_training = True

def build(units):
    model = tf.keras.Sequential([layers.Dense(units, activation='relu')])
    model.compile(optimizer='adam', loss='mse')
    return model
"""
SAME = '''
"""Mine."""
import tensorflow
import tensorflow.keras.layers as L

class Halt(tensorflow.keras.callbacks.Callback):
    # When to stop.
    def __init__(self, bound: float):
        self.bound = bound
    def on_epoch_end(me, number, values=None) -> None:
        if me.bound < values['accuracy']:
            me.model.stop_training = True

def make(n):
    net = tensorflow.keras.Sequential([L.Dense(n, activation="relu")])
    net.compile(loss='mse', optimizer='adam')
    print(net)
    return net
'''


def digests(text: str) -> list[str]:
    """Return the digests of a program's statements."""
    tree = parse(text)

    assert not isinstance(tree, tuple)
    return [statement.digest for statement in outline(tree)]


def test_names_comments_and_order_leave_no_trace() -> None:
    """Nor do imports under other names, annotations, printed text, and which side is larger."""
    assert digests(SAME) == digests(PROGRAM)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("'adam'", "'sgd'"),
        ("layers.Dense", "layers.Conv2D"),
        ("on_epoch_end", "on_epoch_begin"),
        ("stop_training = True", "stop_training = False"),
        ("> self.limit", ">= self.limit"),
        ("activation='relu'", "kernel='relu'"),
        ("self.model.stop_training", "self.stop_training"),
    ],
)
def test_what_a_program_does_leaves_one(old: str, new: str) -> None:
    """Values, methods that Keras calls, and what is compared with what."""
    changed = PROGRAM.replace(old, new)

    assert changed != PROGRAM
    assert digests(changed) != digests(PROGRAM)


def test_one_statement_more_is_one_statement_more() -> None:
    """The others stay what they are."""
    more = PROGRAM.replace(
        "    return model", "    model.summary(line_length=80)\n    return model"
    )

    assert set(digests(PROGRAM)) < set(digests(more))
    assert len(digests(more)) == len(digests(PROGRAM)) + 1


@pytest.mark.parametrize(
    "source",
    [b"", b"x = (", b"x = " + b"-" * 3000 + b"1", b"\xff\xfe", b"a" + b".b" * 5000, b"\x00"],
)
def test_no_file_breaks_it(source: bytes) -> None:
    """Deep nesting, no Python, no text: such a file is like no other."""
    reader = Reader()
    try:
        _, found = reader.read_outlined(source, "solution.py")
    finally:
        reader.close()

    assert len(found) <= 1
