"""The command for continuous integration: are reference solutions graded as is expected?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from grader import desk
from grader.cli import batch, exits, options, render
from grader.cli.files import BadFileError
from grader.cli.serving import serving
from grader.errors import SettingsError
from grader.exercises import Catalogue
from grader.model.report import Verdict
from grader.reports.expectation import Compared, commands, suites
from grader.settings import read_settings

app = typer.Typer()


@app.command(
    name="check-reference",
    epilog=options.examples(
        "grader check-reference solutions/",
        "grader check-reference solutions/ --junit junit.xml --github",
        "grader check-reference solutions/ --update",
    ),
)
def check_reference(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="Where the solutions are.", show_default=False)
    ] = Path(),
    exercise: Annotated[
        str,
        typer.Option(
            "--exercise", "-e", help="The exercise, where nothing tells.", show_default=False
        ),
    ] = "",
    junit: Annotated[
        Path | None, typer.Option(help="Also write JUnit XML to this file.", show_default=False)
    ] = None,
    *,
    github: Annotated[
        bool, typer.Option("--github", help="Also print annotations for GitHub Actions.")
    ] = False,
    update: Annotated[
        bool, typer.Option("--update", help="Write what came out as what is expected.")
    ] = False,
) -> None:
    """Grade solutions against their `expected.toml`, and print what differs."""
    settings = read_settings()
    if not folder.is_dir():
        raise BadFileError(f"{folder} is no folder")
    catalogue = Catalogue(settings.rubric)
    if exercise and exercise not in catalogue:
        raise SettingsError(f"there is no exercise '{exercise}'; `grader exercises` lists them")
    references = desk.find_references(folder, catalogue, exercise)
    if not references:
        raise BadFileError(f"{folder} holds no {desk.EXPECTED}, so nothing is expected")
    console = Console(highlight=False)
    exercises = {each.exercise for each in references}
    only = exercises.pop() if len(exercises) == 1 else None
    with serving(settings, console, len(references), only) as (gradebook, queries, service):
        handed_in = desk.hand_in_references(gradebook, service, references)
        ids = [each.id for each in handed_in]
        with desk.withdrawn_if_interrupted(gradebook, service, handed_in):
            standings = desk.follow_class(gradebook, queries, service, ids)
            seen = list(batch.watched(console, standings, len(ids)))
        reports = queries.reports(seen)
    compared = [
        desk.compare(reference, reports[submission_id])
        for reference, submission_id in zip(references, ids, strict=True)
    ]
    _print(console, compared)
    if junit is not None:
        junit.write_text(suites(compared), encoding="utf-8")
    if github:
        typer.echo(commands(compared), nl=False)
    if update:
        written = [
            desk.update_expectation(reference, each.report)
            for reference, each in zip(references, compared, strict=True)
            if each.differences
        ]
        console.print(f"{sum(written)} written")
    raise exits.Ended(_code(compared, is_updated=update))


def _print(console: Console, compared: Sequence[Compared]) -> None:
    differing = [each for each in compared if each.differences]
    for each in differing:
        console.print()
        console.print(Text(render.plain(each.name), "bold"))
        for difference in each.differences:
            console.print(Text(f"  {render.plain(difference)}"))
    verdicts = Counter(each.report.verdict for each in compared)
    words = [
        f"{verdicts[each]} {render.VERDICTS[each][0].lower()}" for each in Verdict if verdicts[each]
    ]
    console.print()
    count = len(differing)
    console.print(
        f"{len(compared)} graded ({', '.join(words)}), {count or 'none'}"
        f" {'differ' if count > 1 else 'differs'}"
    )


def _code(compared: Sequence[Compared], *, is_updated: bool) -> int:
    if any(each.report.verdict is Verdict.ERROR and each.differences for each in compared):
        return exits.NOT_GRADED
    differs = any(each.differences for each in compared)
    return exits.NOT_PASSED if differs and not is_updated else exits.PASSED
