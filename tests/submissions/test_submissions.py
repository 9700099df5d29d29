"""Every sample in `submissions/` gets its verdict, for the reasons that are written beside it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.database import Database
from grader.dataset import DatasetFolder
from grader.exercises import load_exercise
from grader.grading import Boxes, Grader
from grader.model.report import Report, Status
from grader.model.submission import Attempt, Submission
from grader.runs import RunStore, SharedTrainer
from grader.sandbox import Limits, start_harness, start_trainer
from tests.conftest import require
from tests.submissions.collection import Sample, read_samples
from tests.submissions.reduced import ReducedTrainer


@pytest.fixture(scope="module")
def grader(
    whole_set: DatasetFolder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Grader]:
    """Return a grader with a reduced trainer on a data set of full size; it shares runs."""
    require("bwrap")
    trainer = ReducedTrainer(lambda: start_trainer(whole_set.path, Limits(), 1, "fast"))
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('runs')}/runs.sqlite")
    grader = Grader(
        load_exercise("mnist-conv"),
        Boxes(lambda: start_harness(whole_set.path, Limits())),
        SharedTrainer(trainer, RunStore(database, 1 << 30), "reduced"),
        seed=1,
        notes=(),
    )
    yield grader
    grader.close()


def grade(grader: Grader, sample: Sample) -> Report:
    """Grade a sample as a worker does."""
    submission = Submission(
        id=sample.name,
        exercise="mnist-conv",
        student="ada",
        file=sample.path.name,
        source=sample.path.read_bytes(),
    )
    attempt = Attempt(submission=submission, number=1)
    return grader.grade(attempt, lambda _: None)


def said(report: Report) -> str:
    """Everything that a report tells its reader."""
    lines = [text for check in report.checks for text in (check.message, check.help)]
    return "\n".join([*lines, *report.notes])


@pytest.mark.parametrize("sample", read_samples(), ids=lambda sample: sample.name)
def test_a_sample_gets_its_verdict_and_the_reasons(grader: Grader, sample: Sample) -> None:
    """Verdict, failing checks and the words that must be said are those of `expected.toml`."""
    report = grade(grader, sample)
    failed = tuple(check.id for check in report.checks if check.status is Status.FAILED)
    unsaid = [words for words in sample.expected.says if words not in said(report)]

    assert (report.verdict, failed) == (sample.expected.verdict, sample.expected.failed), report
    assert unsaid == [], said(report)
