"""What every command that has something graded needs: a gradebook, and somebody who grades."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from grader.database import Database
from grader.errors import SettingsError
from grader.exercises import Catalogue
from grader.gradebook import Gradebook, Queries
from grader.service import Service, service
from grader.settings import Settings


class Serving(NamedTuple):
    """An open gradebook, what reads lists from it, and the service that grades."""

    gradebook: Gradebook
    queries: Queries
    service: Service


@contextmanager
def serving(
    settings: Settings, console: Console, submissions: int, exercise: str | None
) -> Iterator[Serving]:
    """Open the gradebook, and the service for submissions to one exercise, or, with None, to any.

    Raises:
        SettingsError: There is no such exercise, or it cannot be used.
        ServiceError: Something that is needed is missing.
    """
    runs_them = True
    if settings.broker_url is None:
        runs_them = _check_set_up(settings, console, exercise)
    elif exercise is not None and exercise not in Catalogue():
        raise SettingsError(f"there is no exercise '{exercise}'; `grader exercises` lists them")
    database = Database(settings.database_url)
    gradebook = Gradebook(database)
    try:
        with service(settings, submissions, exercise, runs_them=runs_them) as found:
            yield Serving(gradebook, Queries(database), found)
    finally:
        gradebook.close()


def _check_set_up(settings: Settings, console: Console, exercise: str | None) -> bool:
    """Read the exercises, and find the data set, with its progress, before a worker is started.

    Returns whether submissions are run at all.
    """
    from grader.wiring import dataset_for, open_catalogue  # noqa: PLC0415 - only graders have NumPy

    exercises = open_catalogue(settings, exercise)

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        shown: dict[str, object] = {}

        def progress(step: str, done: int, total: int) -> None:
            if step not in shown:
                shown[step] = bars.add_task(step, total=total)
            bars.update(shown[step], completed=done, total=total)  # type: ignore[arg-type]

        dataset = dataset_for(settings, exercises, progress)
    about_mnist = any(each.rubric.data == "mnist" for each in exercises.values())
    if dataset is not None and about_mnist and dataset.name != "mnist":
        console.print("This trains on synthetic digits, NOT on MNIST: a trial, not a grade.")
    return dataset is not None
