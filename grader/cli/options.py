"""Options that several commands have, and what their words mean."""

from __future__ import annotations

import contextlib
import getpass
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import Annotated

import typer

from grader.database import Database
from grader.errors import SettingsError
from grader.exercises import Catalogue
from grader.gradebook import Entry, Gradebook, Pick, Queries, Wanted
from grader.model.report import Verdict
from grader.settings import read_settings

_LONGEST_NAME = 200
_MOST_COMPLETED = 50


def examples(*lines: str) -> str:
    """Return what stands below a command's help: a line each, as somebody would type it."""
    return "\n".join(("Examples:", *(f"$ {line}" for line in lines)))


def complete_exercise(incomplete: str) -> list[str]:
    """Return the names of exercises that begin so, for a shell that asks."""
    return _completed(lambda: list(Catalogue()), incomplete)


def complete_id(incomplete: str) -> list[tuple[str, str]]:
    """Return the newest submissions whose ids begin so, with whose they are."""

    def found() -> list[Entry]:
        database = Database(read_settings().database_url)
        try:
            Gradebook(database)
            return Queries(database).matching(incomplete, limit=_MOST_COMPLETED)
        finally:
            database.close()

    with contextlib.suppress(Exception):
        return [(each.id[:8], f"{each.student}, {each.exercise}") for each in found()]
    return []


def complete_from(names: Iterable[str]) -> Callable[[str], list[str]]:
    """Return what completes one of these names."""
    known = [*names]
    return lambda incomplete: _completed(lambda: known, incomplete)


def _completed(names: Callable[[], Iterable[str]], incomplete: str) -> list[str]:
    # A shell that asks can do nothing with what goes wrong.
    with contextlib.suppress(Exception):
        return [each for each in names() if each.startswith(incomplete)]
    return []


ExerciseOption = Annotated[
    str,
    typer.Option(
        "--exercise", "-e", help="Which exercise it answers.", autocompletion=complete_exercise
    ),
]
ExerciseFilter = Annotated[
    str,
    typer.Option(
        "--exercise",
        "-e",
        help="Only of this exercise.",
        show_default=False,
        autocompletion=complete_exercise,
    ),
]
StudentFilter = Annotated[
    str, typer.Option("--student", help="Only of this student.", show_default=False)
]
VerdictFilter = Annotated[
    Verdict | None, typer.Option("--verdict", help="Only with this verdict.", show_default=False)
]
Since = Annotated[
    str,
    typer.Option(
        "--since", help="Only from then on, such as 2026-11-30 or 2026-11-30T18:00.", metavar="TIME"
    ),
]
Until = Annotated[
    str, typer.Option("--until", help="Only until then; a day is meant whole.", metavar="TIME")
]
PickOption = Annotated[
    Pick, typer.Option("--pick", help="Which of a student's submissions to an exercise count.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, a document a line.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print a table in CSV.")]


def student_name(text: str) -> str:
    """Return a student's name as it is kept.

    Raises:
        SettingsError: It is none.
    """
    return one_line("--student", text)


def one_line(option: str, text: str, longest: int = _LONGEST_NAME) -> str:
    """Return what somebody typed as it is kept: no blanks around it, one form for each letter.

    Raises:
        SettingsError: It is empty, is too long, or holds what is no character to be seen.
    """
    kept = unicodedata.normalize("NFC", text).strip()
    if not kept:
        raise SettingsError(f"{option} is empty")
    if len(kept) > longest:
        raise SettingsError(
            f"{option} has {len(kept)} characters, but should have {longest} at most"
        )
    if not kept.isprintable():
        raise SettingsError(f"{option} holds a character that cannot be shown")
    return kept


def user() -> str:
    """Return the name of whoever runs this command."""
    try:
        return getpass.getuser()
    # A user id without an entry in the password file, as in many containers.
    except (KeyError, OSError):
        return "unknown"


def wanted(  # noqa: PLR0913 - as many as there are filters
    *,
    exercise: str,
    student: str,
    verdict: Verdict | None,
    since: str,
    until: str,
    pick: Pick,
) -> Wanted:
    """Return what is asked for with filters.

    Raises:
        SettingsError: One of them means nothing.
    """
    return Wanted(
        exercise=exercise or None,
        student=student_name(student) if student else None,
        verdict=verdict,
        since_s=_seconds("--since", since),
        until_s=_seconds("--until", until, is_end=True),
        pick=pick,
    )


def _seconds(option: str, text: str, *, is_end: bool = False) -> float | None:
    """Return a time as seconds since 1970; without a zone it is this machine's."""
    if not text:
        return None
    try:
        try:
            day = date.fromisoformat(text) + timedelta(days=is_end)
            moment = datetime.combine(day, time())
        except ValueError:
            moment = datetime.fromisoformat(text)
        return moment.timestamp()
    except (ValueError, OverflowError, OSError) as error:
        raise SettingsError(
            f"{option} is '{text}', but should be a time, such as 2026-11-30 or"
            " 2026-11-30T18:00+01:00"
        ) from error


def require_one(*, as_json: bool, as_csv: bool) -> None:
    """See that output is asked for in one form.

    Raises:
        SettingsError: It is asked for in two.
    """
    if as_json and as_csv:
        raise SettingsError("--json and --csv are two forms of one output: name one of them")
