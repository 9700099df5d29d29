"""A place in the line: who waits is told how many come before, and how long one usually takes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import delete

from grader.database import Database
from grader.gradebook import Gradebook, Place, Queries
from grader.gradebook.gradebook import LEASE_S
from grader.gradebook.tables import metadata
from grader.model.report import Report, Verdict
from grader.model.submission import Queue, Submission
from tests.gradebook.conftest import Clock


@pytest.fixture
def queries(url: str, clock: Clock) -> Iterator[Queries]:
    """Return what reads an empty gradebook, by the same clock."""
    database = Database(url, clock)
    Gradebook(database)
    with database.writing() as connection:
        # One server for all tests.
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))
    yield Queries(database)
    database.close()


def handed_in(
    gradebook: Gradebook, clock: Clock, id_: str, queue: Queue, exercise: str = "e"
) -> str:
    """Hand in, a second after the one before."""
    clock.now_s += 1
    submission = Submission(id=id_, exercise=exercise, student="ada", file="a.py", source=b"")
    gradebook.add([submission], queue)
    return id_


def graded(gradebook: Gradebook, clock: Clock, submission_id: str, took_s: float) -> None:
    """Grade a submission, which takes its time."""
    attempt = gradebook.lease(submission_id)
    assert attempt is not None
    clock.now_s += took_s
    report = Report(
        submission_id=submission_id,
        student="ada",
        file="a.py",
        verdict=Verdict.PASSED,
        score=1.0,
        max_score=1.0,
        checks=(),
    )
    gradebook.finish(attempt, report)


def test_who_came_first_is_served_first(
    gradebook: Gradebook, queries: Queries, clock: Clock
) -> None:
    """Of one queue; what is graded or being graded does not wait any more."""
    ids = [handed_in(gradebook, clock, f"i{number}", Queue.BATCH) for number in range(5)]
    graded(gradebook, clock, ids[0], 1.0)
    assert gradebook.lease(ids[1]) is not None

    assert [queries.place(each) for each in ids] == [
        None,
        None,
        Place(0, 1),
        Place(1, 1),
        Place(2, 1),
    ]
    assert queries.place("nobody") is None


def test_who_waits_at_a_terminal_is_served_before_a_class(
    gradebook: Gradebook, queries: Queries, clock: Clock
) -> None:
    """However late; and a build server after all others."""
    places = {
        queue: handed_in(gradebook, clock, queue.value, queue)
        for queue in (Queue.CI, Queue.BATCH, Queue.INTERACTIVE)
    }

    assert {queue: queries.place(each) for queue, each in places.items()} == {
        Queue.INTERACTIVE: Place(0, 0),
        Queue.BATCH: Place(1, 0),
        Queue.CI: Place(2, 0),
    }


def test_a_class_handed_in_at_once_has_an_order(gradebook: Gradebook, queries: Queries) -> None:
    """No two of the same time are told the same place."""
    added = [
        Submission(id=f"s{number}", exercise="e", student="ada", file="a.py", source=b"")
        for number in range(4)
    ]
    gradebook.add(added, Queue.BATCH)

    assert [queries.place(each.id) for each in added] == [Place(n, 0) for n in range(4)]


def test_who_died_is_not_at_work(gradebook: Gradebook, queries: Queries, clock: Clock) -> None:
    """A lease that has run out is nobody's."""
    first = handed_in(gradebook, clock, "a", Queue.BATCH)
    second = handed_in(gradebook, clock, "b", Queue.BATCH)
    gradebook.lease(first)
    clock.now_s += LEASE_S + 1

    assert queries.place(second) == Place(0, 0)


def test_what_is_usual_is_the_middle_of_the_newest(
    gradebook: Gradebook, queries: Queries, clock: Clock
) -> None:
    """Of this exercise; an old one that took long is forgotten."""
    assert queries.usual_s("e") is None

    graded(gradebook, clock, handed_in(gradebook, clock, "old", Queue.BATCH), 5000.0)
    for number in range(20):
        graded(gradebook, clock, handed_in(gradebook, clock, f"i{number}", Queue.BATCH), number)
    graded(gradebook, clock, handed_in(gradebook, clock, "other", Queue.BATCH, "other"), 900.0)

    assert queries.usual_s("e") == 10.0
    assert queries.usual_s("other") == 900.0
