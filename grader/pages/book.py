"""All pages of a class: each file is read once, for its own page and for comparing programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from grader.pages.classroom import class_page
from grader.pages.handed import Asked, Handed
from grader.pages.submission import submission_page
from grader.preflight import Outline, Reader


class Page(NamedTuple):
    """A page, and what its file is called."""

    name: str
    text: str


def one_page(handed: Handed, asked: Asked, class_: Iterable[Handed], reader: Reader) -> Page:
    """Return the page on one submission, with the curves of its class.

    Raises:
        ReaderError: The process that reads files was ended from outside.
    """
    facts, _ = reader.read_outlined(handed.source, handed.report.file)
    return Page(handed.file_name, submission_page(handed, asked, facts, _others(handed, class_)))


def class_pages(
    class_: Sequence[Handed], asked: Asked, reader: Reader, given: Iterable[tuple[str, bytes]] = ()
) -> Iterator[Page]:
    """Return the pages on all submissions to one exercise, that on the class last.

    Args:
        class_: Submissions, at most one of a student.
        asked: What the exercise asks for.
        reader: Reads their files.
        given: Names and contents of files that everybody was given.

    Raises:
        ReaderError: The process that reads files was ended from outside.
    """
    outlined: list[tuple[Handed, Outline]] = []
    for handed in class_:
        facts, outline = reader.read_outlined(handed.source, handed.report.file)
        outlined.append((handed, outline))
        text = submission_page(handed, asked, facts, _others(handed, class_))
        yield Page(handed.file_name, text)
    outlines = [reader.read_outlined(source, name)[1] for name, source in given]
    yield Page(asked.class_file_name, class_page(outlined, asked, outlines))


def _others(handed: Handed, class_: Iterable[Handed]) -> list[tuple[float, ...]]:
    """Return the curves of others; one that many share is one line."""
    curves = [
        each.accuracies
        for each in class_
        if each.accuracies and each.entry.student != handed.entry.student
    ]
    return list(dict.fromkeys(curves))
