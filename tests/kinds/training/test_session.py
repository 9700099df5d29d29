"""The dialogue with a box, sentence by sentence: what is asked, answered, counted and recorded."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from grader.errors import InfrastructureError, SandboxError, TrainerLimitError
from grader.kinds.training.evidence import Ending, TrainingEvidence
from grader.kinds.training.spending import MAX_FITS, MAX_IMPOSSIBLE, MAX_OPERATIONS, Spending
from grader.protocol import (
    ArraySpec,
    BatchEnded,
    Decision,
    EpochEnded,
    Finished,
    FitRefused,
    Frame,
    MalformedFrameError,
    PeerClosedError,
    PeerSilentError,
    Raised,
    Rehearse,
    Returned,
    RunSubmission,
    Show,
    Shown,
    Train,
    TrainingImpossible,
    Undecidable,
)
from grader.trainer import FakeTrainer
from grader.trainer.fake import BIAS, KERNEL, PROBE
from tests.examples import epoch, layer, lesson_model, model
from tests.kinds.training.doubles import (
    GO_ON,
    RUBRIC,
    SOURCE,
    STOP,
    Box,
    dialogue,
    ended,
    fit,
)

RETURNED = Returned(description="tuple of 2", epochs=(0, 1, 2), accuracy=0.9)
END = Finished(outcome=RETURNED)
TWO = model(layer("Conv2D", filters=8, kernel_size=[3, 3]), layer("Flatten"))


def numbers(evidence: TrainingEvidence) -> list[int]:
    """Number the recorded epochs of the graded model as the trainer did."""
    return [epoch.number for epoch in evidence.record.epochs] if evidence.record else []


def with_rate(rate: float, **compiled: Any) -> dict[str, Any]:
    """Return the lesson's model with another learning rate, and perhaps compiled otherwise."""
    document = lesson_model()
    document["compile_config"]["optimizer"]["config"]["learning_rate"] = rate
    document["compile_config"] |= compiled
    return document


def test_a_submission_is_sent_as_it_was_read() -> None:
    """Source, the name of its file and the function; the box need not guess."""
    found = dialogue(END)

    assert found.box.told == [
        RunSubmission(SOURCE.decode(), "solution.py", "train_mnist_conv", seed=7)
    ]
    assert found.trainer.calls.count("begin_submission") == 1


def test_a_file_without_the_function_is_run_all_the_same() -> None:
    """What it prints and trains is evidence, and there is nothing to call."""
    [told] = dialogue(END, source=b"x = 1\n").box.told

    assert told.function == ""


def test_a_notebook_is_sent_as_one() -> None:
    """Its code stands between the cells of other languages."""
    notebook = b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "x = 1"}]}'
    [told] = dialogue(END, source=notebook).box.told

    assert told.is_notebook


def test_a_box_that_takes_nothing_is_our_fault() -> None:
    """It was ready before, and the submission is not in it yet."""
    box = Box()
    box.deaf_after = 0
    with pytest.raises(SandboxError, match="did not take"):
        dialogue(box=box)


def test_a_fit_is_trained_epoch_by_epoch() -> None:
    """Each epoch goes to the box with its weights, each answer to the trainer, all on record."""
    found = dialogue(fit(), GO_ON, Decision(stop=False, learning_rate=0.1), GO_ON, END)
    [(training, arrays)] = found.trainer.begun
    told = [message for message in found.box.told if isinstance(message, EpochEnded)]

    assert arrays == fit().blob
    assert (training.seed, training.max_epochs) == (7, RUBRIC.target.max_epochs)
    assert training == Train(
        request=fit().message.request,
        seed=7,
        max_epochs=RUBRIC.target.max_epochs,
        target=RUBRIC.target.accuracy,
        most_operations=MAX_OPERATIONS,
        arrays=fit().message.arrays,
    )
    assert [message.epoch.number for message in told] == [0, 1, 2]
    assert [message.last for message in told] == [False, False, True]
    assert found.box.blobs[1:4] == [KERNEL.tobytes() + BIAS.tobytes()] * 3
    assert [decision.learning_rate for decision in found.trainer.decisions] == [None, 0.1, None]
    assert found.evidence.record is not None
    assert found.evidence.record.ending is Ending.COMPLETED
    assert found.evidence.record.last_fit == 3
    assert list(found.evidence.record.epochs) == found.watched
    assert found.evidence.outcome == RETURNED
    assert found.evidence.probe is PROBE
    assert len(found.evidence.weights) == 3
    assert (found.evidence.weights[0].kernel == KERNEL).all()
    assert found.evidence.trained_s > 0
    assert found.evidence.trained_s < 10
    assert found.evidence.collapse is None


