"""Graders of one kind of exercise for tests, put together as a worker does it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from grader.dataset import DatasetFolder
from grader.exercises import Catalogue, Exercise, load_exercise
from grader.grading import Grader
from grader.kinds import Boxes, Kind
from grader.kinds.answers import AnswersKind
from grader.kinds.calls import CallsKind
from grader.kinds.training import TrainingKind
from grader.model.report import Report
from grader.model.rubric import KindName
from grader.model.submission import Attempt, Submission
from grader.preflight import Reader
from grader.sandbox import Limits, start_harness
from grader.trainer import Trainer

LESSON = "mnist-conv"


def boxes_on(data: DatasetFolder, limits: Limits | None = None) -> Boxes:
    """Return boxes on a data set."""
    return Boxes(lambda: start_harness(data.path, limits or Limits()))


def asking(exercise: Exercise, **target: Any) -> Exercise:
    """Return an exercise with another target."""
    asked = msgspec.structs.replace(exercise.rubric.target, **target)
    rubric = msgspec.structs.replace(exercise.rubric, target=asked)
    return dataclasses.replace(exercise, rubric=rubric)


def training_grader(trainer: Trainer, boxes: Boxes, exercise: Exercise | None = None) -> Grader:
    """Return a grader of one exercise that trains from seed 1."""
    kind = TrainingKind(boxes, Reader(), trainer, seed=1)
    asked = exercise or load_exercise(LESSON)
    return Grader({asked.rubric.exercise: asked}, {"training": kind})


def whole_grader(
    trainer: Trainer,
    boxes: Boxes,
    pictures: Mapping[str, Any] | None = None,
    exercises: Mapping[str, Exercise] | None = None,
) -> Grader:
    """Return a grader of every exercise."""
    reader = Reader()
    kinds: dict[KindName, Kind] = {
        "training": TrainingKind(boxes, reader, trainer, seed=1),
        "calls": CallsKind(boxes, reader, pictures or {}, seed=1),
        "answers": AnswersKind(reader),
    }
    return Grader(exercises or Catalogue(), kinds)


def submission_of(path: Path, exercise: str = LESSON) -> Submission:
    """Return a file as it is handed in."""
    return Submission(
        id=path.parent.name,
        exercise=exercise,
        student="ada",
        file=path.name,
        source=path.read_bytes(),
    )


def graded(grader: Grader, submission: Submission) -> Report:
    """Grade a submission as a worker does."""
    return grader.grade(Attempt(submission=submission, number=1), lambda _: None)


def graded_source(grader: Grader, source: str, exercise: str = LESSON) -> Report:
    """Grade a program."""
    submission = Submission(
        id="1", exercise=exercise, student="ada", file="a.py", source=source.encode()
    )
    return graded(grader, submission)


def said(report: Report) -> str:
    """Return everything that a report tells its reader."""
    lines = [text for check in report.checks for text in (check.message, check.help)]
    return "\n".join([*lines, *report.notes])
