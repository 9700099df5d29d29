"""A reader that takes only so much gets no more, whatever a submission says."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import msgspec
import pytest

from grader.model.report import Report, Verdict
from grader.reports.formats import CLASS, REPORT
from tests.reports.samples import says

MEGABYTE = says("\U0001f600<&\x1b|=" * 180_000)
MANY = msgspec.structs.replace(MEGABYTE, checks=MEGABYTE.checks * 60, notes=MEGABYTE.notes * 60)
AT_MOST = {"coursera": 64 * 1024, "gradescope": 1_000_000, "prairielearn": 1_000_000}


@pytest.mark.parametrize("name", AT_MOST)
@pytest.mark.parametrize("report", [MEGABYTE, MANY], ids=["long", "many"])
def test_a_report_is_cut_to_what_is_taken(name: str, report: Report) -> None:
    """The longest texts that fit are kept, and the score is there."""
    files = REPORT[name](report)

    assert all(len(text.encode()) <= AT_MOST[name] for text in files.values())
    assert all("score" in text.casefold() for file, text in files.items() if "json" in file)


def test_a_summary_is_cut_to_a_mebibyte() -> None:
    """GitHub loses a longer one; how many reports are left out is said."""
    (text,) = CLASS["github-summary"]([MEGABYTE] * 3_000).values()

    assert len(text.encode()) <= 1024 * 1024
    assert text.count(" more.\n") == 2
    assert text.startswith("# Reports\n\n3000 in all")


def test_a_class_of_megabytes_stays_readable() -> None:
    """Other files grow with the number of reports, and not with what is said in them."""
    reports = [MEGABYTE] * 30
    for name in ("csv", "junit", "markdown-class", "github"):
        (text,) = CLASS[name](reports).values()

        assert len(text.encode()) < 300_000 * len(reports)


def test_short_texts_are_whole() -> None:
    """Nothing is cut from what fits."""
    told = says("x" * 3_900, Verdict.FAILED)
    (text,) = REPORT["gradescope"](told).values()

    assert json.loads(text)["tests"][0]["output"] == "x" * 3_900 + "\n" + "x" * 3_900
    assert ET.fromstring("".join(CLASS["junit"]([told]).values())) is not None
