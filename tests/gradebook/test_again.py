"""What is graded again keeps what it had until there is something new, whatever fails."""

from __future__ import annotations

import msgspec

from grader.database import Database
from grader.gradebook import MAX_ATTEMPTS, Gradebook, Queries, State, Wanted
from grader.gradebook.tables import reports
from grader.model.report import Verdict
from grader.model.submission import Queue, Submission
from tests.gradebook.conftest import Clock, add, report


def graded(gradebook: Gradebook) -> Submission:
    """Return a submission with a report."""
    submission = add(gradebook)
    attempt = gradebook.lease(submission.id)
    assert attempt is not None
    gradebook.finish(attempt, report(submission, 60.0))
    return submission


def test_the_old_report_counts_until_there_is_a_new_one(gradebook: Gradebook, url: str) -> None:
    """And is kept afterwards; whoever follows waits for the new one."""
    submission = graded(gradebook)
    opened = gradebook.reopen([submission.id])
    database = Database(url)
    queries = Queries(database)
    wanted = Wanted(ids=(submission.id,))
    (meanwhile,) = queries.entries(wanted)
    followed = gradebook.progress(submission.id)
    told = queries.reports([submission.id])[submission.id].score
    attempt = gradebook.lease(submission.id)
    assert attempt is not None
    gradebook.finish(attempt, report(submission, 75.0))
    (after,) = queries.entries(wanted)
    with database.reading() as connection:
        kept = connection.execute(
            reports.select().where(reports.c.submission_id == submission.id)
        ).all()
    database.close()

    assert [(each.submission_id, each.attempt, each.queue) for each in opened] == [
        (submission.id, 1, Queue.BATCH)
    ]
    assert (meanwhile.state, meanwhile.score) == (State.QUEUED, 60.0)
    assert told == 60.0
    assert followed is not None
    assert followed.report is None
    assert (attempt.number, attempt.tried_before, attempt.tries) == (2, 1, 1)
    assert (after.state, after.score) == (State.GRADED, 75.0)
    assert [each.attempt for each in kept] == [1, 2]


def test_our_fault_takes_nothing_away(gradebook: Gradebook) -> None:
    """A grading that fails leaves the report of before, and says so among the attempts."""
    submission = graded(gradebook)
    gradebook.reopen([submission.id])
    attempt = gradebook.lease(submission.id)
    assert attempt is not None
    failed = msgspec.structs.replace(report(submission, 0.0), verdict=Verdict.ERROR)
    gradebook.finish(attempt, failed)
    progress = gradebook.progress(submission.id)

    assert progress is not None
    assert progress.report == report(submission, 60.0)
    assert gradebook.outcomes(submission.id) == ["graded", "not graded again"]


def test_it_is_tried_as_often_as_the_first_time(gradebook: Gradebook, clock: Clock) -> None:
    """Attempts of before do not count."""
    submission = graded(gradebook)
    for again in range(3):
        gradebook.reopen([submission.id])
        attempt = gradebook.lease(submission.id)
        assert attempt is not None
        assert (attempt.number, attempt.tries) == (again + 2, 1)
        gradebook.finish(attempt, report(submission))
        clock.now_s += 1.0

    assert MAX_ATTEMPTS == 3


def test_only_what_is_graded_is_graded_again(gradebook: Gradebook) -> None:
    """What waits, is graded or was withdrawn is left alone; so is what nobody knows."""
    waiting, withdrawn = add(gradebook), add(gradebook)
    gradebook.withdraw(withdrawn.id)
    leased = add(gradebook)
    gradebook.lease(leased.id)
    done = graded(gradebook)
    opened = gradebook.reopen([waiting.id, withdrawn.id, leased.id, done.id, "none"])

    assert [each.submission_id for each in opened] == [done.id]
    assert gradebook.reopen([done.id]) == []


def test_a_reference_stays_on_its_queue(gradebook: Gradebook) -> None:
    """It is nobody's work afterwards, either."""
    submission = Submission(exercise="quiz", student="reference", file="a", source=b"")
    gradebook.add([submission], Queue.CI)
    attempt = gradebook.lease(submission.id)
    assert attempt is not None
    gradebook.finish(attempt, report(submission))

    assert [each.queue for each in gradebook.reopen([submission.id])] == [Queue.CI]


def test_what_is_broken_off_keeps_what_it_had(gradebook: Gradebook) -> None:
    """What was never graded is not touched by it, and late work is dropped."""
    submission, waiting = graded(gradebook), add(gradebook)
    gradebook.reopen([submission.id])
    gradebook.keep([submission.id, waiting.id])
    progress, other = gradebook.progress(submission.id), gradebook.progress(waiting.id)

    assert progress is not None
    assert (progress.state, progress.report) == (State.GRADED, report(submission, 60.0))
    assert gradebook.lease(submission.id) is None
    assert other is not None
    assert other.state is State.QUEUED
