"""Exit codes of every command."""

from __future__ import annotations

from collections.abc import Iterable

from grader.model.report import Report, Verdict

PASSED = 0
NOT_PASSED = 1
USAGE = 2
NOT_GRADED = 3

_CODE_OF = {
    Verdict.PASSED: PASSED,
    Verdict.FAILED: NOT_PASSED,
    Verdict.NEEDS_REVIEW: NOT_GRADED,
    Verdict.ERROR: NOT_GRADED,
}


def code_of(reports: Iterable[Report]) -> int:
    """Return the code for a command that graded several submissions: the gravest of them."""
    return max((_CODE_OF[report.verdict] for report in reports), default=PASSED)
