"""Reads an `exercise.toml`, and an instructor's copy of parts of it; every key is validated."""

from __future__ import annotations

import ast
import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from grader.documents import converted, read_document, unusable
from grader.model.rubric import NO_TARGET, CallLimits, Definition, Late, Rubric, Target
from grader.protocol.mnist import SIDE, TRAINING_IMAGES

MAX_POINTS = 1_000_000
MAX_CHECKS = 100
MAX_CALLS_S = 600
MAX_LATE_DAYS = 1000
# What a copy may not change: it says which exercise it is for, and the code goes by the rest.
_OWN = ("kind", "driver")
# The trainer tells of both together.
_INSPECTED = ("Conv2D", "MaxPooling2D")


def read_rubric(path: Path, copy: Path | None = None) -> Rubric:
    """Read an exercise's file, with what an instructor's copy says in the place of its own.

    Of a table, such as `target`, a copy may say a part; of a list, such as `check`, the whole.

    Raises:
        SettingsError: One of them cannot be read, or a value cannot be used; file and key are
            named, and what is allowed.
    """
    document = read_document(path)
    rubric = _valid(document, path)
    if copy is None:
        return rubric
    changes = read_document(copy)
    for key in _OWN:
        if changes.get(key, document.get(key)) != document.get(key):
            raise unusable(copy, f"{key} is the exercise's own, '{document.get(key, '')}'")
    return _valid({**document, **_merged(document, changes)}, copy)


def _merged(document: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: {**document[key], **value}
        if isinstance(value, dict) and isinstance(document.get(key), dict)
        else value
        for key, value in changes.items()
    }


def _valid(document: dict[str, Any], path: Path) -> Rubric:
    rubric = converted(document, Rubric, path)
    for problem in _problems(rubric):
        raise unusable(path, problem)
    return rubric


def require_checks(
    rubric: Rubric, path: Path, checks: Collection[str], gates: Collection[str]
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
                f" {', '.join(checks) or 'nothing: its checks.py has no CHECKS'}",
            )
        if check.gate and check.id not in gates:
            raise unusable(
                path,
                f"{key}.gate cannot be true: '{check.id}' can only be judged after everything"
                " else, so nothing would ever get through; gates can be"
                f" {', '.join(gates) or 'none of this exercise'}",
            )


def _problems(rubric: Rubric) -> Iterator[str]:
    """Name what no value may be, key by key."""
    yield from _problems_of_texts(rubric)
    yield from _problems_of_checks(rubric)
    yield from _problems_of_kind(rubric)
    yield from _problems_of_names(rubric)
    if rubric.late is not None:
        yield from _problems_of_late(rubric.late)
    if not 1 <= rubric.calls.cpu_s <= MAX_CALLS_S:
        yield f"calls.cpu_s is {rubric.calls.cpu_s}, but should be from 1 to {MAX_CALLS_S}"
    if rubric.kind == "training":
        yield from _problems_of_target(rubric.target)


def _problems_of_texts(rubric: Rubric) -> Iterator[str]:
    if (lines := len(rubric.title.splitlines())) != 1:
        yield f"title has {lines} lines, but should have one, for lists"
    if not rubric.asks.strip():
        yield "asks is missing: what a student is asked to do, in Markdown"


def _problems_of_checks(rubric: Rubric) -> Iterator[str]:
    counts = Counter(check.id for check in rubric.checks)
    if not 1 <= len(rubric.checks) <= MAX_CHECKS:
        yield f"check has {len(rubric.checks)} entries, but should have 1 to {MAX_CHECKS}"
    for number, check in enumerate(rubric.checks):
        if counts[check.id] > 1:
            yield f"check[{number}].id is '{check.id}' again; each check may stand once"
        # Written so that NaN is outside, too.
        if not 0 <= check.points <= MAX_POINTS:
            found = f"check[{number}].points is {check.points:g}"
            yield f"{found}, but should be from 0 to {MAX_POINTS}"
    if not math.fsum(check.points for check in rubric.checks):
        yield "check: the points add up to 0, but at least one check should give some"
    if not 0 <= rubric.passing_score <= rubric.max_score:
        yield (
            f"passing_score is {rubric.passing_score:g}, but should be from 0 to"
            f" {rubric.max_score:g}, which is what all points add up to"
        )


