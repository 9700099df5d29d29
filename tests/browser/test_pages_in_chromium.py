"""A page is seen by everybody, on whatever they have, and says nothing to anybody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser

from grader.model.source import SourceFacts
from grader.pages import Handed, class_pages
from grader.pages.submission import submission_page
from grader.preflight import Reader
from tests.browser.chromium import (
    DARK,
    LOOKS,
    PHONE,
    PRINT,
    PROGRAM,
    WIDE,
    Look,
    Seen,
    background,
    look,
    printed,
    started,
)
from tests.conftest import require
from tests.pages.sample import ASKED, class_, picture
from tests.pages.test_hostile_words import ATTACKS, pages

NOTHING = Seen()
# A passed one, one with marked lines and curves of others, one that is for a human, the class.
_PAGES = ("ada-lovelace", "grace-hopper", "barbara-liskov", "sophie-wilson", "class-mnist-conv")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a browser for all tests."""
    require(PROGRAM)
    with started() as browser:
        yield browser


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the pages of a class, and one with pictures."""
    folder = tmp_path_factory.mktemp("pages")
    reader = Reader()
    for page in class_pages(class_(), ASKED, reader):
        (folder / page.name).write_text(page.text, encoding="utf-8")
    reader.close()
    first = class_()[0]
    report = msgspec.structs.replace(first.report, pictures=(picture(),))
    shown = submission_page(Handed(first.entry, b"", report), ASKED, SourceFacts())
    (folder / "pictures.html").write_text(shown, encoding="utf-8")
    return folder


def page(folder: Path, name: str) -> Path:
    """Return the page whose name begins so."""
    [found] = folder.glob(f"{name}*.html")
    return found


@pytest.mark.parametrize("how", LOOKS, ids=lambda how: how.name)
@pytest.mark.parametrize("name", [*_PAGES, "pictures"])
def test_a_page_is_for_everybody(browser: Browser, folder: Path, name: str, how: Look) -> None:
    """No message, no request, no violation of axe's rules, nothing that cannot be read."""
    assert look(browser, page(folder, name), how) == NOTHING


@pytest.mark.parametrize("text", ATTACKS, ids=range(len(ATTACKS)))
def test_what_a_student_wrote_does_nothing(browser: Browser, tmp_path: Path, text: str) -> None:
    """The browser has nothing to forbid, and the page stays as wide as the screen."""
    for number, content in enumerate(pages(text)):
        path = tmp_path / f"{number}.html"
        path.write_text(content, encoding="utf-8")
        seen = look(browser, path, PHONE)

        assert seen.console == seen.requests == seen.unreadable == ()


def test_the_dark_is_dark_and_paper_is_white(browser: Browser, folder: Path) -> None:
    """Whoever prints from a dark screen saves ink."""
    path = page(folder, "grace-hopper")

    assert min(background(browser, path, WIDE)) > 240
    assert max(background(browser, path, DARK)) < 40
    assert background(browser, path, PRINT) == (255, 255, 255)


def test_a_page_is_printed(browser: Browser, folder: Path) -> None:
    """On some sheets, each with something on it."""
    pdf = printed(browser, page(folder, "grace-hopper"))

    assert pdf.startswith(b"%PDF")
    assert 2 <= pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") <= 6


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ("<script>console.log(1)</script>", "console"),
        ("<img src='http://127.0.0.1:9/x.png' alt='x'>", "requests"),
        ("<img src='data:image/png;base64,AAAA'>", "violations"),
        ("<p style='color:#999'>faint</p>", "violations"),
        ("<p style='font-size:6px'>small</p>", "unreadable"),
        ("<p style='width:900px'>wide</p>", "unreadable"),
        ("<svg width='99' height='9'><text y='9' fill='#ddd'>faint</text></svg>", "unreadable"),
    ],
)
def test_what_is_wrong_is_seen(browser: Browser, tmp_path: Path, body: str, part: str) -> None:
    """A test that finds nothing can find something."""
    path = tmp_path / "wrong.html"
    path.write_text(
        "<!DOCTYPE html><html lang='en'><title>x</title><meta name='viewport'"
        " content='width=device-width'><body style='background:#fff'><main><h1>x</h1>"
        f"{body}</main></body></html>"
    )

    assert getattr(look(browser, path, PHONE), part)
