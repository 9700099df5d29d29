"""One attempt from lease to report: what keeps a submission from being lost, whatever fails."""

from __future__ import annotations

import itertools
import logging
import traceback
from functools import partial

from grader.errors import ExerciseUnknownError, LeaseLostError
from grader.gradebook import MAX_ATTEMPTS, Gradebook
from grader.grading.grade import Grader
from grader.heartbeat import beating
from grader.model.report import CheckResult, Report, Status, Verdict
from grader.model.rubric import Rubric
from grader.model.submission import Attempt
from grader.protocol import Epoch

_RENEW_EVERY_S = 15.0

logger = logging.getLogger(__name__)


def run_attempt(gradebook: Gradebook, grader: Grader, submission_id: str) -> bool:
    """Grade a submission if nobody else does; return whether it must be queued again."""
    attempt = gradebook.lease(submission_id)
    if attempt is None:
        return False
    if attempt.tries > MAX_ATTEMPTS:
        # Its last worker died without a word, so nobody else could write this.
        gradebook.finish(attempt, not_graded(attempt, _rubric(grader, attempt)))
        return False

    # Counted on through several fits, each of which numbers its epochs from 0.
    numbers = itertools.count()

    def on_epoch(epoch: Epoch) -> None:
        gradebook.add_epoch(attempt, next(numbers), epoch.accuracy, epoch.loss)

    try:
        with beating(_RENEW_EVERY_S, partial(gradebook.renew, attempt)):
            report = grader.grade(attempt, on_epoch)
        gradebook.finish(attempt, report)
    except LeaseLostError as error:
        logger.warning("%s", error)
    # A bug of ours is our fault as much as a dead trainer is: the submission is tried again.
    except Exception as error:
        logger.exception("attempt %d at %s failed", attempt.number, submission_id)
        reason = "".join(traceback.format_exception_only(error)).strip()
        return _fail(gradebook, grader, attempt, reason)
    return False


def _rubric(grader: Grader, attempt: Attempt) -> Rubric | None:
    """Return what is asked, if this worker has the exercise."""
    try:
        return grader.rubric(attempt.submission.exercise)
    except ExerciseUnknownError:
        return None


def not_graded(attempt: Attempt, rubric: Rubric | None) -> Report:
    """Return the report of a submission that could not be graded through our fault."""
    skipped = tuple(
        CheckResult(
            id=check.id,
            status=Status.SKIPPED,
            points=0.0,
            max_points=check.points,
            message="Not graded.",
        )
        for check in (rubric.checks if rubric else ())
    )
    return Report(
        submission_id=attempt.submission.id,
        exercise=attempt.submission.exercise,
        student=attempt.submission.student,
        file=attempt.submission.file,
        verdict=Verdict.ERROR,
        score=0.0,
        max_score=rubric.max_score if rubric else 0.0,
        checks=skipped,
        notes=(
            "The grader failed, not your program. The submission is kept for those who run it.",
        ),
    )


def _fail(gradebook: Gradebook, grader: Grader, attempt: Attempt, reason: str) -> bool:
    try:
        gradebook.give_back(attempt, reason)
        if attempt.tries < MAX_ATTEMPTS:
            return True
        last = gradebook.lease(attempt.submission.id)
        if last is not None:
            gradebook.finish(last, not_graded(attempt, _rubric(grader, attempt)))
    except LeaseLostError as error:
        logger.warning("%s", error)
    return False
