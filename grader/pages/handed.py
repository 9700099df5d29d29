"""What pages are made of: submissions with their files and reports, and what was asked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.exercises import Exercise
from grader.gradebook import Entry
from grader.model.report import Report
from grader.model.rubric import NO_TARGET

_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
_LONGEST_NAME = 40


@dataclass(frozen=True)
class Handed:
    """A submission as it stands in the gradebook: its row, its file and the report that counts."""

    entry: Entry
    source: bytes
    report: Report

    @property
    def file_name(self) -> str:
        """Name the page: letters that every file system has, and the id, so that none is twice."""
        return f"{_plain(self.entry.student)}-{_plain(self.entry.id)}.html"

    @property
    def accuracies(self) -> tuple[float, ...]:
        """Return the accuracy after each epoch."""
        return tuple(epoch.accuracy for epoch in self.report.training.epochs)


@dataclass(frozen=True)
class Asked:
    """What an exercise asks for, as far as pages tell it.

    `checks` says in a sentence what each looks for; `target` is a training's, from 0 to 1.
    """

    name: str
    title: str = ""
    checks: Mapping[str, str] = field(default_factory=dict)
    target: float | None = None

    @classmethod
    def of(cls, exercise: Exercise) -> Asked:
        """Take it from an exercise."""
        rubric = exercise.rubric
        return cls(
            name=rubric.exercise,
            title=rubric.title,
            checks={check.id: exercise.asks(check) for check in rubric.checks},
            target=None if rubric.target is NO_TARGET else rubric.target.accuracy,
        )

    @property
    def class_file_name(self) -> str:
        """Name the class's page."""
        return f"class-{_plain(self.name)}.html"


def _plain(text: str) -> str:
    ascii_ = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _NOT_IN_NAMES.sub("-", ascii_.lower())[:_LONGEST_NAME].strip("-") or "nobody"
