"""What changes a row: only the newest attempt, only while it holds it, and only that one row."""

from __future__ import annotations

import pytest

from grader.errors import LeaseLostError
from grader.gradebook import MAX_ATTEMPTS, Gradebook, State
from grader.gradebook.gradebook import LEASE_S, REDELIVER_S, Progress
from grader.model.report import EpochResult
from grader.model.submission import Attempt, Submission
from tests.gradebook.conftest import Clock, add, report


def leased(gradebook: Gradebook, submission: Submission) -> Attempt:
    """Lease a submission that can be leased."""
    attempt = gradebook.lease(submission.id)
    assert attempt is not None
    return attempt


def progress(gradebook: Gradebook, submission: Submission) -> Progress:
    """Return what is known of a submission that there is."""
    found = gradebook.progress(submission.id)
    assert found is not None
    return found


def due(gradebook: Gradebook, submission: Submission) -> bool:
    """Whether a submission is due, which puts it off."""
    return submission.id in [item.submission_id for item in gradebook.take_due()]


@pytest.mark.parametrize("what", ["finish", "renew", "give_back"])
def test_an_attempt_that_was_replaced_changes_nothing(
    gradebook: Gradebook, clock: Clock, what: str
) -> None:
    """While another attempt holds the lease, the last one neither reports, renews nor gives up."""
    submission = add(gradebook)
    dead = leased(gradebook, submission)
    clock.now_s += LEASE_S
    alive = leased(gradebook, submission)
    clock.now_s += LEASE_S / 2
    with pytest.raises(LeaseLostError):
        {
            "finish": lambda: gradebook.finish(dead, report(submission, 10)),
            "renew": lambda: gradebook.renew(dead),
            "give_back": lambda: gradebook.give_back(dead, "late"),
        }[what]()
    held = progress(gradebook, submission)
    clock.now_s += LEASE_S / 2

    assert (held.state, held.attempt, held.report) == (State.LEASED, 2, None)
    assert gradebook.outcomes(submission.id) == [None, None]
    # Nor did it hold the lease for longer than the living one asked for.
    assert leased(gradebook, submission).number == 3

    with pytest.raises(LeaseLostError):
        gradebook.finish(alive, report(submission, 90))


@pytest.mark.parametrize("end", ["finish", "give_back", "withdraw"])
def test_an_attempt_that_has_ended_changes_nothing(gradebook: Gradebook, end: str) -> None:
    """Neither a second report nor a fault that came to light afterwards reopens it."""
    submission = add(gradebook)
    attempt = leased(gradebook, submission)
    if end == "finish":
        gradebook.finish(attempt, report(submission, 90))
    elif end == "give_back":
        gradebook.give_back(attempt, "first")
    else:
        gradebook.withdraw(submission.id)
    before, outcomes = progress(gradebook, submission), gradebook.outcomes(submission.id)
    with pytest.raises(LeaseLostError):
        gradebook.finish(attempt, report(submission, 10))
    with pytest.raises(LeaseLostError):
        gradebook.give_back(attempt, "second")
    with pytest.raises(LeaseLostError):
        gradebook.renew(attempt)

    assert progress(gradebook, submission) == before
    assert gradebook.outcomes(submission.id) == outcomes


def test_one_submission_changes_no_other(gradebook: Gradebook) -> None:
    """Lease, epochs, failure, report and withdrawal are of one row each."""
    one, other, gone = (add(gradebook) for _ in range(3))
    held, others = leased(gradebook, one), leased(gradebook, other)
    gradebook.add_epoch(held, 0, 0.5, 0.5)
    gradebook.add_epoch(others, 0, 0.9, 0.1)
    gradebook.withdraw(gone.id)
    gradebook.give_back(held, "the trainer died")
    again = leased(gradebook, one)
    gradebook.add_epoch(again, 0, 0.6, 0.4)
    gradebook.finish(again, report(one, 80))
    mine, theirs = progress(gradebook, one), progress(gradebook, other)

    assert (mine.state, mine.attempt, mine.report) == (State.GRADED, 2, report(one, 80))
    assert mine.epochs == (EpochResult(0.6, 0.4),)
    assert gradebook.outcomes(one.id) == ["the trainer died", "graded"]
    assert (theirs.state, theirs.attempt, theirs.report) == (State.LEASED, 1, None)
    assert theirs.epochs == (EpochResult(0.9, 0.1),)
    assert gradebook.outcomes(other.id) == [None]

    gradebook.finish(others, report(other, 70))

    assert progress(gradebook, other).report == report(other, 70)
    assert progress(gradebook, one).report == report(one, 80)
    assert progress(gradebook, gone).state is State.WITHDRAWN


