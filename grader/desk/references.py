"""Reference solutions: found by what is expected of them, graded, and compared."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from grader.desk.hand_in import Work, hand_in
from grader.documents import converted, read_document, unusable
from grader.gradebook import Gradebook
from grader.layouts import RefusedError, read_whole
from grader.model.report import Report, Verdict
from grader.model.submission import Queue, Submission, max_file_bytes
from grader.reports.expectation import Compared, Expected, differences, renewed, toml
from grader.service import Service

FILE = "expected.toml"
# Whose work it is, in a gradebook that is there for students.
_STUDENT = "reference"


@dataclass(frozen=True)
class Reference:
    """A solution with what is expected of it.

    Attributes:
        name: Its folder, as seen from where all of them are.
        path: The solution.
        source: What is in it.
        exercise: The exercise that it answers.
        expected: What should come of it.
    """

    name: str
    path: Path
    source: bytes
    exercise: str
    expected: Expected


def find_references(
    folder: Path, exercises: Collection[str], exercise: str = ""
) -> list[Reference]:
    """Find every folder with an `expected.toml` and one other file.

    Args:
        folder: Where to look, with all that is in it.
        exercises: The names that there are; a folder of such a name says what is answered in it.
        exercise: The one that is answered where neither file nor folders tell.

    Raises:
        SettingsError: One of them cannot be used.
    """
    found = sorted(path for path in folder.rglob(FILE) if path.is_file())
    return [_read(path, folder, exercises, exercise) for path in found]


def hand_in_references(
    gradebook: Gradebook, service: Service, references: Sequence[Reference]
) -> list[Submission]:
    """Hand in references, in their order; students come first.

    Raises:
        ServiceError: The gradebook or the queue cannot be reached.
    """
    handed_in = []
    for exercise, group in groupby(references, lambda each: each.exercise):
        works = [Work(_STUDENT, each.path.name, each.source) for each in group]
        handed_in += hand_in(gradebook, service, works, exercise=exercise, queue=Queue.CI)
    return handed_in


def compare(reference: Reference, report: Report) -> Compared:
    """Compare a report with what is expected."""
    differs = differences(reference.expected, report)
    if report.verdict is Verdict.ERROR and not differs:
        differs = ("it was not graded: the grader failed",)
    return Compared(reference.name, str(reference.path), report, differs)


def update(reference: Reference, report: Report) -> bool:
    """Write what came of a reference as what is expected; never a fault of ours."""
    if report.verdict is Verdict.ERROR:
        return False
    path = reference.path.parent / FILE
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    comments = "".join(line for line in lines if line.startswith("#"))
    path.write_text(comments + toml(renewed(reference.expected, report)), encoding="utf-8")
    return True


def _read(path: Path, folder: Path, exercises: Collection[str], exercise: str) -> Reference:
    expected = converted(read_document(path), Expected, path)
    others = [each for each in path.parent.iterdir() if each.is_file() and each.name != FILE]
    visible = [each for each in others if not each.name.startswith(".")]
    if len(visible) != 1:
        raise unusable(path, f"it has {len(visible)} files beside it, but should have one")
    solution = visible[0]
    # From the innermost folder outwards.
    named = [each.name for each in path.resolve().parents if each.name in exercises]
    answers = expected.exercise or (named[0] if named else exercise)
    if answers not in exercises:
        known = ", ".join(sorted(exercises))
        raise unusable(
            path,
            f"its exercise is '{answers}', but should be one of {known}: say it in the file, by a"
            " folder of that name, or with --exercise",
        )
    try:
        source = read_whole(solution, max_file_bytes(solution.name))
    except RefusedError as error:
        raise unusable(solution, f"it {error}") from error
    name = path.parent.relative_to(folder).as_posix()
    return Reference(name if name != "." else solution.name, solution, source, answers, expected)
