"""Which of two runs counts, where luck has decided: a training and the same with a second seed."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from grader.kinds.training import TrainingKind
from grader.kinds.training.evidence import Ending, Record, TrainingEvidence
from grader.kinds.training.models import doubt
from grader.model.report import Report
from grader.preflight import Reader, read_source
from grader.protocol import Known
from grader.trainer import FakeTrainer
from tests.examples import epoch
from tests.graders import graded_source, training_grader
from tests.kinds.training.doubles import RUBRIC, SOURCE

REACHED, MISSED, FAR = epoch(0, 0.9985), epoch(0, 0.99736), epoch(0, 0.98)
# Of what it was trained on, its model knows less than its epoch says.
DOUBTFUL = epoch(0, 0.99821, known=Known(60_000, 59_700, 60_000, 59_700))
DEAR = "training it costs more operations than a submission has"
CASES = {
    "a reach settles a doubt": ((DOUBTFUL, REACHED), REACHED),
    "a failure settles none": ((DOUBTFUL, MISSED), DOUBTFUL),
    "however far": ((DOUBTFUL, FAR), DOUBTFUL),
    "a doubt is more than a failure": ((MISSED, DOUBTFUL), DOUBTFUL),
    "a reach is more than a failure": ((MISSED, REACHED), REACHED),
    "of two failures the better": ((MISSED, FAR), MISSED),
    "another reason for a human settles nothing": ((MISSED, DEAR), MISSED),
    "nor does it for a doubt": ((DOUBTFUL, DEAR), DOUBTFUL),
}


def graded(monkeypatch: pytest.MonkeyPatch, *runs: Any) -> Report:
    """Grade a submission whose runs, seed after seed, have one epoch or a reason for a human."""
    left = [*runs]

    def run(_: TrainingKind, evidence: TrainingEvidence, *_more: Any) -> TrainingEvidence:
        ran = left.pop(0)
        if isinstance(ran, str):
            return dataclasses.replace(evidence, review=ran)
        record = Record((ran,), Ending.COMPLETED, last_fit=1)
        review = doubt(record, RUBRIC.target.accuracy)
        return dataclasses.replace(evidence, record=record, review=review, is_doubtful=bool(review))

    def read(_: Reader, source: bytes, names: tuple[str, ...], _file: str) -> Any:
        return read_source(source, names)

    monkeypatch.setattr(TrainingKind, "_observed_once", run)
    monkeypatch.setattr(Reader, "read", read)
    boxes: Any = None
    report = graded_source(training_grader(FakeTrainer(), boxes), SOURCE.decode())
    assert left == []
    return report


@pytest.mark.parametrize(
    ("runs", "counted"),
    CASES.values(),
    ids=CASES.keys(),
)
def test_the_run_counts_that_is_better_for_the_student(
    runs: Any, counted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a reach takes a doubt from a human: a failure of another seed is no answer to it."""
    report = graded(monkeypatch, *runs)
    [shown] = report.training.epochs

    assert shown.accuracy == counted.accuracy
    assert (report.verdict == "needs_review") == (counted is DOUBTFUL)
    assert any("run a second time" in note for note in report.notes)


@pytest.mark.parametrize("only", [REACHED, FAR, DEAR], ids=["reached", "far", "for a human"])
def test_what_luck_did_not_decide_is_run_once(only: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reached, missed by more than a hair, or for a human anyway."""
    report = graded(monkeypatch, only)

    assert not any("run a second time" in note for note in report.notes)
