"""A page holds what students wrote, and obeys none of it; and it stays small."""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser

import msgspec
import pytest

from grader.model.anatomy import Anatomy, Layer
from grader.model.report import EpochResult, Training
from grader.model.source import SourceFacts
from grader.pages import Asked, Handed, class_pages, one_page
from grader.pages.classroom import class_page
from grader.pages.submission import submission_page
from grader.preflight import Reader
from tests.pages.sample import ASKED, class_, picture
from tests.reports.samples import HOSTILE

# Nothing in a page may load, run, leave it or frame it; `use` and `style` attributes neither.
_FORBIDDEN_TAGS = {"script", "iframe", "object", "embed", "link", "base", "form", "use", "image"}
ATTACKS = (
    HOSTILE,
    "</code></li></ol><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><style>*{display:none}</style><!--",
    "{{ 7 * 7 }}{% include '/etc/passwd' %}",
    "&lt;script&gt; &#0; \ud7ff \u202e\u2067\u200f abc \x00\x1b[2J",
)


class _Seen(HTMLParser):
    """What a browser would see of a page: its tags with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def attacking(text: str) -> Handed:
    """Return a submission that says a text wherever one may stand."""
    handed = class_()[5]
    report = handed.report
    checks = tuple(
        msgspec.structs.replace(check, message=text, help=text) for check in report.checks
    )
    layers = (Layer(class_name=text, name=text, settings=text),)
    report = msgspec.structs.replace(
        report,
        student=text,
        file=text,
        checks=checks,
        notes=(text,),
        anatomy=Anatomy(layers=layers, maps=report.anatomy.maps),
        pictures=(msgspec.structs.replace(picture(), title=text),),
    )
    entry = msgspec.structs.replace(handed.entry, student=text, file=text)
    return Handed(entry, text.encode(errors="replace"), report)


def pages(text: str) -> list[str]:
    """Return both pages on a submission that says a text everywhere."""
    handed, asked = attacking(text), Asked(name=text, title=text, checks={"data": text})
    facts = SourceFacts(text=text)
    return [submission_page(handed, asked, facts), class_page([(handed, ())], asked)]


@pytest.mark.parametrize("text", ATTACKS)
def test_no_page_does_what_a_student_wrote(text: str) -> None:
    """Tags of ours only, no address but anchors, pages beside and pictures in the page itself."""
    for page in pages(text):
        seen = _Seen(page)
        names = {tag for tag, _ in seen.tags}
        addresses = [
            value or ""
            for _, attributes in seen.tags
            for name, value in attributes.items()
            if name in ("href", "src", "srcset", "action", "data", "xlink:href", "poster")
        ]

        assert not names & _FORBIDDEN_TAGS
        assert sum(tag == "style" for tag, _ in seen.tags) == 1
        assert not any(
            name.startswith("on") or name in ("style", "srcdoc")
            for _, attributes in seen.tags
            for name in attributes
        )
        assert all(re.match(r"#|data:image/png;base64,|[a-z0-9-]+\.html$", at) for at in addresses)
        assert not set(page) & set("\u202e\u2066\u2067\u200f\x00\x1b\x9b\x07")


def test_a_page_says_what_a_student_wrote() -> None:
    """Escaped is not lost."""
    text = "if a < b and c > d & e: print('</code> {{ 7 * 7 }}')"
    seen = _Seen(pages(text)[0])

    assert text in seen.text


def test_a_page_forbids_what_it_does_not_do() -> None:
    """The policy names the one style by its digest; nothing else may load, and nothing may run."""
    for page in pages("x"):
        policy = next(
            attributes["content"] or ""
            for tag, attributes in _Seen(page).tags
            if attributes.get("http-equiv") == "Content-Security-Policy"
        )

        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "unsafe" not in policy
        assert "script" not in policy
        assert page.index("Content-Security-Policy") < page.index("<style>")


def test_names_of_files_are_plain() -> None:
    """Whatever a student is called, the page lies in its folder, and no two are one."""
    entry = class_()[0].entry
    for name in ("../../etc/passwd", "Zoë O'Brien", "\u202e", "CON", "a" * 500, "", "北京"):
        handed = Handed(msgspec.structs.replace(entry, student=name), b"", class_()[0].report)

        assert re.fullmatch(r"[a-z0-9-]{1,41}-[a-z0-9]{16}\.html", handed.file_name)


def test_a_page_stays_small() -> None:
    """A file of the largest size, in one line or in very many, and many epochs and checks."""
    handed = class_()[5]
    epochs = tuple(EpochResult(0.9, None) for _ in range(100))
    report = msgspec.structs.replace(handed.report, training=Training(epochs=epochs))
    handed = Handed(handed.entry, b"", report)
    others = [(0.9,) * 100] * 1000
    for text in ("x" * 262_144, "x\n" * 131_072, "\u202e" * 100_000):
        page = submission_page(handed, ASKED, SourceFacts(text=text), others)

        assert len(page.encode()) < 1_500_000


def test_sixty_pages_are_written_in_no_time() -> None:
    """Half a minute is allowed; programs are read within limits and compared, too."""
    one = class_()
    class_of_60 = [
        Handed(
            msgspec.structs.replace(each.entry, student=f"{each.entry.student} {n}", id=f"{n}{k}"),
            each.source,
            each.report,
        )
        for n in range(5)
        for k, each in enumerate(one[:12])
    ]
    reader, began_s = Reader(), time.monotonic()
    written = list(class_pages(class_of_60, ASKED, reader))
    took_s = time.monotonic() - began_s
    reader.close()

    assert len({page.name for page in written}) == 61
    assert took_s < 30


def test_a_file_that_is_no_text_has_a_page() -> None:
    """What cannot be read is a finding, and there is nothing to list."""
    reader = Reader()
    for source in (b"\x89PNG\r\n\x1a\n" + bytes(100), b"", b"\xff\xfea\0", b"x = ("):
        handed = Handed(class_()[9].entry, source, class_()[9].report)
        page = one_page(handed, ASKED, class_(), reader)

        assert "Not passed" in page.text
    reader.close()
