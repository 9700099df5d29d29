"""What a reference solution should come to, how a report differs from it, and files on that."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

import msgspec

from grader.model.report import Report, Status, Verdict
from grader.reports.characters import LONG, SHORT, logged
from grader.reports.github import command
from grader.reports.outcome import number

_NOTHING = 1e-6


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of an `expected.toml`; what is left out may be anything.

    Attributes:
        why: What it is an example of, for whoever reads the file.
        exercise: Which one it answers, where the names of folders do not tell.
        verdict: How it should end.
        points: How many points it should get.
        failed: Exactly those checks that should fail.
        says: Texts that should stand somewhere in the report.
    """

    why: str = ""
    exercise: str = ""
    verdict: Verdict | None = None
    points: float | None = None
    failed: tuple[str, ...] | None = None
    says: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether anything at all would do."""
        return (self.verdict, self.points, self.failed, self.says) == (None, None, None, ())


@dataclass(frozen=True)
class Compared:
    """A reference solution that was graded: its name and file, and how it differs."""

    name: str
    file: str
    report: Report
    differences: tuple[str, ...]


def differences(expected: Expected, report: Report) -> tuple[str, ...]:
    """Say how a report differs from what is expected, a sentence each."""
    if expected.is_empty:
        return (f"nothing is expected yet; the verdict is {report.verdict.value}",)
    return tuple(_differences(expected, report))


def renewed(expected: Expected, report: Report) -> Expected:
    """Return what is to be expected from now on: the same things, as this report has them."""
    is_new = expected.is_empty
    said = _said(report)
    return msgspec.structs.replace(
        expected,
        verdict=None if expected.verdict is None and not is_new else report.verdict,
        points=None if expected.points is None and not is_new else report.score,
        failed=None if expected.failed is None and not is_new else _failed(report),
        says=tuple(each for each in expected.says if each in said),
    )


def toml(expected: Expected) -> str:
    """Write what is expected as its file has it."""
    told = {key: value for key, value in msgspec.to_builtins(expected).items() if value is not None}
    lines = [
        f"{key} = {json.dumps(value, ensure_ascii=False)}\n"
        for key, value in told.items()
        if value != "" and (key != "says" or value)
    ]
    return "".join(lines)


def suites(compared: Sequence[Compared]) -> str:
    """Return JUnit XML with a case for each reference, which fails if it differs."""
    suite = ET.Element("testsuite", name="references", tests=str(len(compared)))
    failures = errors = 0
    for each in compared:
        seconds = f"{each.report.timing.graded_s:.3f}"
        case = ET.SubElement(
            suite,
            "testcase",
            name=_words(each.name),
            classname=_words(each.report.exercise),
            file=_words(each.file),
            time=seconds,
        )
        if not each.differences:
            continue
        ours = each.report.verdict is Verdict.ERROR
        failures, errors = failures + (not ours), errors + ours
        told = ET.SubElement(case, "error" if ours else "failure")
        told.set("message", _words(each.differences[0]))
        told.set("type", "difference")
        told.text = "\n".join(map(_words, each.differences))
    counts = {"tests": str(len(compared)), "failures": str(failures), "errors": str(errors)}
    suite.attrib |= counts | {"skipped": "0"}
    root = ET.Element("testsuites", {"name": "grader", **counts})
    root.append(suite)
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def commands(compared: Sequence[Compared]) -> str:
    """Return a command of GitHub's for each reference that differs."""
    return "".join(
        command("error", {"file": each.file, "title": each.name}, "\n".join(each.differences))
        for each in compared
        if each.differences
    )


def _differences(expected: Expected, report: Report) -> Iterator[str]:
    if expected.verdict not in (None, report.verdict):
        yield f"the verdict is {report.verdict.value}, but should be {expected.verdict.value}"
    if expected.points is not None and abs(report.score - expected.points) > _NOTHING:
        yield f"it has {number(report.score)} points, but should have {number(expected.points)}"
    failed = _failed(report)
    messages = {check.id: check.message for check in report.checks}
    if expected.failed is not None:
        for check in failed:
            if check not in expected.failed:
                yield f"{check} fails, but should not: {messages[check]}"
        for check in expected.failed:
            if check not in failed:
                found = messages.get(check, "there is no such check")
                yield f"{check} should fail, but does not: {found}"
    said = _said(report)
    for words in expected.says:
        if words not in said:
            yield f"the report does not say: {words}"


def _failed(report: Report) -> tuple[str, ...]:
    return tuple(check.id for check in report.checks if check.status is Status.FAILED)


def _said(report: Report) -> str:
    lines = [text for check in report.checks for text in (check.message, check.help)]
    return "\n".join([*lines, *report.notes])


def _words(text: str) -> str:
    return logged(text, LONG if "\n" in text else 10 * SHORT)
