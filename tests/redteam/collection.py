"""Attacks, and honest programs that look like attacks, as data: a folder each, beside this."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

import msgspec

from grader.model.report import Verdict
from tests.submissions.reduced import IMAGES

ATTACKS = Path(__file__).parent / "attacks"
LOOK_ALIKES = Path(__file__).parent / "look_alikes"


class Attack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an attack is after, and what may come of it.

    Attributes:
        goal: What it tries, in one sentence.
        family: Kind of attack, and its folder; the table has a line for each.
        never: What must not happen, beyond what is never allowed of any.
        layer: What stops it, before the colon, and how.
        verdict: Verdicts that it may get.
        most_points: Points that an honest program would get for what this one really does.
        says: Texts that stand somewhere in the report.
        core: Whether it is one of the few that run with every test.
        most_seconds: How long grading may take on an idle machine.
        exercise: What it pretends to answer.
    """

    goal: str
    family: str
    never: str
    layer: str
    verdict: tuple[Verdict, ...]
    most_points: float
    says: tuple[str, ...]
    core: bool
    most_seconds: float
    exercise: str = "mnist-conv"


class Innocent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an honest program does that looks like an attack, and the report that it gets.

    `images` are more than the trainer usually takes here, for a model that knows them nearly as
    well as its epoch says: of 256, the margin is not one image.
    """

    why: str
    verdict: Verdict
    failed: tuple[str, ...]
    says: tuple[str, ...]
    core: bool
    exercise: str = "mnist-conv"
    images: int = IMAGES


class Hostile(NamedTuple):
    """An attack with its file."""

    name: str
    path: Path
    expected: Attack


class LookAlike(NamedTuple):
    """An honest program with its file."""

    name: str
    path: Path
    expected: Innocent


def attacks() -> list[Hostile]:
    """Read every attack, family by family."""
    found = [
        Hostile(folder.name, _file(folder), msgspec.toml.decode(_document(folder), type=Attack))
        for folder in sorted(ATTACKS.glob("*/*"))
    ]
    return sorted(found, key=lambda attack: attack.expected.family)


def by_family(chosen: list[Hostile]) -> dict[str, list[Hostile]]:
    """Sort attacks into their families."""
    families: dict[str, list[Hostile]] = defaultdict(list)
    for attack in chosen:
        families[attack.expected.family].append(attack)
    return families


def stopped_by(family: list[Hostile]) -> str:
    """Name the two layers that stop most attacks of a family."""
    layers = Counter(attack.expected.layer.partition(":")[0] for attack in family)
    return ", ".join(layer for layer, _ in layers.most_common(2))


def look_alikes() -> list[LookAlike]:
    """Read every honest program that looks like an attack."""
    return [
        LookAlike(folder.name, _file(folder), msgspec.toml.decode(_document(folder), type=Innocent))
        for folder in sorted(LOOK_ALIKES.iterdir())
    ]


def _file(folder: Path) -> Path:
    (path,) = (each for each in folder.iterdir() if each.name != "expected.toml")
    return path


def _document(folder: Path) -> bytes:
    return (folder / "expected.toml").read_bytes()