@pytest.mark.parametrize(
    ("answers", "ending", "epochs"),
    [
        ((GO_ON, STOP), Ending.STOPPED, 2),
        ((GO_ON, Decision(stop=True, broken=True)), Ending.BROKEN, 2),
        ((GO_ON, END), Ending.BROKEN, 2),
        ((GO_ON, fit()), Ending.BROKEN, 2),
        ((GO_ON,), Ending.BROKEN, 2),
    ],
    ids=["a callback stops it", "a callback raises", "the program ends", "out of turn", "silence"],
)
def test_a_training_ends_as_the_box_ends_it(
    answers: tuple[Any, ...], ending: Ending, epochs: int
) -> None:
    """The trainer is told to stop and not asked again."""
    found = dialogue(fit(), *answers, *[END] * (ending is Ending.STOPPED))

    assert found.evidence.record is not None
    assert found.evidence.record.ending is ending
    assert len(found.evidence.record.epochs) == epochs
    assert [decision.stop for decision in found.trainer.decisions] == [False, True]
    assert found.trainer.calls.count("probe") == 1


def test_a_program_that_writes_out_of_turn_is_ended() -> None:
    """The channel is ours, whatever is said on it: between fits, and in the middle of one."""
    for says in ([GO_ON], [Shown()], [fit(), fit()], [fit(), Shown()]):
        assert "belongs to the grader" in str(dialogue(*says).evidence.collapse)


@pytest.mark.parametrize(
    ("error", "excess", "words"),
    [
        (PeerClosedError(), None, "the program ended itself before the function returned"),
        (PeerSilentError(), None, "the program neither asked for a fit nor ended within 600"),
        (MalformedFrameError(), None, "the program wrote to the channel that belongs"),
        (PeerClosedError(), "it used over 1 MiB", "the program was ended because it used over"),
    ],
)
@pytest.mark.parametrize("before", [(), (fit(),)], ids=["between fits", "in a fit"])
def test_who_broke_off_is_said(
    error: Exception, excess: str | None, words: str, before: tuple[Any, ...]
) -> None:
    """It is the submission's doing, and evidence."""
    evidence = dialogue(box=Box(*before, error, excess=excess)).evidence

    assert str(evidence.collapse).startswith(words)
    assert evidence.outcome is None
    assert evidence.review is None


def test_a_program_that_ends_while_it_is_told_has_ended_itself() -> None:
    """A broken pipe is theirs, like silence."""
    box = Box(fit(), END)
    box.deaf_after = 1
    evidence = dialogue(box=box).evidence

    assert "ended itself" in str(evidence.collapse)


def test_time_is_given_to_think_and_to_listen() -> None:
    """A callback may think for minutes; who does not listen is not waited for as long."""
    waits_s = dialogue(fit(), GO_ON, GO_ON, GO_ON, END).box.waits_s

    assert {min(waits_s), max(waits_s)} == {120, 600}
    assert waits_s[:2] == [120, 600]


# What is not trained.


def test_what_is_not_admitted_is_refused_as_keras_would() -> None:
    """`fit` raises in the submission, which may go on; its request is not kept."""
    found = dialogue(fit(epochs=0), END)

    assert found.box.told[1:] == [FitRefused("fit is called with epochs=0")]
    assert found.evidence.record is not None
    assert found.evidence.record.ending is Ending.IMPOSSIBLE
    assert found.evidence.record.problem == "fit is called with epochs=0"
    assert found.session._models[0].request.model == {}
    assert found.evidence.layers is not None
    assert [layer.class_name for layer in found.evidence.layers][:2] == ["Conv2D", "MaxPooling2D"]
    assert found.trainer.begun == []


