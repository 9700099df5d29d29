"""A human's decision stands beside the report, and counts wherever the report is read."""

from __future__ import annotations

import msgspec

from grader.database import Database
from grader.gradebook import Decided, Gradebook, Queries, Wanted
from grader.gradebook.tables import reports
from grader.model.report import Report, Verdict
from tests.gradebook.conftest import Clock, add, report


def decided(submission_id: str, score: float, reason: str = "It does work.") -> Decided:
    """Return what a human decided; number and time are the gradebook's to say."""
    return Decided(submission_id, 0, Verdict.PASSED, score, reason, "eva", 0.0)


def reviewed(gradebook: Gradebook) -> Report:
    """Return the report of a submission that a human has to look at."""
    submission = add(gradebook)
    attempt = gradebook.lease(submission.id)
    assert attempt is not None
    made = msgspec.structs.replace(report(submission, 20.0), verdict=Verdict.NEEDS_REVIEW)
    gradebook.finish(attempt, made)
    return made


def test_the_newest_decision_counts_and_the_report_stays(
    gradebook: Gradebook, url: str, clock: Clock
) -> None:
    """In lists, in reports and for whoever follows; every decision is kept."""
    made = reviewed(gradebook)
    other = reviewed(gradebook)
    gradebook.decide(decided(made.submission_id, 50.0))
    clock.now_s += 60.0
    gradebook.decide(decided(made.submission_id, 80.0, "On appeal."))
    database = Database(url)
    queries = Queries(database)
    (entry,) = queries.entries(Wanted(ids=(made.submission_id,)))
    found = queries.reports([made.submission_id, other.submission_id])
    told = found[made.submission_id]
    progress = gradebook.progress(made.submission_id)
    with database.reading() as connection:
        kept = connection.execute(
            reports.select().where(reports.c.submission_id == made.submission_id)
        ).one()
    listed = queries.decisions(made.submission_id)
    database.close()

    assert (entry.verdict, entry.score, entry.is_decided) == (Verdict.PASSED, 80.0, True)
    assert (told.verdict, told.score) == (Verdict.PASSED, 80.0)
    assert told.decision is not None
    assert (told.decision.machine_verdict, told.decision.machine_score) == (
        Verdict.NEEDS_REVIEW,
        20.0,
    )
    assert (told.decision.by, told.decision.at_s) == ("eva", clock.now_s)
    assert told.notes[0] == "Decided by eva on 1970-01-01: On appeal."
    assert found[other.submission_id] == other
    assert progress is not None
    assert progress.report == told
    assert Report.from_json(kept.report) == made
    assert [(each.number, each.score, each.at_s) for each in listed] == [
        (1, 50.0, clock.now_s - 60.0),
        (2, 80.0, clock.now_s),
    ]


def test_a_file_is_given_back_as_it_was_handed_in(gradebook: Gradebook, url: str) -> None:
    """To the byte."""
    submission = add(gradebook)
    database = Database(url)
    source = Queries(database).source(submission.id)
    database.close()

    assert source == submission.source
