"""Words of a submission stay words: no reader of any format obeys them."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from grader.model.report import Report, Verdict
from grader.reports import canvas, junit, markdown, moodle
from grader.reports.characters import visible
from grader.reports.document import document
from grader.reports.formats import CLASS, REPORT, Files
from grader.reports.github import commands
from grader.reports.page import comment, page
from grader.reports.table import table
from tests.reports.samples import ATTACKING, EXPORTS, HOSTILE, KEYS, says

# Half of them is what attacks are made of.
TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.text(
    st.sampled_from("=+-@;,\t\r\n\"'`|<>&:#[]()*_!\\~/x1 \x1b\x00\u202e\u2028")
)
ALL = {**REPORT, **CLASS}
FORMULA = re.compile(r"(^|;)\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
COMMAND = re.compile(r"^\s*::|##\w*\[")


def _written(name: str, told: Report) -> Files:
    return REPORT[name](told) if name in REPORT else CLASS[name]([told])


def _obeyed(text: str) -> list[str]:
    """Return the lines that are commands, but for our own annotations."""
    ours = re.compile(r"^::(error|warning) file=")
    return [line for line in text.split("\n") if COMMAND.search(ours.sub("", line))]


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("verdict", Verdict)
def test_no_file_holds_what_a_terminal_or_a_log_obeys(name: str, verdict: Verdict) -> None:
    """Whichever file is printed, no line is a command, and no character is hidden."""
    for text in _written(name, says(HOSTILE, verdict)).values():
        assert not _obeyed(text)
        assert re.sub(r"[\n\t]", "", text).isprintable()


@settings(deadline=None)
@given(text=TEXTS)
def test_visible_text_is_text_of_xml_too(text: str) -> None:
    """No character is left that XML 1.0 forbids, or that turns the direction of a line."""
    shown = visible(text)
    forbidden = re.compile("[^\t\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

    assert not forbidden.search(shown)
    assert not re.search("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", shown)


@settings(deadline=None)
@given(text=TEXTS)
def test_no_cell_is_a_formula(text: str) -> None:
    """Words are no formula, wherever a spreadsheet parts the cells; numbers are untouched."""
    written = table([says(text)])
    rows = list(csv.reader(io.StringIO(written)))
    by_semicolon = re.findall(r'(?:^|[;\n])"?\s*[=+\-@]', written)

    assert len(rows) == 2
    assert not [cell for row in rows for cell in row if FORMULA.search(cell)]
    assert not by_semicolon


def test_pandas_reads_the_table() -> None:
    """Its columns of numbers are numbers; where there is no grade, there is none."""
    frame = pd.read_csv(io.StringIO(table(ATTACKING)))

    assert list(frame["verdict"]) == [str(verdict) for verdict in Verdict]
    assert list(frame["score"].isna()) == [False, False, True, True]
    assert frame["points_layers"].dtype == float
    assert frame["score"].iloc[0] == 35


@settings(deadline=None)
@given(text=TEXTS)
def test_junit_is_xml_whatever_is_said(text: str) -> None:
    """It parses, and its counts are those of its cases."""
    root = ET.fromstring(junit.suites([says(text), says(text, Verdict.ERROR)]))
    counted = {kind: len([*root.iter(kind)]) for kind in ("testcase", "failure", "error")}

    assert counted == {"testcase": 7, "failure": 1, "error": 1}
    assert root.attrib["tests"] == "7"
    assert not any("[[ATTACHMENT" in (each.text or "") for each in root.iter())


@settings(deadline=None)
@given(text=TEXTS)
def test_annotations_are_lines_of_ours(text: str) -> None:
    """Every line is one command, with the properties that we gave it."""
    for line in commands([says(text), says(text, Verdict.NEEDS_REVIEW)]).splitlines():
        found = re.fullmatch(r"::(?:error|warning) ([^:]*)::(.*)", line)
        assert found is not None
        keys = [each.partition("=")[0] for each in found[1].split(",") if each]
        assert set(keys) <= {"file", "line", "title"}
        assert not COMMAND.search(found[2])


@pytest.mark.parametrize("count", [9, 10, 11, 60])
def test_no_annotation_is_dropped_in_silence(count: int) -> None:
    """There are never more than GitHub shows, and the last one counts those left out."""
    lines = commands([says("x")] * count).splitlines()

    assert len(lines) == min(count, 10)
    assert ("more like these" in lines[-1]) == (count > 10)
    if count > 10:
        assert f"{count - 9} more" in lines[-1]


class _Tags(HTMLParser):
    """Collects what is markup in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [name for name, _ in attrs]


_PAGE = {"html", "head", "meta", "title", "body", "h1", "p", "strong", "ul", "li", "br"}


@settings(deadline=None)
@given(text=TEXTS)
def test_html_has_no_markup_but_ours(text: str) -> None:
    """Whatever is said, a page has our tags, no links, and attributes of the head alone."""
    found = _Tags(page(says(text)))

    assert found.tags <= _PAGE
    assert set(found.attributes) <= {"lang", "charset"}
    assert "\n" not in comment(says(text))


_GITHUB = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_ALLOWED = {"h1", "h2", "p", "strong", "em", "ul", "li", "br", "blockquote", "code"}
_TABLE = {"table", "thead", "tbody", "tr", "th", "td"}


@settings(deadline=None)
@given(text=TEXTS)
def test_markdown_has_no_markup_but_ours(text: str) -> None:
    """No link, no picture, no HTML; and as many headings, items and rows as for a plain word."""
    for write in (
        markdown.report_text,
        lambda told: markdown.class_text([told, says("x", Verdict.ERROR)]),
    ):
        found, plain = (
            _Tags(_GITHUB.render(write(says(text)))),
            _Tags(_GITHUB.render(write(says("x")))),
        )
        assert found.tags <= _ALLOWED | _TABLE
        assert set(found.attributes) <= {"style"}
        assert _shape(write(says(text))) == _shape(write(says("x"))), plain.tags


def _shape(text: str) -> list[str]:
    """Return the blocks of a text in their order, without what they say."""
    return [token.type for token in _GITHUB.parse(text) if token.type != "inline"]


@settings(deadline=None)
@given(text=TEXTS)
def test_documents_are_ascii(text: str) -> None:
    """JSON is read as it was meant, and printing it does nothing."""
    told = says(text)
    texts = [document(told), *REPORT["gradescope"](told).values()]
    texts += REPORT["prairielearn"](told).values()

    assert all(each.isascii() and not COMMAND.search(each) for each in texts)
    assert all(json.loads(each) for each in texts)


def test_cells_of_platforms_hold_no_formula() -> None:
    """What we put into a platform's table is a number, or begins with a tag."""
    told = says(HOSTILE)
    gradebook = canvas.fill([told], (EXPORTS / "canvas.csv").read_bytes(), KEYS, "4321")
    sheet = moodle.worksheet([told], (EXPORTS / "moodle.csv").read_bytes(), KEYS)
    texts = [gradebook.content.decode(), sheet.content.decode("utf-8-sig")]
    cells = [cell for text in texts for row in csv.reader(io.StringIO(text)) for cell in row]

    assert not [cell for cell in cells if re.match(r"[=+@\t\r]|-.", cell)]