def test_what_is_for_a_human_ends_the_dialogue() -> None:
    """Its line is named, where the text has one."""
    custom = model(layer("Lambda"))
    placed, unplaced = dialogue(fit(custom), END), dialogue(fit(custom, line=99), END)

    assert str(placed.evidence.review).endswith("that we train (line 2)")
    assert str(unplaced.evidence.review).endswith("that we train")
    assert placed.evidence.fit_line == 2
    assert unplaced.evidence.fit_line is None
    assert placed.box.told[1:] == []
    assert placed.evidence.outcome is None


@pytest.mark.parametrize(
    ("asked", "gates"),
    [
        (fit(), False),
        (fit(claim={"count": 0}), True),
        (fit(claim={"mislabelled": 1}), True),
        (fit(rows=[5, 65_000]), True),
    ],
    ids=["a gate is shut", "no images", "foreign labels", "test images"],
)
def test_what_fails_a_gate_is_rehearsed(asked: Any, gates: bool) -> None:  # noqa: FBT001
    """Neither trained nor refused, whatever a rubric says: another model may be fitted yet."""
    found = dialogue(asked, END, gates=gates)

    assert found.box.told[1:] == [Rehearse()]
    assert found.trainer.begun == []
    assert found.evidence.record is None
    assert found.evidence.data is not None


def test_layers_beyond_all_measure_are_not_kept() -> None:
    """A few more than may be admitted say enough."""
    many = model(*[layer("Flatten") for _ in range(300)])
    evidence = dialogue(fit(many), END).evidence

    assert evidence.layers is not None
    assert len(evidence.layers) == 201


