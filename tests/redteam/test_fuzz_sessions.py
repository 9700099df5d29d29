"""Whatever a box says, and in whatever order, the dialogue ends in evidence and in a verdict.

The box is a script of frames on a real socket, the session is the real one. The trainer is a
double with the contract of the real one: an epoch for each that was asked, a wait for each answer,
and an objection to whoever goes on from what is not there.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.exercises import load_exercise
from grader.exercises.mnist_conv.checks import CHECKS
from grader.kinds.training.evidence import TrainingEvidence
from grader.kinds.training.session import Session
from grader.preflight import read_source
from grader.protocol import (
    Channel,
    Decision,
    Finished,
    FromSandbox,
    Raised,
    Returned,
    Train,
    TrainingImpossible,
    Undecidable,
)
from grader.trainer import FakeTrainer
from tests.examples import lesson_model
from tests.redteam.mutation import effort

RUBRIC = load_exercise("mnist-conv").rubric
SOURCE = b"def train_mnist_conv():\n    model.fit(x, y)\n"


@dataclass
class Box:
    """A box as a session sees it, with everything in it said in advance."""

    channel: Channel[Any]
    excess: str | None = None


class Trainer(FakeTrainer):
    """Refuses models of one name, and sees that no more is asked than a model may have."""

    def begin(self, training: Train, arrays: bytes) -> None:
        """Begin a training within the limit."""
        assert training.max_epochs <= RUBRIC.target.max_epochs
        super().begin(training, arrays)

    def unplanned(self, training: Train, numbers: range) -> Iterator[Any]:
        """Say no to models of that name."""
        if training.request.model["config"]["name"] == "impossible":
            yield TrainingImpossible(reason="Keras says no")
        yield from super().unplanned(training, numbers)


def asked(
    *, model: int, resumes: str, epochs: int, name: str, count: int, per_batch: bool, steps: int
) -> bytes:
    """Write the frame of a fit on the first images of MNIST."""
    document = lesson_model()
    document["config"]["name"] = name
    if name == "two":
        document["config"]["layers"].append(document["config"]["layers"][0])
    table = np.linspace(0, 1, 256, dtype=np.float32).tobytes()
    data = {"count": count, "in_order": True, "image_shape": [28, 28, 1]}
    fit = {"model": document, "data": data, "epochs": epochs, "steps_per_epoch": steps or None}
    message = {
        "type": "FitAsked",
        "request": fit,
        "line": 2,
        "model": model,
        "resumes": resumes,
        "per_batch": per_batch,
        "arrays": [{"dtype": "float32", "shape": [256]}, {"dtype": "int32", "shape": [0]}],
    }
    return framed(message, table)


def framed(message: Any, blob: bytes = b"") -> bytes:
    """Return the bytes of a frame."""
    document = msgspec.json.encode(message)
    return struct.pack(">II", len(document), len(blob)) + document + blob


FITS = st.builds(
    asked,
    model=st.integers(-1, 2),
    resumes=st.sampled_from(["nothing", "nothing", "weights", "training"]),
    epochs=st.sampled_from([0, 1, 2, 3, 30]),
    name=st.sampled_from(["a", "a", "b", "two", "impossible"]),
    count=st.sampled_from([60_000, 60_000, 60_000, 10, 0]),
    per_batch=st.booleans(),
    steps=st.sampled_from([0, 0, 1]),
)
DECISIONS = st.builds(
    Decision, stop=st.booleans(), learning_rate=st.none() | st.floats(allow_nan=False)
).map(framed)
ENDS = st.builds(
    Finished,
    outcome=st.sampled_from(
        [
            None,
            Returned(description="x", epochs=(0,), accuracy=0.9),
            Raised(error="KeyError", message="'acc'", phase="call", line=1 << 24),
            Undecidable(reason="odd", line=99),
        ]
    ),
    returned_fit=st.none() | st.integers(-3, 5),
).map(framed)
SCRIPTS = st.lists(
    st.one_of(FITS, DECISIONS, DECISIONS, DECISIONS, ENDS, st.binary(max_size=12)), max_size=40
)


@effort
@given(script=SCRIPTS)
def test_a_scripted_box_ends_in_a_verdict(script: list[bytes]) -> None:
    """The session neither raises nor waits, and nobody trains more than the limits allow."""
    evidence, trainer = dialogue(b"".join(script))

    assert trainer.trained <= 4 * RUBRIC.target.max_epochs
    assert len(evidence.record.epochs if evidence.record else ()) <= RUBRIC.target.max_epochs
    assert all(check(evidence, RUBRIC).message for check in CHECKS)


def dialogue(script: bytes) -> tuple[TrainingEvidence, Trainer]:
    """Run a session with a box that says this and then ends, deaf to what it is told."""
    theirs, ours = socket.socketpair()
    box: Any = Box(Channel(ours, FromSandbox))
    trainer = Trainer()
    deaf = threading.Thread(target=_play, args=(theirs, script))
    deaf.start()
    session = Session(box, trainer, RUBRIC, 1, _passes_gates, lambda _: None)
    evidence = session.run(
        TrainingEvidence(source=read_source(SOURCE, RUBRIC.names)), "solution.py"
    )
    ours.close()
    deaf.join()
    return evidence, trainer


def _passes_gates(evidence: TrainingEvidence) -> bool:
    gates = {check.id for check in RUBRIC.checks if check.gate}
    return all(
        check(evidence, RUBRIC).status == "passed" for check in CHECKS if check.__name__ in gates
    )


def _play(end: socket.socket, script: bytes) -> None:
    with end:
        listener = threading.Thread(target=_swallow, args=(end,), daemon=True)
        listener.start()
        try:
            end.sendall(script)
            end.shutdown(socket.SHUT_WR)
        except OSError:
            return
        listener.join()


def _swallow(end: socket.socket) -> None:
    try:
        while end.recv(1 << 20):
            pass
    except OSError:
        return


GO_ON = framed(Decision(stop=False))
END = framed(Finished(outcome=None))


def fit(**changes: Any) -> bytes:
    """Write the frame of an honest fit, with changes."""
    honest = {"model": 0, "resumes": "nothing", "epochs": 20, "name": "a", "count": 60_000}
    return asked(**{**honest, "per_batch": False, "steps": 0, **changes})


@pytest.mark.parametrize("between", [fit(count=0), fit(epochs=0), fit(name="two")])
def test_a_model_is_not_gone_on_with_under_another_record(between: bytes) -> None:
    """A fit that takes a trained model's number, and is not trained, ends what can be gone on with.

    Else the next fit would go on with the trained weights, and its record would begin again.
    """
    twenty = fit() + GO_ON * 20
    evidence, trainer = dialogue(twenty + between + fit(resumes="training") + GO_ON * 20 + END)

    assert trainer.trained == 20
    assert evidence.review or evidence.record is None


def test_epochs_of_few_images_do_not_count() -> None:
    """An epoch of a single batch has an accuracy, but not one of all images."""
    evidence, _ = dialogue(fit(steps=1, epochs=2) + GO_ON * 2 + END)

    assert evidence.record is not None
    assert [epoch.short for epoch in evidence.record.epochs] == [True, True]


def test_what_is_refused_is_not_kept() -> None:
    """A description that is too large to be built is not kept for each fit that has one."""
    theirs, ours = socket.socketpair()
    box: Any = Box(Channel(ours, FromSandbox))
    trainer = Trainer()
    deaf = threading.Thread(target=_play, args=(theirs, fit(name="x" * 500_000) * 3 + END))
    deaf.start()
    session = Session(box, trainer, RUBRIC, 1, _passes_gates, lambda _: None)
    session.run(TrainingEvidence(source=read_source(SOURCE, RUBRIC.names)), "solution.py")
    ours.close()
    deaf.join()

    assert session._models[0].request.model == {}


def test_the_trainer_is_not_asked_for_ever() -> None:
    """A program that asks again and again for what Keras refuses is ended."""
    evidence, _ = dialogue(fit(name="impossible") * 50 + END)

    assert evidence.collapse is not None
    assert "Keras refuses" in evidence.collapse
