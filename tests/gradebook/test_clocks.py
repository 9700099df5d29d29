"""Time is the database's: a worker whose own clock is wrong neither steals, waits nor keeps."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from grader.database import Database
from grader.gradebook import Gradebook
from grader.gradebook.gradebook import LEASE_S, MAX_REDELIVER_S
from grader.model.submission import Queue
from grader.protocol import Epoch, EpochEnded, Frame
from grader.runs import RunStore
from tests.gradebook.conftest import Clock, add

Elsewhere = Callable[..., Any]


@pytest.fixture(params=[3600.0, 61.0, -3600.0])
def elsewhere(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Elsewhere:
    """Return what calls a function on a machine whose clock is so far ahead."""
    right = time.time

    def call(function: Callable[..., Any], *args: Any) -> Any:
        with monkeypatch.context() as patch:
            patch.setattr(time, "time", lambda: right() + request.param)
            return function(*args)

    return call


@pytest.fixture
def two(url: str) -> Iterator[tuple[Gradebook, Gradebook]]:
    """Return the gradebook as two workers see it."""
    gradebooks = Gradebook(Database(url)), Gradebook(Database(url))
    yield gradebooks
    for gradebook in gradebooks:
        gradebook.close()


def test_leases_and_claims_end_by_the_clock_of_the_database(
    two: tuple[Gradebook, Gradebook], url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No worker's clock says when: a minute later in the database, a minute has passed."""
    here, there = two
    databases = Database(url), Database(url)
    store, again = (RunStore(database, 1 << 20) for database in databases)
    submission = add(here)
    leased, claimed = here.lease(submission.id), store.claim("minute")
    now_s = Database.now_s
    monkeypatch.setattr(Database, "now_s", lambda *args: now_s(*args) + 61)

    assert leased is not None
    assert claimed
    assert there.lease(submission.id) is not None
    assert again.claim("minute")

    for database in databases:
        database.close()


def test_a_live_lease_is_not_stolen(two: tuple[Gradebook, Gradebook], elsewhere: Elsewhere) -> None:
    """Nor is one that was renewed, nor is it handed to the queue again."""
    here, there = two
    submission = add(here)
    attempt = here.lease(submission.id)

    assert attempt is not None
    assert elsewhere(there.lease, submission.id) is None
    assert elsewhere(there.take_due, submission.id) == []

    here.renew(attempt)

    assert elsewhere(there.lease, submission.id) is None


def test_a_lease_of_elsewhere_lasts_as_long(
    two: tuple[Gradebook, Gradebook], elsewhere: Elsewhere, url: str
) -> None:
    """It is live here, and ends here when it ends there."""
    here, there = two
    submission = add(here)
    attempt = elsewhere(there.lease, submission.id)
    later = Gradebook(Database(url, lambda: time.time() + LEASE_S + 5))

    assert 0 <= attempt.queued_s < 30
    assert here.lease(submission.id) is None
    assert later.lease(submission.id) is not None

    later.close()


def test_what_is_handed_in_or_given_back_elsewhere_is_due_as_soon(
    two: tuple[Gradebook, Gradebook], elsewhere: Elsewhere
) -> None:
    """It is not due for an hour too long, nor an hour too early."""
    here, there = two
    submission = elsewhere(add, there)
    at_once = here.take_due(submission.id)
    elsewhere(there.give_back, here.lease(submission.id), "x")

    assert at_once == []
    assert [due.attempt for due in here.take_due(submission.id)] == [1]


def test_results_and_claims_of_elsewhere_are_as_old_as_they_are(
    url: str, elsewhere: Elsewhere
) -> None:
    """Followers wait by a result's age; whoever claims is believed for as long as it claims."""
    databases = Database(url), Database(url)
    here, there = (RunStore(database, 1 << 20) for database in databases)
    epoch = Epoch(number=0, right=1, images=2, loss=1.0, logs={})
    here.drop("clock")
    elsewhere(there.put, "clock", Frame(EpochEnded(epoch=epoch, last=False), b"x"))
    stored = here.get("clock")

    assert stored is not None
    assert 0 <= stored.age_s < 30
    assert 0 <= elsewhere(there.get, "clock").age_s < 30

    assert here.claim("clock")
    assert not elsewhere(there.claim, "clock")

    here.release("clock")
    for database in databases:
        database.close()


def test_a_lost_message_is_noticed_however_old_its_submission(
    gradebook: Gradebook, clock: Clock
) -> None:
    """After a day in the queue the next message is not a day away."""
    submission = add(gradebook)
    clock.now_s += 24 * 3600
    first = gradebook.take_due(submission.id)
    clock.now_s += MAX_REDELIVER_S
    second = gradebook.take_due(submission.id)

    assert [due.queue for due in first + second] == [Queue.BATCH] * 2
