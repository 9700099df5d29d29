"""Lists of submissions: filters, which of several counts, and what was handed in before."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from sqlalchemy import delete

from grader.database import Database
from grader.gradebook import Gradebook, Pick, Queries, State, Wanted
from grader.gradebook.tables import metadata
from grader.model.report import Report, Verdict
from grader.model.submission import Queue, Submission
from tests.gradebook.conftest import Clock

GRADES = (
    ("ada", "mnist-conv", Verdict.FAILED, 60.0),
    ("ada", "mnist-conv", Verdict.PASSED, 90.0),
    ("ada", "mnist-conv", Verdict.FAILED, 95.0),
    ("bob", "mnist-conv", Verdict.NEEDS_REVIEW, 20.0),
    ("bob", "other", Verdict.PASSED, 100.0),
    ("eva", "mnist-conv", None, None),
)


@pytest.fixture
def queries(url: str, gradebook: Gradebook, clock: Clock) -> Iterator[Queries]:
    """Return a gradebook in which three students have handed in, one second after another."""
    database = Database(url)
    with database.writing() as connection:
        # One server for all tests.
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))
    for number, (student, exercise, verdict, score) in enumerate(GRADES):
        clock.now_s = 2000.0 + number
        submission = Submission(
            exercise=exercise, student=student, file="a.py", source=str(number).encode()
        )
        gradebook.add([submission], Queue.INTERACTIVE)
        if verdict is None or score is None:
            continue
        attempt = gradebook.lease(submission.id)
        assert attempt is not None
        report = Report(
            submission_id=submission.id,
            student=student,
            file="a.py",
            verdict=verdict,
            score=score,
            max_score=100.0,
            checks=(),
        )
        gradebook.finish(attempt, report)
    yield Queries(database)
    database.close()


def listed(queries: Queries, **wanted: object) -> list[tuple[str, float | None]]:
    """List student and score of what is wanted of the submissions of this test."""
    asked = msgspec.convert({"since_s": 2000.0, "until_s": 2100.0} | wanted, Wanted)
    return [(entry.student, entry.score) for entry in queries.entries(asked)]


def test_all_are_listed_the_oldest_first(queries: Queries) -> None:
    """Also what is not graded yet."""
    found = queries.entries(Wanted(since_s=2000.0, until_s=2100.0))

    assert [entry.student for entry in found] == ["ada", "ada", "ada", "bob", "bob", "eva"]
    assert found[-1].state is State.QUEUED
    assert (found[-1].verdict, found[-1].score) == (None, None)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"student": "bob"}, [("bob", 20.0), ("bob", 100.0)]),
        ({"exercise": "other"}, [("bob", 100.0)]),
        ({"verdict": "passed"}, [("ada", 90.0), ("bob", 100.0)]),
        ({"since_s": 2003.0, "until_s": 2004.0}, [("bob", 20.0)]),
        ({"student": "nobody"}, []),
        ({"ids": []}, []),
        # Who has passed keeps it, whatever points came later.
        ({"student": "ada", "pick": "best"}, [("ada", 90.0)]),
        ({"student": "ada", "pick": "last"}, [("ada", 95.0)]),
        ({"student": "bob", "pick": "best"}, [("bob", 20.0), ("bob", 100.0)]),
        ({"pick": "best", "verdict": "failed"}, []),
        ({"pick": "last", "verdict": "failed"}, [("ada", 95.0)]),
    ],
)
def test_a_filter_keeps_what_it_says(
    queries: Queries, wanted: dict[str, object], expected: list[tuple[str, float | None]]
) -> None:
    """Exercise, student, verdict, time, and which of several counts."""
    found = listed(queries, **wanted)

    assert found == expected


def test_the_time_of_handing_in_counts(
    queries: Queries, gradebook: Gradebook, clock: Clock
) -> None:
    """Not that at which a batch came to the gradebook, where a platform tells the other."""
    clock.now_s = 2050.0
    submission = Submission(
        exercise="other", student="kim", file="a.py", source=b"", handed_in_at_s=1500.0
    )
    gradebook.add([submission], Queue.BATCH)
    unknown = Submission(exercise="other", student="kim", file="a.py", source=b"1")
    gradebook.add([unknown], Queue.BATCH)
    now = Submission(exercise="other", student="kim", file="a.py", source=b"2")
    gradebook.add([now], Queue.INTERACTIVE)
    found = queries.entries(Wanted(student="kim"))
    attempts = [gradebook.lease(each.id) for each in (submission, unknown, now)]

    assert [(each.handed_in_at_s, each.submitted_at_s) for each in found] == [
        *((1500.0, 2050.0), (2050.0, 2050.0), (2050.0, 2050.0)),
    ]
    assert [each.submission.handed_in_at_s for each in attempts if each] == [1500.0, None, 2050.0]
    assert [each.id for each in queries.entries(Wanted(student="kim", until_s=1501.0))] == [
        submission.id
    ]


def test_what_was_handed_in_before_is_known(queries: Queries, gradebook: Gradebook) -> None:
    """By student, exercise, file and content; what was withdrawn is not."""
    same = Submission(exercise="mnist-conv", student="ada", file="a.py", source=b"2")
    others = [
        Submission(exercise="mnist-conv", student="bob", file="a.py", source=b"2"),
        Submission(exercise="other", student="ada", file="a.py", source=b"2"),
        Submission(exercise="mnist-conv", student="ada", file="b.py", source=b"2"),
        Submission(exercise="mnist-conv", student="ada", file="a.py", source=b"22"),
    ]
    withdrawn = Submission(exercise="mnist-conv", student="eva", file="w.py", source=b"w")
    gradebook.add([withdrawn], Queue.BATCH)
    gradebook.withdraw(withdrawn.id)
    found = queries.known([same.digest, withdrawn.digest, *(each.digest for each in others)])

    assert list(found) == [same.digest]


def test_what_is_not_said_does_not_matter(queries: Queries) -> None:
    """Without any filter, everything is listed."""
    assert len(queries.entries(Wanted())) == len(GRADES)


def test_thousands_of_digests_are_asked_for_at_once(queries: Queries) -> None:
    """More than a statement takes."""
    assert queries.known(str(number) for number in range(40_000)) == {}


def test_pick_is_what_it_is_called() -> None:
    """The words of the command line."""
    assert [*Pick] == ["all", "best", "last"]
