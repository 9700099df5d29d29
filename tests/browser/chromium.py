"""Looks at a page in headless Chromium, as those who get it would: wide, on a phone, dark, printed.

Nothing is downloaded: the browser is the machine's own, and axe-core comes with a package.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

# Debian's; on Ubuntu that is a snap, which sees no temporary files, so there it is Google's.
_PROGRAMS = ("chromium", "google-chrome")
PROGRAM = next((each for each in _PROGRAMS if shutil.which(each)), _PROGRAMS[0])


class Look(NamedTuple):
    """How somebody looks at a page; a width in pixels of CSS."""

    name: str
    width: int
    scheme: Literal["light", "dark"] = "light"
    media: Literal["screen", "print"] = "screen"


WIDE = Look("wide", 1000)
DARK = Look("dark", 1000, "dark")
PHONE = Look("phone", 360)
DARK_PHONE = Look("dark phone", 360, "dark")
# As wide as what printers print on of a sheet of A4; who prints may well read in the dark.
PRINT = Look("print", 680, "dark", "print")
LOOKS = (WIDE, DARK, PHONE, DARK_PHONE, PRINT)

# The smallest letters that anybody is asked to read, in pixels; and the contrast that WCAG asks of
# them. Axe leaves open how text in a drawing stands out, because it might lie on anything.
_LEAST_TEXT_PX = 10.5
_LEAST_CONTRAST = 4.5
_MEASURE = """([leastText, leastContrast]) => {
  const found = [];
  const shine = (colour) => {
    const parts = colour.match(/[0-9.]+/g).slice(0, 3).map((part) => part / 255)
      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const paper = shine(getComputedStyle(document.body).backgroundColor);
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.textContent.trim(), element = walk.currentNode.parentElement;
    const box = element.getBoundingClientRect();
    if (!text || !box.width || !element.checkVisibility() || element.closest(".unseen, .skip"))
      continue;
    const drawing = element.closest("svg");
    const scale = drawing ? drawing.getScreenCTM().a : 1;
    const size = parseFloat(getComputedStyle(element).fontSize) * scale;
    if (size < leastText) found.push(`${size.toFixed(1)} px: ${text.slice(0, 40)}`);
    if (box.right > innerWidth + 1 || box.left < -1)
      found.push(`off the page: ${text.slice(0, 40)}`);
    if (!drawing) continue;
    const ink = shine(getComputedStyle(element).fill);
    const contrast = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    if (contrast < leastContrast) found.push(`contrast ${contrast.toFixed(1)}: ${text}`);
  }
  if (document.documentElement.scrollWidth > innerWidth) found.push("wider than the screen");
  for (const image of document.images)
    if (!image.complete || !image.naturalWidth) found.push(`no picture: ${image.alt}`);
  return found;
}"""


class Seen(NamedTuple):
    """What is wrong with a page: nothing, if all are empty.

    Attributes:
        console: What the browser had to say: of errors, and of what the page's policy forbids.
        requests: What the page asked for beside itself.
        violations: What hinders who cannot see it, or uses no mouse.
        unreadable: Text that is too small, too faint or off the page, and pictures that are none.
    """

    console: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()
    violations: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()


@contextmanager
def started() -> Iterator[Browser]:
    """Start Chromium for as long as the context lasts."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which(PROGRAM))
        try:
            yield browser
        finally:
            browser.close()


def look(browser: Browser, path: Path, how: Look) -> Seen:
    """Open a page, and say what is wrong with it."""
    console: list[str] = []
    requests: list[str] = []
    with _opened(browser, how) as (context, page):
        page.on("console", lambda message: console.append(message.text))
        page.on("pageerror", lambda error: console.append(str(error)))
        context.on("request", lambda request: requests.append(request.url))
        page.goto(path.as_uri())
        unreadable = page.evaluate(_MEASURE, [_LEAST_TEXT_PX, _LEAST_CONTRAST])
        # What a page loads only when it is read to its end is asked for by now.
        page.keyboard.press("End")
        said = tuple(console)
        violations = Axe().run(page).response["violations"] if how.media == "screen" else ()
    own = [path.as_uri()]
    return Seen(
        said,
        tuple(url for url in requests if url not in own and not url.startswith("data:")),
        tuple(f"{each['id']}: {node['html']}" for each in violations for node in each["nodes"]),
        tuple(unreadable),
    )


def background(browser: Browser, path: Path, how: Look) -> tuple[int, ...]:
    """Return the colour of a page's paper."""
    with _opened(browser, how) as (_, page):
        page.goto(path.as_uri())
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return tuple(int(part) for part in colour.strip("rgb()").split(","))


def printed(browser: Browser, path: Path) -> bytes:
    """Return a page as PDF."""
    with _opened(browser, WIDE) as (_, page):
        page.goto(path.as_uri())
        return page.pdf(format="A4")


def photograph(browser: Browser, path: Path, how: Look, *, height: int | None = None) -> bytes:
    """Return a picture of a page, or of so much of its beginning."""
    with _opened(browser, how, height or 1000) as (_, page):
        page.goto(path.as_uri())
        return page.screenshot(full_page=height is None)


@contextmanager
def _opened(
    browser: Browser, how: Look, height: int = 1000
) -> Iterator[tuple[BrowserContext, Page]]:
    context = browser.new_context(
        viewport={"width": how.width, "height": height}, color_scheme=how.scheme, offline=True
    )
    try:
        page = context.new_page()
        page.emulate_media(media=how.media)
        yield context, page
    finally:
        context.close()
