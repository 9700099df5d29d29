"""What build servers read of JUnit XML: its schema holds, and a reader finds what was written."""

from __future__ import annotations

from pathlib import Path

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped
from xmlschema import XMLSchema

from grader.model.report import Status, Verdict
from grader.reports import expectation, junit
from tests.reports.samples import HOSTILE, says

SCHEMA = XMLSchema(str(Path(__file__).parent / "junit.xsd"))


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("text", [HOSTILE, "It is right."])
def test_the_schema_holds(verdict: Verdict, text: str) -> None:
    """Of a class and of reference solutions, whatever a submission says."""
    told = says(text, verdict)
    compared = [
        expectation.Compared(text, text, told, (text,)),
        expectation.Compared("b", "b.py", told, ()),
    ]

    SCHEMA.validate(junit.suites([told, told]))
    SCHEMA.validate(expectation.suites(compared))


@pytest.mark.parametrize("verdict", Verdict)
def test_a_reader_counts_what_was_written(verdict: Verdict) -> None:
    """A check is a case; failures are those of a grade, and nothing else is one."""
    told = says("It is wrong.", verdict)
    [suite] = JUnitXml.fromstring(junit.suites([told]).encode())
    kinds = [type(outcome) for case in suite for outcome in case.result]
    failed = [check for check in told.checks if check.status is Status.FAILED]
    is_grade = verdict in (Verdict.PASSED, Verdict.FAILED)

    assert suite.failures == kinds.count(Failure) == (len(failed) if is_grade else 0)
    assert suite.errors == kinds.count(Error) == (verdict is Verdict.ERROR)
    assert suite.skipped == kinds.count(Skipped)
    assert suite.tests == len(list(suite))


def test_what_is_wrong_is_no_report() -> None:
    """A schema that takes everything would prove nothing."""
    right = junit.suites([says("x", Verdict.FAILED)])

    assert SCHEMA.is_valid(right)
    assert not SCHEMA.is_valid(right.replace('failures="', 'failings="'))
    assert not SCHEMA.is_valid(right.replace("<failure", "<failed").replace("/failure", "/failed"))
