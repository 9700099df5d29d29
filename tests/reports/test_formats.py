"""The registry and the page on formats agree."""

from __future__ import annotations

import re

import pytest

from grader.model.report import Verdict
from grader.reports import markdown
from grader.reports.formats import CLASS, INTO_THEIRS, REPORT
from tests.conftest import ROOT
from tests.reports.samples import report, says

ROWS = re.findall(
    r"^\| `([\w-]+)` \| ([^|]+) \| ([^|]+) \|", (ROOT / "docs/formats.md").read_text(), re.MULTILINE
)


def test_every_format_is_explained() -> None:
    """The table names each format once, and says whether it is of a report or of a class."""
    told = {name: of.partition(",")[0].strip() for name, of, _ in ROWS}
    registered = dict.fromkeys(REPORT, "a report") | dict.fromkeys(
        {**CLASS, **INTO_THEIRS}, "a class"
    )

    assert told == registered
    assert len(ROWS) == len(registered) == len(REPORT) + len(CLASS) + len(INTO_THEIRS)


def test_files_are_called_as_the_page_says() -> None:
    """A format makes the files that the table names."""
    files = {name: set(re.findall(r"`([\w.]+)`", cell)) for name, _, cell in ROWS}

    assert {name: set(write(report(Verdict.PASSED))) for name, write in REPORT.items()} == {
        name: files[name] for name in REPORT
    }
    assert {name: set(write([])) for name, write in CLASS.items()} == {
        name: files[name] for name in CLASS
    }


@pytest.mark.parametrize("address", ["http://evil.example", "www.evil.example"])
def test_an_address_is_no_link(address: str) -> None:
    """GitHub makes links of addresses that are markup for nobody else: these are broken up."""
    assert address not in markdown.report_text(says(address))
