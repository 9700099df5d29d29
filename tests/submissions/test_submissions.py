"""Every sample in `submissions/` gets its verdict, for the reasons that are written beside it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.database import Database
from grader.dataset import DatasetFolder
from grader.grading import Grader
from grader.model.report import Status
from grader.runs import RunStore, SharedTrainer
from grader.sandbox import Limits, start_trainer
from tests.conftest import require
from tests.graders import boxes_on, graded, said, submission_of, whole_grader
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
    shared = SharedTrainer(trainer, RunStore(database, 1 << 30), "reduced")
    grader = whole_grader(shared, boxes_on(whole_set))
    yield grader
    grader.close()


@pytest.mark.parametrize("sample", read_samples(), ids=lambda sample: f"{sample.exercise}-{sample.name}"
)
def test_a_sample_gets_its_verdict_and_the_reasons(grader: Grader, sample: Sample) -> None:
    """Verdict, failing checks and the words that must be said are those of `expected.toml`."""
    report = graded(grader, submission_of(sample.path, sample.exercise))
    failed = tuple(check.id for check in report.checks if check.status is Status.FAILED)
    unsaid = [words for words in sample.expected.says if words not in said(report)]

    assert (report.verdict, failed) == (sample.expected.verdict, sample.expected.failed), report
    assert unsaid == [], said(report)
