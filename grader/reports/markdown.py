"""Markdown: one report, or a class in a table, as GitHub and others show it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.model.report import CheckResult, Report, Status, Verdict
from grader.reports.characters import LONG, SHORT, logged
from grader.reports.outcome import failed, headline, is_grade, number

_MARKS = {Status.PASSED: "✅", Status.FAILED: "❌", Status.SKIPPED: "⚪"}
_VERDICTS = {
    Verdict.PASSED: "✅ passed",
    Verdict.FAILED: "❌ not passed",
    Verdict.NEEDS_REVIEW: "👀 needs a human review",
    Verdict.ERROR: "⚠️ not graded",
}
_CODE = re.compile(r"((?<!`)`[^`]+`(?!`))")
# What is markup, and what GitHub makes links of without any.
_MARKUP = re.compile(r"[\\`*_{}\[\]<>|~&$#@]|//|(?<=www)\.", re.IGNORECASE)


def report_text(report: Report) -> str:
    """Return one report, check by check."""
    title = f"# {_words(report.exercise or 'Report', SHORT)}: {_words(report.file, SHORT)}"
    paragraphs = [
        title,
        f"**{headline(report)}**",
        "\n".join(_check(report, check) for check in report.checks),
        "\n".join(f"> Note: {_words(note)}\n" for note in report.notes).rstrip("\n"),
    ]
    return "\n\n".join(filter(None, paragraphs)) + "\n"


def class_text(reports: Sequence[Report], *, at_most_bytes: int | None = None) -> str:
    """Return a table of reports, then what failed in each.

    Args:
        reports: In the order in which they are to stand.
        at_most_bytes: Where there is more than that, the last reports are only counted.
    """
    counts = ", ".join(
        f"{sum(report.verdict is verdict for report in reports)} {word.partition(' ')[2]}"
        for verdict, word in _VERDICTS.items()
    )
    head = f"# Reports\n\n{len(reports)} in all: {counts}.\n"
    table = "\n| student | file | verdict | points |\n| --- | --- | --- | ---: |\n"
    room = (at_most_bytes or 0) - len((head + table).encode()) - SHORT
    rows = _fitting(map(_row, reports), room // 2 if at_most_bytes else None)
    used = sum(len(row.encode()) for row in rows)
    failing = [report for report in reports if _tells(report)]
    details = _fitting(map(_details, failing), room - used if at_most_bytes else None)
    return "".join(
        [
            head,
            table,
            *rows,
            _more(len(reports) - len(rows)),
            *details,
            _more(len(failing) - len(details)),
        ]
    )


def _fitting(parts: map[str], room: int | None) -> list[str]:
    """Return the first parts, as many as there is room for."""
    taken: list[str] = []
    for part in parts:
        if room is not None:
            room -= len(part.encode())
            if room < 0:
                break
        taken.append(part)
    return taken


def _more(count: int) -> str:
    return f"\n... and {count} more.\n" if count else ""


def _row(report: Report) -> str:
    points = f"{number(report.score)} / {number(report.max_score)}" if is_grade(report) else ""
    names = f"{_words(report.student, SHORT)} | {_words(report.file, SHORT)}"
    return f"| {names} | {_VERDICTS[report.verdict]} | {points} |\n"


def _tells(report: Report) -> bool:
    return bool(failed(report) or (report.notes and not is_grade(report)))


def _details(report: Report) -> str:
    lines = [f"\n## {_words(report.student, SHORT)}: {_words(report.file, SHORT)}\n"]
    lines += [_check(report, check) for check in failed(report)]
    lines += [f"- Note: {_words(note)}" for note in report.notes if not is_grade(report)]
    return "\n".join(lines) + "\n"


def _check(report: Report, check: CheckResult) -> str:
    points = f" ({number(check.points)}/{number(check.max_points)})" if is_grade(report) else ""
    line = (
        f"- {_MARKS[check.status]} **{_words(check.id, SHORT)}**{points}: {_words(check.message)}"
    )
    # In italics, so that no word of it begins a line, where it could be markup.
    return f"{line}  \n  *{_words(check.help)}*" if check.help else line


def _words(text: str, at_most: int = LONG) -> str:
    """Return words that are not markup, but for code in single backquotes."""
    parts = _CODE.split(logged(text, at_most))
    # An odd part is code, in which nothing but a table's bar is markup.
    return "".join(
        part.replace("|", "\\|") if index % 2 else _MARKUP.sub(r"\\\g<0>", part)
        for index, part in enumerate(parts)
    )
