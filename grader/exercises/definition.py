"""Reads an `exercise.toml`, and an instructor's copy of parts of it; every key is validated."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from grader.documents import converted, read_document, unusable
from grader.model.rubric import NO_TARGET, Rubric, Target
from grader.protocol.mnist import SIDE, TRAINING_IMAGES

_MAX_POINTS = 1_000_000
_MAX_CHECKS = 100
# What a copy may not change: it says which exercise it is for, and the code goes by the rest.
_OWN = ("kind", "driver")


def read_rubric(path: Path, copy: Path | None = None) -> Rubric:
    """Read an exercise's file, with what an instructor's copy says in the place of its own.

    Raises:
        SettingsError: One of them cannot be read, or a value cannot be used; file and key are
            named, and what is allowed.
    """
    document = read_document(path)
    if copy is not None:
        changes = read_document(copy)
        for key in _OWN:
            if changes.get(key, document.get(key)) != document.get(key):
                raise unusable(copy, f"{key} is the exercise's own, '{document.get(key, '')}'")
        document |= changes
    rubric = converted(document, Rubric, copy or path)
    for problem in _problems(rubric):
        raise unusable(copy or path, problem)
    return rubric


def require_checks(
    rubric: Rubric, path: Path, checks: Mapping[str, Any], gates: Collection[str]
) -> None:
    """See that a rubric's checks are there, and its gates are of those that can be.

    Raises:
        SettingsError: One is not.
    """
    for number, check in enumerate(rubric.checks):
        key = f"check[{number}]"
        if check.id not in checks:
            raise unusable(
                path,
                f"there is no check '{check.id}' in '{rubric.exercise}'; {key}.id can be"
                f" {', '.join(checks)}",
            )
        if check.gate and check.id not in gates:
            raise unusable(
                path,
                f"{key}.gate cannot be true: '{check.id}' can only be judged after everything"
                f" else, so nothing would ever get through; gates can be {', '.join(gates)}",
            )


def _problems(rubric: Rubric) -> Iterator[str]:
    """Name what no value may be, key by key."""
    counts = Counter(check.id for check in rubric.checks)
    if not 1 <= len(rubric.checks) <= _MAX_CHECKS:
        yield f"check has {len(rubric.checks)} entries, but should have 1 to {_MAX_CHECKS}"
    for number, check in enumerate(rubric.checks):
        if counts[check.id] > 1:
            yield f"check[{number}].id is '{check.id}' again; each check may stand once"
        # Written so that NaN is outside, too.
        if not 0 <= check.points <= _MAX_POINTS:
            yield (
                f"check[{number}].points is {check.points:g}, but should be from 0 to {_MAX_POINTS}"
            )
    if not math.fsum(check.points for check in rubric.checks):
        yield "check: the points add up to 0, but at least one check should give some"
    yield from _problems_of_names(rubric.names)
    if not 1 <= rubric.calls.cpu_s <= 600:
        yield f"calls.cpu_s is {rubric.calls.cpu_s}, but should be from 1 to 600"
    if not 0 <= rubric.passing_score <= rubric.max_score:
        yield (
            f"passing_score is {rubric.passing_score:g}, but should be from 0 to"
            f" {rubric.max_score:g}, which is what all points add up to"
        )
    if rubric.kind == "training":
        yield from _problems_of_target(rubric.target)
    elif rubric.target is not NO_TARGET:
        yield f"target is for trainings only, and this is of the kind '{rubric.kind}'"


def _problems_of_names(names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        if not name.isidentifier():
            yield f"define.name is '{name}', but should be a name of Python"
        if names.count(name) > 1:
            yield f"define.name is '{name}' again; each may stand once"


def _problems_of_target(target: Target) -> Iterator[str]:
    if target is NO_TARGET:
        yield "target is missing: a training needs target.accuracy, max_epochs and min_images"
    if not 0 < target.accuracy <= 1:
        yield f"target.accuracy is {target.accuracy:g}, but must be over 0 and at most 1"
    for key, value, low, high in (
        ("max_epochs", target.max_epochs, 1, 100),
        ("min_images", target.min_images, 1, TRAINING_IMAGES),
        ("min_kernel", target.min_kernel, 1, SIDE),
        ("min_pool", target.min_pool, 1, SIDE),
        ("max_parameters", target.max_parameters, 0, 1_000_000_000),
    ):
        if not low <= value <= high:
            yield f"target.{key} is {value}, but must be from {low} to {high}"