def test_a_program_does_not_fit_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many fits are let through, and not one more, trained or not."""
    monkeypatch.setattr("grader.kinds.training.session.MAX_FITS", 5)
    most = dialogue(*[fit() for _ in range(5)], END, gates=False)
    more = dialogue(*[fit() for _ in range(6)], END, gates=False)

    assert 50 <= MAX_FITS <= 1000
    assert most.evidence.collapse is None
    assert more.evidence.collapse == "the program called fit more than 5 times"
    assert len(more.box.told) == 6


def test_the_trainer_is_asked_so_often_for_what_keras_refuses() -> None:
    """And then the program is ended."""
    refusals = MAX_IMPOSSIBLE + 1
    plans: list[Any] = [[TrainingImpossible("no")] for _ in range(refusals)]
    most = dialogue(*[fit()] * MAX_IMPOSSIBLE, END, trainer=FakeTrainer(*plans))
    more = dialogue(*[fit()] * refusals, END, trainer=FakeTrainer(*plans))

    assert 5 <= MAX_IMPOSSIBLE <= 100
    assert most.evidence.collapse is None
    assert most.box.told[1:] == [FitRefused("no")] * MAX_IMPOSSIBLE
    assert str(more.evidence.collapse).endswith("times for what Keras refuses")


def test_keras_may_refuse_after_an_epoch() -> None:
    """What was trained stays on record, once; no one is to be told of a layer of it."""
    plan = [ended(0), TrainingImpossible("no room")]
    found = dialogue(fit(), GO_ON, END, trainer=FakeTrainer(plan))

    assert numbers(found.evidence) == [0]
    assert found.evidence.record is not None
    assert found.evidence.record.ending is Ending.IMPOSSIBLE
    assert found.evidence.record.problem == "no room"
    assert found.box.told[2:] == [FitRefused("no room")]
    assert found.trainer.calls.count("probe") == 0


def test_what_the_trainer_leaves_to_a_human_is_placed() -> None:
    """Whether it says so in words or breaks down over it."""
    undecided = FakeTrainer([TrainingImpossible("it may be right", needs_review=True)])
    limited = FakeTrainer([TrainerLimitError("over 4 GiB")])
    said = dialogue(fit(), END, trainer=undecided).evidence
    broke = dialogue(fit(), END, trainer=limited).evidence

    assert said.review == "it may be right (line 2)"
    assert broke.review == "the trainer cannot train this model: over 4 GiB"
    assert (said.record, said.outcome) == (None, None)


# Fits of one model add up.


def test_another_fit_of_a_model_goes_on() -> None:
    """Its epochs are added, its weights replaced, and the record knows how many are its own."""
    again = fit(model=3, resumes="training", epochs=2)
    found = dialogue(fit(model=3), *[GO_ON] * 3, again, GO_ON, STOP, END)
    begun = [training for training, _ in found.trainer.begun]

    assert numbers(found.evidence) == [0, 1, 2, 0, 1]
    assert found.evidence.record is not None
    assert (found.evidence.record.last_fit, found.evidence.record.ending) == (2, Ending.STOPPED)
    assert len(found.evidence.weights) == 2
    assert [training.resumes for training in begun] == ["nothing", "training"]
    assert [training.max_epochs for training in begun] == [20, 17]
    assert begun[1].most_operations < begun[0].most_operations
    assert found.trainer.calls.count("probe") == 2


@pytest.mark.parametrize("asked", [20, 21, 30])
def test_a_model_is_cut_at_the_limit(asked: int) -> None:
    """Who asks for exactly as many as are allowed is not cut."""
    found = dialogue(fit(epochs=asked), *[GO_ON] * 20, END)

    assert found.evidence.record is not None
    assert len(found.evidence.record.epochs) == 20
    assert found.evidence.record.ending is (Ending.COMPLETED if asked == 20 else Ending.CUT)


def test_epochs_before_the_first_do_not_count() -> None:
    """`initial_epoch` numbers the epochs, and takes none of them away."""
    found = dialogue(fit(epochs=25, initial_epoch=5), *[GO_ON] * 20, END)

    assert numbers(found.evidence) == [*range(5, 25)]
    assert found.evidence.record is not None
    assert found.evidence.record.ending is Ending.COMPLETED


@pytest.mark.parametrize("first", [19, 20])
def test_fits_of_one_model_have_the_epochs_of_one(first: int) -> None:
    """What is left is trained; once nothing is left, the dialogue is over and the record stays."""
    again = fit(resumes="training", epochs=3)
    found = dialogue(fit(epochs=first), *[GO_ON] * first, again, GO_ON, END)

    assert found.evidence.record is not None
    assert len(found.evidence.record.epochs) == 20
    assert found.evidence.record.ending is Ending.CUT
    assert len(found.trainer.begun) == 21 - first
    assert found.evidence.collapse is None
    assert found.evidence.outcome == (RETURNED if first == 19 else None)


def test_a_model_begun_anew_begins_a_new_record() -> None:
    """Weights from the seed owe nothing to what was trained before."""
    found = dialogue(fit(), *[GO_ON] * 3, fit(epochs=2), GO_ON, STOP, END)

    assert numbers(found.evidence) == [0, 1]
    assert [training.max_epochs for training, _ in found.trainer.begun] == [20, 20]


def test_evidence_stays_whatever_becomes_of_another_fit() -> None:
    """A second fit that is not trained takes nothing away from the first."""
    found = dialogue(fit(), *[GO_ON] * 3, fit(resumes="training", batch_size=0), END)

    assert numbers(found.evidence) == [0, 1, 2]
    assert found.evidence.record is not None
    assert found.evidence.record.ending is Ending.IMPOSSIBLE
    assert found.evidence.probe is PROBE
    assert len(found.evidence.weights) == 3


TURNS = "several models are fitted in turns (line 2)"


@pytest.mark.parametrize("resumes", ["weights", "training"])
def test_only_what_is_in_the_trainer_is_gone_on_with(resumes: Any) -> None:
    """Else the next epochs would be those of another model."""
    one = [fit(), *[GO_ON] * 3]
    other = [fit(model=1), *[GO_ON] * 3]
    again = fit(resumes=resumes)
    in_turns = dialogue(*one, *other, again, *[GO_ON] * 3, END)
    from_nothing = dialogue(again, *[GO_ON] * 3, END)
    renumbered = dialogue(*one, fit(claim={"count": 0}), again, *[GO_ON] * 3, END)
    impossible = dialogue(
        *one,
        again,
        again,
        END,
        trainer=FakeTrainer([ended(0), ended(1), ended(2)], [TrainingImpossible("no")]),
    )

    assert in_turns.evidence.review == TURNS
    assert from_nothing.evidence.review == TURNS
    assert renumbered.evidence.review == TURNS
    assert impossible.evidence.review == TURNS
    assert numbers(in_turns.evidence) == [0, 1, 2]


def test_a_model_that_is_only_rehearsed_leaves_the_trained_one_alone() -> None:
    """What is in the trainer is still the other one."""
    found = dialogue(
        fit(),
        *[GO_ON] * 3,
        fit(model=1, claim={"count": 0}),
        fit(resumes="training"),
        *[GO_ON] * 3,
        Finished(outcome=RETURNED, returned_fit=0),
    )

    assert found.evidence.review is None
    assert numbers(found.evidence) == [0, 1, 2, 0, 1, 2]


@pytest.mark.parametrize(
    ("resumes", "document", "reason"),
    [
        ("training", lesson_model(), None),
        ("weights", lesson_model(), None),
        ("training", with_rate(0.1), None),
        ("weights", TWO, "after its layers were changed"),
        ("training", TWO, "after its layers were changed"),
        ("training", with_rate(0.001, loss="mse"), "its optimizer, loss or metrics were changed"),
        ("weights", with_rate(0.001, loss="mse"), None),
        ("training", with_rate(0.001, optimizer="adam"), "its optimizer, loss or metrics were"),
    ],
    ids=[
        "same",
        "recompiled",
        "rate",
        "layers",
        "layers and state",
        "loss",
        "loss anew",
        "optimizer",
    ],
)
def test_a_model_goes_on_as_it_was_built(
    resumes: Any, document: dict[str, Any], reason: str | None
) -> None:
    """Only the learning rate may change under it; compiled anew, all may but layers."""
    found = dialogue(fit(), *[GO_ON] * 3, fit(document, resumes=resumes), *[GO_ON] * 3, END)

    if reason is None:
        assert found.evidence.review is None
        assert numbers(found.evidence) == [0, 1, 2, 0, 1, 2]
    else:
        assert reason in str(found.evidence.review)


# What is spent.


def test_models_share_what_a_submission_may_train() -> None:
    """Three models may be trained in full; one more is for a human."""
    whole = [[fit(model=n, epochs=20), *[GO_ON] * 20] for n in range(4)]
    said = [message for fits in whole for message in fits]
    found = dialogue(*said, END)
    short = dialogue(*said[:-21], END)

    assert found.evidence.review == "its models train more than 60 epochs in all (line 2)"
    assert len(found.trainer.begun) == 3
    assert short.evidence.review is None
    assert short.session.spending.epochs == 60


def test_what_is_left_is_told_to_the_trainer_and_kept_to() -> None:
    """The epoch after which another one would cost too much is the last."""
    third = MAX_OPERATIONS // 3
    plan = [ended(number, operations=third) for number in range(3)]
    found = dialogue(fit(epochs=9), *[GO_ON] * 9, trainer=FakeTrainer(plan))

    assert numbers(found.evidence) == [0, 1]
    assert found.evidence.review == "training it costs more operations than a submission has"
    assert [decision.stop for decision in found.trainer.decisions] == [False, True]
    assert found.evidence.record is not None
    assert found.evidence.record.ending is Ending.BROKEN


def test_a_submission_may_spend_about_an_hour() -> None:
    """Of one core; an epoch that says that it cost nothing, or less, gives nothing back."""
    spending = Spending(20)
    spending.add(epoch(0, 0.9, operations=0))
    free = spending.operations
    spending.add(msgspec.structs.replace(epoch(1, 0.9), operations=-5))
    unchanged = spending.operations
    spending.add(epoch(2, 0.9, operations=MAX_OPERATIONS))

    assert 1e14 < MAX_OPERATIONS < 1e15
    assert (free, unchanged, spending.left, spending.epochs) == (0, 0, 0, 3)


@pytest.mark.parametrize("more", [0, 1])
def test_the_last_epoch_may_take_all_that_is_left(more: int) -> None:
    """To the last operation; beginning a training costs some, too."""
    half = (MAX_OPERATIONS - 100_000_000_000) // 2
    plan = [ended(number, operations=half + more) for number in range(2)]
    found = dialogue(fit(epochs=2), GO_ON, GO_ON, END, trainer=FakeTrainer(plan))

    assert numbers(found.evidence) == [[0, 1], [0]][more]
    assert bool(found.evidence.review) is bool(more)


@pytest.mark.parametrize(
    ("values", "is_short"),
    [
        ({}, False),
        ({"steps_per_epoch": 1875}, False),
        ({"steps_per_epoch": 10}, True),
        ({"rows": [*range(100)]}, False),
        ({"rows": [*range(100)], "steps_per_epoch": 3}, True),
        ({"rows": [*range(96)], "steps_per_epoch": 3}, False),
        ({"steps_per_epoch": 1562}, True),
        ({"steps_per_epoch": 1563}, False),
    ],
)
def test_an_epoch_of_few_images_is_short(values: dict[str, Any], is_short: bool) -> None:  # noqa: FBT001
    """Few by the rubric, unless the data has no more of them; who watches sees it too."""
    found = dialogue(fit(epochs=1, **values), GO_ON, END)

    assert [epoch.short for epoch in found.watched] == [is_short]
    assert found.evidence.record is not None
    assert found.evidence.record.epochs == tuple(found.watched)


# Batches.


def test_batches_are_asked_about_and_do_not_count() -> None:
    """Each gets its answer; an epoch ends with the epoch."""
    batches = [BatchEnded(number=n, logs={}, last=n == 1) for n in range(2)]
    found = dialogue(
        fit(epochs=1, per_batch=True),
        GO_ON,
        GO_ON,
        GO_ON,
        END,
        trainer=FakeTrainer([*batches, ended(0)]),
    )

    assert found.box.told[1:3] == batches
    assert found.trainer.begun[0][0].per_batch
    assert len(found.trainer.decisions) == 3
    assert numbers(found.evidence) == [0]
    assert len(found.evidence.weights) == 1


def test_a_callback_that_stops_in_a_batch_ends_the_epoch() -> None:
    """The trainer is told to stop, says what became of the epoch, and that is the last."""
    batch = BatchEnded(number=0, logs={}, last=False)
    found = dialogue(
        fit(epochs=3, per_batch=True),
        STOP,
        STOP,
        END,
        trainer=FakeTrainer([batch, ended(0, partial=True)]),
    )

    assert found.evidence.record is not None
    assert found.evidence.record.ending is Ending.STOPPED
    assert found.evidence.record.epochs[0].partial


def test_a_program_that_ends_in_a_batch_is_asked_no_more() -> None:
    """The epoch is ended for it, and goes on record."""
    batch = BatchEnded(number=0, logs={}, last=False)
    found = dialogue(
        fit(epochs=3, per_batch=True), END, trainer=FakeTrainer([batch, ended(0, partial=True)])
    )

    assert [decision.stop for decision in found.trainer.decisions] == [True, True]
    assert found.evidence.record is not None
    assert found.evidence.record.ending is Ending.BROKEN
    assert found.box.told[1:2] == [batch]
    assert found.evidence.outcome == RETURNED


# The end.


@pytest.mark.parametrize(
    ("outcome", "line"),
    [
        (Raised(error="E", message="m", phase="call", line=2), 2),
        (Raised(error="E", message="m", phase="call", line=99), None),
    ],
)
def test_a_line_that_is_not_there_is_not_named(outcome: Raised, line: int | None) -> None:
    """An error is said to be where the text has a line."""
    evidence = dialogue(Finished(outcome=outcome)).evidence

    assert isinstance(evidence.outcome, Raised)
    assert (evidence.outcome.error, evidence.outcome.line) == ("E", line)


def test_what_cannot_be_repeated_is_for_a_human() -> None:
    """The reason is placed, and no layers are asked for."""
    found = dialogue(
        fit(), *[GO_ON] * 3, Finished(outcome=Undecidable(reason="it trains by hand", line=2))
    )

    words = "your program's sandbox says, unchecked:"
    assert found.evidence.review == f'{words} "it trains by hand" (line 2)'
    assert not any(isinstance(message, Show) for message in found.box.told)
    assert numbers(found.evidence) == [0, 1, 2]


def test_old_names_are_told_of_however_it_ends() -> None:
    """From the end if there is one, else from the last fit."""
    fitted = [fit(shims=("acc",)), *[GO_ON] * 3]

    assert dialogue(*fitted, Finished(None, shims=("acc", "lr"))).evidence.shims == ("acc", "lr")
    assert dialogue(*fitted).evidence.shims == ("acc",)
    assert dialogue().evidence.shims == ()


@pytest.mark.parametrize(("returned", "graded"), [(None, 1), (0, 0), (1, 1), (2, 1), (-1, 1)])
def test_the_model_whose_history_is_returned_is_graded(returned: int | None, graded: int) -> None:
    """Else the one that was fitted last; a fit that there was not is none."""
    found = dialogue(
        fit(model=5),
        *[GO_ON] * 3,
        fit(TWO, model=8, epochs=2, line=1),
        GO_ON,
        GO_ON,
        Finished(outcome=RETURNED, returned_fit=returned),
    )
    evidence = found.evidence

    assert numbers(evidence) == [[0, 1, 2], [0, 1]][graded]
    assert evidence.fit_line == [2, 1][graded]
    assert evidence.layers is not None
    assert len(evidence.layers) == [4, 2][graded]
    assert (evidence.probe is PROBE) is (graded == 0)
    assert found.trainer.calls.count("probe") == 1
    shows = [message for message in found.box.told if isinstance(message, Show)]
    assert [show.fit for show in shows] == [0] * (graded == 0)


@pytest.mark.parametrize(
    ("names", "probed"),
    [
        (("Conv2D", "MaxPooling2D"), 1),
        (("Conv2D", "MaxPooling2D", "Dense"), 1),
        (("Conv2D", "Dense"), 0),
        (("MaxPooling2D", "Dense"), 0),
        (("Conv2D", "AveragePooling2D"), 0),
    ],
)
def test_two_layers_are_probed_where_there_are_both(names: tuple[str, ...], probed: int) -> None:
    """And the trainer is not asked for what it has not."""
    found = dialogue(fit(model(*map(layer, names)), epochs=1), GO_ON, END)

    assert found.trainer.calls.count("probe") == probed


def shown(images: np.ndarray) -> Frame[Shown]:
    """Answer with what the layers of the double would give, shapes at least."""
    count = len(images)
    arrays = [
        images,
        np.ones((count, 26, 26, 4), np.float32),
        np.ones((count, 26, 26, 4), np.float32),
        np.ones((count, 13, 13, 4), np.float32),
    ]
    specs = tuple(ArraySpec("float32", array.shape) for array in arrays)
    return Frame(Shown(arrays=specs), b"".join(array.tobytes() for array in arrays))


def test_the_layers_are_shown_images_that_nobody_has_seen() -> None:
    """A few in the shape that was trained on, random, and the same for the same seed."""
    images = np.zeros((2, 28, 28, 1), np.float32)
    first, second = (dialogue(fit(), *[GO_ON] * 3, END, shown(images)) for _ in range(2))
    show, blob = first.box.told[-1], first.box.blobs[-1]
    sent = np.frombuffer(blob, np.float32)

    assert show == Show(fit=0, arrays=(ArraySpec("float32", (2, 28, 28, 1)),))
    assert blob == second.box.blobs[-1]
    assert len(np.unique(sent)) > 1000
    assert (sent.min() >= 0, sent.max() <= 1) == (True, True)
    assert first.evidence.shown is not None
    assert first.evidence.shown.problem is None
    assert (first.evidence.shown.convolution_input == images).all()
    assert first.evidence.outcome == RETURNED


def test_a_digit_is_shown_apart_from_what_is_compared() -> None:
    """In the form of the images, once the others are back; without those it is not sent."""
    digit = np.full((28, 28), 255, np.uint8)
    others, images = (np.zeros((count, 28, 28, 1), np.float32) for count in (2, 1))
    found = dialogue(fit(), *[GO_ON] * 3, END, shown(others), shown(images), digit=lambda: digit)
    told = [message for message in found.box.told if isinstance(message, Show)]
    unseen = dialogue(fit(), *[GO_ON] * 3, END, Shown(problem="gone"), digit=lambda: digit)

    assert [show.arrays[0].shape for show in told] == [(2, 28, 28, 1), (1, 28, 28, 1)]
    assert (np.frombuffer(found.box.blobs[-1], np.float32) == 1).all()
    assert found.evidence.shown is not None
    assert found.evidence.shown.convolution_input.shape == (2, 28, 28, 1)
    assert found.evidence.digit is not None
    assert (found.evidence.digit.pixels == digit).all()
    assert found.evidence.digit.layers.convolution_input.shape == (1, 28, 28, 1)
    assert unseen.evidence.digit is None
    assert sum(isinstance(message, Show) for message in unseen.box.told) == 1


def test_a_digit_is_read_only_where_it_is_shown() -> None:
    """A program that trains nothing needs none; where one cannot be read, nobody is graded."""

    def digit() -> NDArray[np.uint8]:
        raise InfrastructureError("the data set is gone")

    images = np.zeros((2, 28, 28, 1), np.float32)

    assert dialogue(END, digit=digit).evidence.digit is None
    with pytest.raises(InfrastructureError, match="the data set is gone"):
        dialogue(fit(), *[GO_ON] * 3, END, shown(images), digit=digit)


def test_layers_are_described_as_they_were_asked_for() -> None:
    """From the request that is trained; what is not admitted is not looked at."""
    found = dialogue(fit(), *[GO_ON] * 3, END).evidence
    refused = dialogue(fit(epochs=0), END).evidence

    assert [layer.shape for layer in found.built][:2] == [(26, 26, 64), (13, 13, 64)]
    assert refused.built == ()


def test_layers_that_are_not_shown_are_said_to_be() -> None:
    """A program that dies over them has ended, and is graded for the rest."""
    found = dialogue(fit(), *[GO_ON] * 3, END)

    assert found.evidence.shown is not None
    assert "ended itself" in str(found.evidence.shown.problem)
    assert found.evidence.collapse is None
    assert found.evidence.outcome == RETURNED


def test_a_program_that_broke_off_is_shown_nothing() -> None:
    """There is nobody to ask."""
    found = dialogue(fit(), *[GO_ON] * 3)

    assert found.evidence.probe is PROBE
    assert found.evidence.shown is None


def test_a_doubtful_epoch_is_for_a_human() -> None:
    """Unless a human has to look anyway."""
    doubtful = ended(0, 0.999, known=None)
    plan = [[doubtful]]
    asked = dialogue(fit(epochs=1), GO_ON, END, trainer=FakeTrainer(*plan)).evidence
    anyway = dialogue(
        fit(epochs=1),
        GO_ON,
        fit(model=0, resumes="weights", document=TWO),
        trainer=FakeTrainer(*plan),
    ).evidence

    assert asked.is_doubtful
    assert "was not asked itself" in str(asked.review)
    assert not anyway.is_doubtful
    assert "layers were changed" in str(anyway.review)


def test_without_a_fit_there_is_nothing_to_grade() -> None:
    """And nothing to doubt."""
    evidence = dialogue(END).evidence

    assert (evidence.data, evidence.layers, evidence.record) == (None, None, None)
    assert (evidence.review, evidence.is_doubtful, evidence.trained_s) == (None, False, 0.0)
