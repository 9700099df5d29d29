"""Nothing is lost or counts twice: whoever dies, the newest attempt writes the one report.

The suite runs over every backend that the gradebook supports.
"""

from __future__ import annotations

import threading

import pytest

from grader.database import Database
from grader.errors import LeaseLostError, ServiceError
from grader.gradebook import Gradebook, State
from grader.gradebook.gradebook import LEASE_S, REDELIVER_S
from grader.model.submission import Queue, Submission
from tests.gradebook.conftest import Clock, add, report


def test_a_submission_comes_back_as_it_was_handed_in(gradebook: Gradebook) -> None:
    """Every byte of the source survives."""
    submission = add(gradebook)
    attempt = gradebook.lease(submission.id)

    assert attempt is not None
    assert attempt.submission == submission
    assert attempt.number == 1


def test_submissions_are_added_all_or_none(gradebook: Gradebook) -> None:
    """A batch that is refused leaves nothing behind that is graded all the same."""
    known = add(gradebook)
    new = [
        Submission(exercise="mnist-conv", student="bob", file=f"{number}.py", source=b"")
        for number in range(3)
    ]
    with pytest.raises(ServiceError):
        gradebook.add([*new, known], Queue.BATCH)
    refused = [gradebook.progress(submission.id) for submission in new]
    gradebook.add(new, Queue.BATCH)

    assert refused == [None] * 3
    assert all(gradebook.progress(submission.id) for submission in new)


def test_a_leased_submission_is_leased_to_nobody_else(gradebook: Gradebook) -> None:
    """A message that is delivered twice grades once."""
    submission = add(gradebook)

    assert gradebook.lease(submission.id) is not None
    assert gradebook.lease(submission.id) is None


def test_of_many_at_the_same_time_one_gets_the_lease(url: str) -> None:
    """The lease is atomic across connections."""
    gradebooks = [Gradebook(Database(url)) for _ in range(6)]
    submission = add(gradebooks[0])
    got = []
    together = threading.Barrier(len(gradebooks))

    def lease(gradebook: Gradebook) -> None:
        together.wait()
        got.append(gradebook.lease(submission.id))

    threads = [threading.Thread(target=lease, args=(gradebook,)) for gradebook in gradebooks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for gradebook in gradebooks:
        gradebook.close()

    assert len([attempt for attempt in got if attempt is not None]) == 1
    assert len(got) == len(gradebooks)


def test_an_expired_lease_is_leased_again(gradebook: Gradebook, clock: Clock) -> None:
    """A worker that died is replaced, and its late report is dropped."""
    submission = add(gradebook)
    dead = gradebook.lease(submission.id)
    clock.now_s += LEASE_S + 1
    new = gradebook.lease(submission.id)

    assert dead is not None
    assert new is not None
    assert new.number == 2

    gradebook.finish(new, report(submission, 90))
    with pytest.raises(LeaseLostError):
        gradebook.finish(dead, report(submission, 10))
    progress = gradebook.progress(submission.id)

    assert progress is not None
    assert progress.report == report(submission, 90)


def test_a_renewed_lease_does_not_expire(gradebook: Gradebook, clock: Clock) -> None:
    """A worker that works keeps its submission for as long as it renews."""
    submission = add(gradebook)
    attempt = gradebook.lease(submission.id)

    assert attempt is not None

    for _ in range(5):
        clock.now_s += LEASE_S * 0.9
        gradebook.renew(attempt)

    assert gradebook.lease(submission.id) is None


def test_a_graded_submission_is_done(gradebook: Gradebook, clock: Clock) -> None:
    """Nothing grades it again, and nothing is due."""
    submission = add(gradebook)
    attempt = gradebook.lease(submission.id)

    assert attempt is not None

    gradebook.finish(attempt, report(submission))
    clock.now_s += 10 * LEASE_S

    assert gradebook.lease(submission.id) is None
    assert submission.id not in [due.submission_id for due in gradebook.take_due()]
    assert gradebook.outcomes(submission.id) == ["graded"]


def test_a_message_that_was_lost_is_due_again(gradebook: Gradebook, clock: Clock) -> None:
    """What nobody leases is handed to the queue again, once in a while."""
    submission = add(gradebook)

    assert submission.id not in [due.submission_id for due in gradebook.take_due()]

    clock.now_s += REDELIVER_S + 1
    due = [due for due in gradebook.take_due() if due.submission_id == submission.id]

    assert [(item.attempt, item.queue) for item in due] == [(0, Queue.BATCH)]
    assert submission.id not in [due.submission_id for due in gradebook.take_due()]


def test_a_worker_that_died_makes_its_submission_due(gradebook: Gradebook, clock: Clock) -> None:
    """An expired lease is due."""
    submission = add(gradebook)
    gradebook.lease(submission.id)
    clock.now_s += LEASE_S + 1

    assert submission.id in [due.submission_id for due in gradebook.take_due()]


def test_our_failure_is_kept_and_tried_again(gradebook: Gradebook) -> None:
    """An attempt that is given back can be leased at once and its reason is kept."""
    submission = add(gradebook)
    attempt = gradebook.lease(submission.id)

    assert attempt is not None

    gradebook.give_back(attempt, "the trainer died")
    again = gradebook.lease(submission.id)

    assert again is not None
    assert again.number == 2
    assert gradebook.outcomes(submission.id) == ["the trainer died", None]


def test_epochs_are_those_of_the_newest_attempt(gradebook: Gradebook) -> None:
    """Who watches sees one training, not two."""
    submission = add(gradebook)
    first = gradebook.lease(submission.id)

    assert first is not None

    gradebook.add_epoch(first, 0, 0.5, None)
    gradebook.give_back(first, "x")
    second = gradebook.lease(submission.id)

    assert second is not None

    gradebook.add_epoch(second, 0, 0.7, 0.1)
    progress = gradebook.progress(submission.id)

    assert progress is not None
    assert [epoch.accuracy for epoch in progress.epochs] == [0.7]


def test_a_withdrawn_submission_is_not_graded(gradebook: Gradebook, clock: Clock) -> None:
    """Whoever interrupts their own submission leaves no work behind."""
    submission = add(gradebook)
    gradebook.withdraw(submission.id)
    clock.now_s += 10 * LEASE_S
    progress = gradebook.progress(submission.id)

    assert gradebook.lease(submission.id) is None
    assert progress is not None
    assert progress.state is State.WITHDRAWN


def test_an_unknown_submission_has_no_progress(gradebook: Gradebook) -> None:
    """An id that does not exist is not an error of the database."""
    assert gradebook.progress("0123") is None
    assert gradebook.lease("0123") is None


@pytest.mark.parametrize(
    "address",
    [
        "nonsense",
        "nosuch://x",
        "sqlite:////proc/none/x.sqlite",
        "postgresql+psycopg://nobody@127.0.0.1:1/x",
    ],
)
def test_a_database_that_cannot_be_reached_is_one_line(address: str) -> None:
    """A wrong address is our error with a one-line text."""
    with pytest.raises(ServiceError) as error:
        Gradebook(Database(address))

    assert "\n" not in str(error.value)
