"""JUnit XML, as build servers read it: a suite is a submission, a case is a check."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from grader.model.report import CheckResult, Report, Status, Verdict
from grader.reports.characters import SHORT, logged
from grader.reports.outcome import headline, is_grade, number, words

# GitLab shows the file that is named so, whoever has printed it.
_ATTACHMENT = re.compile(r"\[(?=\[ATTACHMENT)", re.IGNORECASE)
_COUNTED = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def suites(reports: Sequence[Report]) -> str:
    """Return the suites of reports.

    Where there is no grade no case fails: a check that is not passed is skipped, and one more
    case, `verdict`, says why.
    """
    root = ET.Element("testsuites", name="grader")
    root.extend(map(_suite, reports))
    _count(root)
    # The schema of Jenkins has no such count for all suites.
    del root.attrib["skipped"]
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + _xml(root) + "\n"


def _xml(root: ET.Element) -> str:
    return ET.tostring(root, encoding="unicode")


def _suite(report: Report) -> ET.Element:
    name = f"{_words(report.student)}: {_words(report.file)}"
    suite = ET.Element("testsuite", name=name)
    properties = ET.SubElement(suite, "properties")
    for key, value in _properties(report).items():
        ET.SubElement(properties, "property", name=key, value=value)
    suite.extend(_case(report, check) for check in report.checks)
    verdict = _verdict(report)
    if verdict is not None:
        suite.append(verdict)
    if report.notes:
        ET.SubElement(suite, "system-out").text = "\n".join(map(_words, report.notes))
    _count(suite)
    suite.set("time", f"{report.timing.graded_s:.3f}")
    return suite


def _properties(report: Report) -> dict[str, str]:
    told = {"submission": _words(report.submission_id), "verdict": report.verdict.value}
    if is_grade(report):
        told |= {"score": number(report.score), "max_score": number(report.max_score)}
    return told


def _case(report: Report, check: CheckResult) -> ET.Element:
    case = _empty_case(report, _words(check.id))
    if check.status is Status.PASSED:
        return case
    overruled = report.decision is not None and report.verdict is Verdict.PASSED
    fails = check.status is Status.FAILED and is_grade(report) and not overruled
    told = ET.SubElement(case, "failure" if fails else "skipped")
    told.set("message", _words(check.message))
    if fails:
        told.set("type", _words(check.id))
        told.text = "\n".join(map(_words, words(check).split("\n")))
    return case


def _verdict(report: Report) -> ET.Element | None:
    """Return a case for what no check says."""
    kind = {Verdict.NEEDS_REVIEW: "skipped", Verdict.ERROR: "error"}.get(report.verdict)
    if report.verdict is Verdict.FAILED and all(
        check.status is not Status.FAILED for check in report.checks
    ):
        kind = "failure"
    if kind is None:
        return None
    case = _empty_case(report, "verdict")
    told = ET.SubElement(case, kind, message=headline(report))
    if kind != "skipped":
        told.set("type", report.verdict.value)
    return case


def _empty_case(report: Report, name: str) -> ET.Element:
    return ET.Element(
        "testcase",
        name=name,
        classname=_words(report.exercise) or "grader",
        file=_words(report.file),
        time="0.000",
    )


def _count(suite: ET.Element) -> None:
    suite.set("tests", str(len(list(suite.iter("testcase")))))
    for name, kind in _COUNTED.items():
        suite.set(name, str(len(list(suite.iter(kind)))))


def _words(text: str) -> str:
    return _ATTACHMENT.sub("[ ", logged(text, 10 * SHORT))
