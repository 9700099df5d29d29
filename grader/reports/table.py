"""CSV of our own: one row a report."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from grader.model.report import CheckResult, Report, Status
from grader.reports.cells import cell
from grader.reports.outcome import failed, is_grade, number

_COLUMNS = (
    "submission_id",
    "student",
    "exercise",
    "file",
    "verdict",
    "score",
    "max_score",
    "failed_checks",
    "epochs",
    "accuracy",
    "queued_s",
    "graded_s",
    "trained_s",
    "deducted",
    "decided_by",
    "notes",
)


def table(reports: Sequence[Report]) -> str:
    """Return a table with a row for each report, and a column for the points of each check.

    Points are empty where there is no grade, and where a check was skipped.
    """
    checks = list(dict.fromkeys(check.id for report in reports for check in report.checks))
    written = io.StringIO(newline="")
    # Numbers are quoted too: a reader who parts cells at semicolons then finds none of its own.
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow([*_COLUMNS, *(cell(f"points_{check}") for check in checks)])
    writer.writerows(_row(report, checks) for report in reports)
    return written.getvalue()


def _row(report: Report, checks: Sequence[str]) -> list[str]:
    results = {check.id: check for check in report.checks}
    epochs = report.training.epochs
    return [
        cell(report.submission_id),
        cell(report.student),
        cell(report.exercise),
        cell(report.file),
        report.verdict.value,
        number(report.score) if is_grade(report) else "",
        number(report.max_score),
        cell(" ".join(check.id for check in failed(report))),
        str(report.training.stopped_after) if epochs else "",
        f"{epochs[-1].accuracy:.6f}" if epochs else "",
        number(report.timing.queued_s),
        number(report.timing.graded_s),
        number(report.timing.trained_s),
        number(report.late.deducted) if report.late else "",
        cell(report.decision.by) if report.decision else "",
        cell(" / ".join(report.notes)),
        *(_points(report, results.get(check)) for check in checks),
    ]


def _points(report: Report, check: CheckResult | None) -> str:
    counts = is_grade(report) and check is not None and check.status is not Status.SKIPPED
    return number(check.points) if check is not None and counts else ""
