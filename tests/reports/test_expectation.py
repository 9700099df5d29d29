"""What differs from an expectation is said, and nothing else; what is left out may be anything."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec
import pytest

from grader.documents import converted, read_document
from grader.model.report import Verdict
from grader.reports.expectation import (
    Compared,
    Expected,
    commands,
    differences,
    renewed,
    suites,
    toml,
)
from tests.reports.samples import HOSTILE, report, says

FAILED = report(Verdict.FAILED)


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        (Expected(verdict=Verdict.FAILED), []),
        (Expected(failed=("layers",)), []),
        (Expected(says=("Put `Conv2D` before it",)), []),
        (Expected(points=10 + 5 / 3), []),
        (Expected(verdict=Verdict.PASSED), ["the verdict is failed, but should be passed"]),
        (Expected(points=35), ["it has 11.67 points, but should have 35"]),
        (
            Expected(failed=("target",)),
            [
                f"layers fails, but should not: {FAILED.checks[1].message}",
                "target should fail, but does not: Not looked at, because `layers` failed.",
            ],
        ),
        (
            Expected(failed=("layers", "gone")),
            ["gone should fail, but does not: there is no such check"],
        ),
        (Expected(says=("bananas",)), ["the report does not say: bananas"]),
        (Expected(), ["nothing is expected yet; the verdict is failed"]),
        (Expected(why="An example."), ["nothing is expected yet; the verdict is failed"]),
    ],
)
def test_a_difference_is_a_sentence(expected: Expected, found: list[str]) -> None:
    """With what was found, and what should have been."""
    assert list(differences(expected, FAILED)) == found


def test_an_expectation_is_renewed_in_what_it_states(tmp_path: Path) -> None:
    """Nothing that was left out comes in, and what is written is read again."""
    before = Expected(
        why='A "quoted" why.', verdict=Verdict.PASSED, failed=(), says=("Put `Conv2D`", "bananas")
    )
    after = renewed(before, FAILED)
    path = tmp_path / "expected.toml"
    path.write_text(toml(after))

    assert after == msgspec.structs.replace(
        before, verdict=Verdict.FAILED, failed=("layers",), says=("Put `Conv2D`",)
    )
    assert converted(read_document(path), Expected, path) == after
    assert differences(after, FAILED) == ()


def test_an_empty_expectation_becomes_a_whole_one(tmp_path: Path) -> None:
    """Verdict, points and the checks that fail."""
    after = renewed(Expected(why="New."), FAILED)
    path = tmp_path / "expected.toml"
    path.write_text(toml(after))

    assert (after.verdict, after.points, after.failed) == (
        Verdict.FAILED,
        FAILED.score,
        ("layers",),
    )
    assert converted(read_document(path), Expected, path) == after


def test_build_servers_read_what_differs() -> None:
    """A case for each reference: a failure where it differs, an error where the fault is ours."""
    same = Compared("a", "a.py", FAILED, ())
    other = Compared("b", "b.py", FAILED, ("x", "y"))
    ours = Compared("c", "c.py", report(Verdict.ERROR), ("z",))
    root = ET.fromstring(suites([same, other, ours]))
    cases = {case.get("name"): [each.tag for each in case] for case in root.iter("testcase")}

    assert cases == {"a": [], "b": ["failure"], "c": ["error"]}
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("3", "1", "1")
    assert commands([same, other]) == "::error file=b.py,title=b::x%0Ay\n"


def test_what_a_submission_says_stays_words() -> None:
    """In XML, and in the log of a build."""
    hostile = Compared(HOSTILE, HOSTILE, says(HOSTILE), (HOSTILE,))
    root = ET.fromstring(suites([hostile]))
    told = commands([hostile])

    assert len(list(root.iter("testcase"))) == 1
    assert told.count("\n") == 1
    assert told.startswith("::error ")
    assert "::error file=x" not in told
    assert "\x1b" not in told
