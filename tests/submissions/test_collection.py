"""The collection is large and of every kind, and its table says what its files say."""

from __future__ import annotations

import pytest

from grader.exercises import Catalogue
from grader.model.report import Verdict
from tests.submissions.collection import (
    README,
    Group,
    Sample,
    read_samples,
    readme_with,
    table,
)

SAMPLES = read_samples()
ALL = Catalogue()
VERDICTS = {
    Group.CORRECT: Verdict.PASSED,
    Group.ODD: Verdict.PASSED,
    Group.WRONG: Verdict.FAILED,
    Group.BROKEN: Verdict.FAILED,
    Group.UNDECIDABLE: Verdict.NEEDS_REVIEW,
}


def test_the_table_and_the_folders_agree() -> None:
    """`python -m tests.submissions.collection` would change nothing."""
    text = README.read_text()

    assert readme_with(text, table(SAMPLES)) == text


def test_there_are_enough_of_every_kind() -> None:
    """Every exercise has samples that pass and samples that fail; the lesson's has all groups."""
    groups = {exercise: [s.group for s in SAMPLES if s.exercise == exercise] for exercise in ALL}

    assert all(len(found) >= 10 for found in groups.values()), groups
    assert all({Group.CORRECT, Group.WRONG} <= {*found} for found in groups.values())
    assert all(groups["mnist-conv"].count(group) >= 5 for group in Group)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.exercise}-{sample.name}")
def test_an_expectation_makes_sense(sample: Sample) -> None:
    """The verdict is the group's, and failing checks stand in the order of the rubric."""
    expected, rubric = sample.expected, ALL[sample.exercise].rubric
    order = [check.id for check in rubric.checks]

    assert expected.verdict is VERDICTS[sample.group]
    assert list(expected.failed) == sorted(expected.failed, key=order.index)
    if not rubric.passing_score:
        required = {check.id for check in rubric.checks if check.required}
        assert bool(required & {*expected.failed}) is (expected.verdict is Verdict.FAILED)


@pytest.mark.parametrize("exercise", ALL)
def test_every_check_has_a_sample_that_fails_it(exercise: str) -> None:
    """No check is without an example of how it fails."""
    samples = [sample for sample in SAMPLES if sample.exercise == exercise]
    failed = {check for sample in samples for check in sample.expected.failed}

    assert failed == {check.id for check in ALL[exercise].rubric.checks}


def test_no_two_samples_are_the_same_file() -> None:
    """Each sample shows something of its own."""
    assert len({sample.path.read_bytes() for sample in SAMPLES}) == len(SAMPLES)
