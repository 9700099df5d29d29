"""Late work loses what the rubric says, by the time of handing in; nothing by our delays."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

import grader.exercises
from grader.errors import SettingsError
from grader.exercises import read_rubric
from grader.grading.late import late_note, lateness
from grader.model.report import Verdict
from grader.model.rubric import Late

OWN = Path(grader.exercises.__file__).parent / "quiz" / "exercise.toml"
DUE = datetime(2026, 11, 30, 23, 59, tzinfo=UTC)
DUE_S = DUE.timestamp()
HOUR_S, DAY_S = 3600.0, 24 * 3600.0


@pytest.mark.parametrize(
    ("after_s", "percent"),
    [
        (-DAY_S, 0),
        (0, 0),
        (15 * 60, 0),
        (15 * 60 + 1, 10),
        (DAY_S, 10),
        (DAY_S + 1, 20),
        (7 * DAY_S, 70),
        (7 * DAY_S + 1, 100),
    ],
)
def test_a_day_that_has_begun_counts_whole(after_s: float, percent: float) -> None:
    """From the time it is due, once the grace is over; after the last day nothing is left."""
    rule = Late(due=DUE, percent_per_day=10, grace_minutes=15, until_days=7)

    assert rule.percent(DUE_S + after_s) == percent


def test_without_an_end_no_more_than_all_is_deducted() -> None:
    """However late."""
    assert Late(due=DUE, percent_per_day=40).percent(DUE_S + 30 * DAY_S) == 100


def test_what_was_deducted_is_said_beside_the_raw_score() -> None:
    """In numbers and in a sentence."""
    rule = Late(due=DUE, percent_per_day=10)
    late = lateness(rule, DUE_S + DAY_S + 3 * HOUR_S, 90.0, Verdict.PASSED)

    assert late is not None
    assert (late.raw_score, late.percent, late.deducted, late.late_s) == (90, 20, 18, 97_200)
    assert late_note(late) == (
        "Handed in 1 day and 3 hours late, which costs 20% of the points: 18 of 90.",
    )


@pytest.mark.parametrize("verdict", [Verdict.NEEDS_REVIEW, Verdict.ERROR])
def test_what_is_no_grade_loses_no_points(verdict: Verdict) -> None:
    """It has none; that it is late is said all the same, for whoever decides."""
    late = lateness(Late(due=DUE, percent_per_day=10), DUE_S + 30, 50.0, verdict)

    assert late is not None
    assert late.deducted == 0
    assert late_note(late) == ("Handed in less than a minute late, which costs 10% of the points.",)


def test_nothing_is_late_where_there_is_no_rule_or_no_time() -> None:
    """A class that was handed in to a platform that does not tell when is not late."""
    rule = Late(due=DUE, percent_per_day=10)

    assert lateness(None, DUE_S + DAY_S, 50.0, Verdict.PASSED) is None
    assert lateness(rule, None, 50.0, Verdict.PASSED) is None
    assert lateness(rule, DUE_S, 50.0, Verdict.PASSED) is None
    assert late_note(None) == ()


COPY = 'exercise = "quiz"\n[late]\n'
RIGHT = "due = 2026-11-30T23:59:00+01:00\npercent_per_day = 10\n"


@pytest.mark.parametrize(
    ("late", "words"),
    [
        ("due = 2026-11-30T23:59:00\npercent_per_day = 10", "late.due is 2026-11-30 23:59:00, but"),
        ('due = "2026-11-30T23:59:00"\npercent_per_day = 10', "should say its zone"),
        ('due = "Monday"\npercent_per_day = 10', "late.due"),
        ("due = 2026-11-30\npercent_per_day = 10", "late.due"),
        ("due = 3\npercent_per_day = 10", "late.due is a whole number, but should be a time"),
        ("percent_per_day = 10", "late.due is missing"),
        ("due = 2026-11-30T23:59:00Z", "late.percent_per_day is missing"),
        (RIGHT.replace("10", "0"), "late.percent_per_day is 0, but should be over 0"),
        (RIGHT.replace("10", "101"), "late.percent_per_day is 101"),
        (RIGHT.replace("10", "nan"), "late.percent_per_day is nan"),
        (RIGHT + "grace_minutes = -1", "late.grace_minutes is -1, but should be from 0 to"),
        (RIGHT + "grace_minutes = nan", "late.grace_minutes is nan"),
        (RIGHT + "until_days = 0", "late.until_days is 0, but should be from 1 to 1000"),
        (RIGHT + "until_days = 1.5", "late.until_days is a number, but should be a whole"),
        (RIGHT + "after_days = 1", "there is no key late.after_days; late can have due, percent"),
    ],
)
def test_a_rule_that_cannot_be_used_is_named(tmp_path: Path, late: str, words: str) -> None:
    """With the key, and what is allowed."""
    copy = tmp_path / "rubric.toml"
    copy.write_text(COPY + late)

    with pytest.raises(SettingsError) as error:
        read_rubric(OWN, copy)
    assert words in str(error.value), error.value


@pytest.mark.parametrize("due", ["2026-11-30T23:59:00+01:00", '"2026-11-30T23:59:00+01:00"'])
def test_a_copy_says_when_it_is_due(tmp_path: Path, due: str) -> None:
    """As a time of TOML, or as a text."""
    copy = tmp_path / "rubric.toml"
    copy.write_text(f"{COPY}due = {due}\npercent_per_day = 12.5\n")
    late = read_rubric(OWN, copy).late

    assert late is not None
    assert late.due == datetime.fromisoformat("2026-11-30T23:59:00+01:00")
    assert late.percent_per_day == 12.5
