"""What an exercise's driver has at hand beside the submission that it drives.

A driver is a program of the exercise's own. It is run before the submission is loaded, so that it
can put in place what the exercise comes with; then its `drive(submission)` is called with the
module that the submission has become, and returns the history of the fit that counts. Nothing that
it does is evidence: the box belongs to the submission.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any, NoReturn

from grader.harness.compat import modules
from grader.harness.values import described


class NotAsAskedError(Exception):
    """Raised where a driver can go no further with what a submission has given it."""


def returned_instead(name: str, value: Any) -> NoReturn:
    """Say that a function, or a class that is called, gives something else than is asked."""
    raise NotAsAskedError(f"{name} returned {described(value)}")


def put_aside(name: str) -> None:
    """Let submissions import a module that belongs to their course and does nothing here."""
    modules.stand_in(name, _Idle(name))


class _Idle(ModuleType):
    """A module with every function that is asked of it, none of which does anything."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_args, **_options: None
