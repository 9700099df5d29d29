"""The command that writes pages to hand back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from grader.cli import options, render
from grader.cli.files import BadFileError, read_files
from grader.cli.look import named, opened
from grader.errors import ExerciseUnknownError, SettingsError
from grader.exercises import Catalogue
from grader.gradebook import Entry, Pick, Queries, Wanted
from grader.preflight import Reader
from grader.settings import read_settings

if TYPE_CHECKING:
    from grader.pages import Asked, Handed, Page

app = typer.Typer()


@app.command(
    epilog=options.examples(
        "grader feedback --all --out pages",
        "grader feedback 5b461aa1 --out pages",
        "grader feedback --all --exercise quiz --given template.py",
    )
)
def feedback(  # noqa: PLR0913 - what can be said of pages
    ids: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ID...",
            help="Submissions; the beginning of an id will do.",
            autocompletion=options.complete_id,
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="The folder to write to.", show_default=False)
    ] = Path("feedback"),
    exercise: options.ExerciseFilter = "",
    pick: options.PickOption = Pick.BEST,
    given: Annotated[
        list[Path] | None,
        typer.Option(
            help="A file that everybody was given, such as a template.", show_default=False
        ),
    ] = None,
    *,
    everybody: Annotated[
        bool, typer.Option("--all", help="Of every student, and a page on the class.")
    ] = False,
) -> None:
    """Write pages to hand back: one file a submission, and one for the class."""
    if everybody == bool(ids):
        raise SettingsError("name submissions by their ids, or say --all")
    if pick is Pick.ALL:
        raise SettingsError("--pick can be best or last: a student gets one page for an exercise")
    templates = [(path.name, source) for path, source in _read(given or [])]
    with opened() as (_, queries):
        wanted = [named(queries, each) for each in ids or ()]
        names = {entry.exercise for entry in wanted} or ({exercise} if exercise else None)
        class_ = _class(queries, names, pick)
        alone = _handed(queries, wanted)
    if not (alone if ids else class_):
        raise BadFileError("there is nothing to write a page of: no report is of this kind")
    out.mkdir(parents=True, exist_ok=True)
    written = 0
    for page in _pages(class_, alone, templates):
        (out / page.name).write_text(page.text, encoding="utf-8")
        written += 1
        name = page.name
    console = Console(highlight=False, soft_wrap=True)
    where = render.plain(str(out / name if written == 1 else out))
    console.print(f"{written} {'page' if written == 1 else 'pages'} in {where}", markup=False)


def _read(paths: list[Path]) -> list[tuple[Path, bytes]]:
    return list(zip(paths, read_files(paths), strict=True))


def _class(queries: Queries, exercises: set[str] | None, pick: Pick) -> list[Handed]:
    entries = queries.entries(Wanted(pick=pick))
    return _handed(
        queries, [each for each in entries if exercises is None or each.exercise in exercises]
    )


def _handed(queries: Queries, entries: Sequence[Entry]) -> list[Handed]:
    """Put submissions together with their files and reports; what has no report is left out."""
    from grader.pages import Handed  # noqa: PLC0415 - only graders have what draws pages

    ids = [entry.id for entry in entries]
    reports, sources = queries.reports(ids), queries.sources(ids)
    return [
        Handed(entry, sources[entry.id], reports[entry.id])
        for entry in entries
        if entry.id in reports
    ]


def _pages(
    class_: Sequence[Handed], alone: Sequence[Handed], given: list[tuple[str, bytes]]
) -> Iterator[Page]:
    from grader.pages import class_pages, one_page  # noqa: PLC0415

    catalogue, reader = Catalogue(read_settings().rubric), Reader()
    try:
        for name in sorted({each.entry.exercise for each in alone or class_}):
            asked = _asked(catalogue, name)
            others = [each for each in class_ if each.entry.exercise == name]
            if not alone:
                yield from class_pages(others, asked, reader, given)
            for handed in alone:
                if handed.entry.exercise == name:
                    yield one_page(handed, asked, others, reader)
    finally:
        reader.close()


def _asked(catalogue: Catalogue, name: str) -> Asked:
    from grader.pages import Asked  # noqa: PLC0415

    try:
        return Asked.of(catalogue[name])
    # Its reports are in the gradebook all the same.
    except ExerciseUnknownError:
        return Asked(name)
