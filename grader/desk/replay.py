"""Grades one submission once more from nothing: no stored run, a trainer of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from grader import wiring
from grader.model.report import Report
from grader.model.submission import Attempt, Submission
from grader.protocol import Epoch
from grader.settings import Settings


def replay(
    settings: Settings,
    submission: Submission,
    before: Report,
    on_epoch: Callable[[Epoch], None],
) -> Report:
    """Return the report that comes out now, from the seed of before; nothing is written.

    Raises:
        GraderError: It could not be graded through no fault of the submission.
    """
    if before.origin is not None and before.origin.data:
        settings = replace(settings, seed=before.origin.seed)
    exercises = wiring.open_catalogue(settings, submission.exercise)
    dataset = wiring.dataset_for(settings, exercises)
    if dataset is not None:
        wiring.require_sandbox(settings)
    with tempfile.TemporaryDirectory(prefix="grader-") as folder:
        # An empty store in place of the one that workers share.
        alone = replace(settings, database_url=f"sqlite:///{Path(folder) / 'runs.sqlite'}")
        grader = wiring.build_grader(alone, exercises, dataset)
        try:
            return grader.grade(Attempt(submission=submission, number=1), on_epoch)
        finally:
            grader.close()