def _problems_of_kind(rubric: Rubric) -> Iterator[str]:
    """Name keys that an exercise of this kind has no use for, or cannot do without."""
    kind = rubric.kind
    for key, is_there, kinds in (
        ("target", rubric.target is not NO_TARGET, ("training",)),
        ("driver", bool(rubric.driver), ("training",)),
        ("inspects", bool(rubric.inspected), ("training",)),
        ("function", bool(rubric.function), ("training",)),
        ("define", bool(rubric.definitions), ("training", "calls")),
        ("calls", rubric.calls != CallLimits(), ("calls",)),
    ):
        if is_there and kind not in kinds:
            yield f"{key} is for the kind {' or '.join(kinds)}, and this is of the kind '{kind}'"
    data = {"training": ("mnist",), "calls": ("none", "pictures"), "answers": ("none",)}[kind]
    if rubric.data not in data:
        yield (f"data is '{rubric.data}', but should be {' or '.join(data)} for the kind '{kind}'")
    if kind == "calls" and not rubric.definitions:
        yield "define is missing: the functions that are called"
    if kind == "training" and rubric.definitions and not (rubric.driver or rubric.function):
        yield "driver is missing: the file of Python that calls what define names"
    if rubric.driver and (Path(rubric.driver).name != rubric.driver or rubric.driver == ".."):
        yield f"driver is '{rubric.driver}', but should be the name of a file beside this one"
    if rubric.inspected and sorted(rubric.inspected) != sorted(_INSPECTED):
        names = ", ".join(rubric.inspected)
        yield f"inspects is {names}, but should be {' and '.join(_INSPECTED)}, or left out"


def _problems_of_names(rubric: Rubric) -> Iterator[str]:
    if rubric.function and not _is_name(rubric.function):
        yield f"function is '{rubric.function}', but should be a name of Python"
    for number, definition in enumerate(rubric.definitions):
        key = f"define[{number}]"
        if not _is_name(definition.name):
            yield f"{key}.name is '{definition.name}', but should be a name of Python"
        if rubric.names.count(definition.name) > 1:
            yield f"{key}.name is '{definition.name}' again; each may stand once"
        if not _is_head(definition):
            yield (
                f"{key}.arguments is '{definition.arguments}', but should be what can stand in the"
                f" brackets of `{definition.head}`"
            )


def _is_name(text: str) -> bool:
    return text.isidentifier() and not _fails(f"{text} = 0")


def _is_head(definition: Definition) -> bool:
    return "\n" not in definition.arguments and not _fails(f"{definition.head} pass")


def _fails(code: str) -> bool:
    try:
        ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    return False


def _problems_of_late(late: Late) -> Iterator[str]:
    if late.due.tzinfo is None:
        yield f"late.due is {late.due}, but should say its zone, as in {late.due}+01:00"
    # Written so that NaN is outside, too.
    if not 0 < late.percent_per_day <= 100:
        yield (
            f"late.percent_per_day is {late.percent_per_day:g}, but should be over 0 and at most"
            " 100"
        )
    for key, value, low, high in (
        ("grace_minutes", late.grace_minutes, 0, MAX_LATE_DAYS * 24 * 60),
        ("until_days", 1 if late.until_days is None else late.until_days, 1, MAX_LATE_DAYS),
    ):
        if not low <= value <= high:
            yield f"late.{key} is {value:g}, but should be from {low} to {high}"


def _problems_of_target(target: Target) -> Iterator[str]:
    if target is NO_TARGET:
        yield "target is missing: a training needs target.accuracy, max_epochs and min_images"
    if not 0 < target.accuracy <= 1:
        yield f"target.accuracy is {target.accuracy:g}, but should be over 0 and at most 1"
    for key, value, low, high in (
        ("max_epochs", target.max_epochs, 1, 100),
        ("min_images", target.min_images, 1, TRAINING_IMAGES),
        ("min_kernel", target.min_kernel, 1, SIDE),
        ("min_pool", target.min_pool, 1, SIDE),
        ("max_parameters", target.max_parameters, 0, 1_000_000_000),
    ):
        if not low <= value <= high:
            yield f"target.{key} is {value}, but should be from {low} to {high}"
