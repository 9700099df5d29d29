"""The collection is large and of every kind, and its table says what its files say."""

from __future__ import annotations

import pytest

from grader.exercises import load_exercise
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
    """Every group has samples, and together they are at least sixty."""
    groups = [sample.expected.group for sample in SAMPLES]

    assert len(SAMPLES) >= 60
    assert all(groups.count(group) >= 5 for group in Group)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_an_expectation_makes_sense(sample: Sample) -> None:
    """The verdict is the group's, and only a failed sample has failing checks, in rubric order."""
    expected = sample.expected
    order = [check.id for check in load_exercise("mnist-conv").rubric.checks]

    assert expected.verdict is VERDICTS[expected.group]
    assert bool(expected.failed) is (expected.verdict is Verdict.FAILED)
    assert list(expected.failed) == sorted(expected.failed, key=order.index)


def test_every_check_has_a_sample_that_fails_it() -> None:
    """No check is without an example of how it fails."""
    failed = {check for sample in SAMPLES for check in sample.expected.failed}

    assert failed == {check.id for check in load_exercise("mnist-conv").rubric.checks}


def test_no_two_samples_are_the_same_file() -> None:
    """Each sample shows something of its own."""
    assert len({sample.path.read_bytes() for sample in SAMPLES}) == len(SAMPLES)