def test_what_is_graded_is_not_withdrawn(gradebook: Gradebook) -> None:
    """Whoever interrupts too late has a report."""
    submission = add(gradebook)
    gradebook.finish(leased(gradebook, submission), report(submission))
    gradebook.withdraw(submission.id)
    found = progress(gradebook, submission)

    assert (found.state, found.report) == (State.GRADED, report(submission))


def test_a_lease_ends_to_the_second(gradebook: Gradebook, clock: Clock) -> None:
    """It is nobody else's before, and anybody's from then on; it is due with it, and not before."""
    submission = add(gradebook)
    leased(gradebook, submission)
    clock.now_s += LEASE_S - 0.5
    early = (due(gradebook, submission), gradebook.lease(submission.id))
    clock.now_s += 0.5
    is_due = due(gradebook, submission)

    assert early == (False, None)
    assert is_due
    assert leased(gradebook, submission).number == 2


def test_an_attempt_knows_how_long_it_was_waited_for(gradebook: Gradebook, clock: Clock) -> None:
    """Since it was handed in, and not since it was last handed out."""
    submission = add(gradebook)
    clock.now_s += REDELIVER_S
    gradebook.take_due()
    clock.now_s += 12

    assert leased(gradebook, submission).queued_s == REDELIVER_S + 12


def test_handing_out_again_does_not_lengthen_a_lease(gradebook: Gradebook, clock: Clock) -> None:
    """A message about an expired lease finds a row that can be leased at once."""
    submission = add(gradebook)
    leased(gradebook, submission)
    clock.now_s += LEASE_S

    assert due(gradebook, submission)
    assert due(gradebook, submission)
    assert leased(gradebook, submission).number == 2


def test_a_worker_that_died_is_missed_within_two_minutes(
    gradebook: Gradebook, clock: Clock
) -> None:
    """Nobody waits longer for a replacement, and nobody for a message that was lost."""
    lost, dead = add(gradebook), add(gradebook)
    leased(gradebook, dead)
    clock.now_s += 120

    assert due(gradebook, lost)
    assert leased(gradebook, dead).number == 2


def test_few_attempts_are_made() -> None:
    """A file that kills every worker is given up before it has stopped a queue."""
    assert 2 <= MAX_ATTEMPTS <= 5


def test_a_backlog_is_handed_out_ever_more_rarely(gradebook: Gradebook, clock: Clock) -> None:
    """What has waited for an hour is handed out every quarter of an hour, and not at each look."""
    submission = add(gradebook)
    clock.now_s += REDELIVER_S
    soon = (due(gradebook, submission), due(gradebook, submission))
    clock.now_s += REDELIVER_S
    second = (due(gradebook, submission), due(gradebook, submission))
    clock.now_s += 3600
    late = due(gradebook, submission)
    clock.now_s += 890
    too_soon = due(gradebook, submission)
    clock.now_s += 10

    assert (soon, second, late, too_soon) == ((True, False), (True, False), True, False)
    assert due(gradebook, submission)


def test_putting_off_one_puts_off_no_other(gradebook: Gradebook, clock: Clock) -> None:
    """Whoever looks after one submission takes no other's turn."""
    one, other = add(gradebook), add(gradebook)
    clock.now_s += REDELIVER_S
    alone = gradebook.take_due(only=one.id)
    nothing = gradebook.take_due(only=one.id)

    assert [item.submission_id for item in alone] == [one.id]
    assert nothing == []
    assert due(gradebook, other)
    assert gradebook.take_due(only="0123") == []


def test_what_is_given_back_is_queued_and_due_at_once(gradebook: Gradebook, clock: Clock) -> None:
    """Our failure costs no waiting."""
    submission = add(gradebook)
    gradebook.give_back(leased(gradebook, submission), "x")

    assert progress(gradebook, submission).state is State.QUEUED
    assert due(gradebook, submission)

    clock.now_s += LEASE_S
    again = leased(gradebook, submission)

    assert (again.number, gradebook.lease(submission.id)) == (2, None)


def test_epochs_and_outcomes_come_in_their_order(gradebook: Gradebook) -> None:
    """In whatever order they were written."""
    submission = add(gradebook)
    for reason in ("first", "second", "third"):
        gradebook.give_back(leased(gradebook, submission), reason)
    attempt = leased(gradebook, submission)
    for number in (2, 0, 1):
        gradebook.add_epoch(attempt, number, number / 10, None)

    assert [epoch.accuracy for epoch in progress(gradebook, submission).epochs] == [0.0, 0.1, 0.2]
    assert gradebook.outcomes(submission.id) == ["first", "second", "third", None]
