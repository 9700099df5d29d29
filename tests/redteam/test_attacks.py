"""No attack forges points, gets out of its box, or harms a worker; no honest program is accused.

Here runs a fast core of the attacks in `attacks/` and of the honest programs in `look_alikes/`;
`make redteam` runs all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.dataset import DatasetFolder
from tests.conftest import require
from tests.redteam.arena import Arena
from tests.redteam.collection import (
    Hostile,
    LookAlike,
    attacks,
    by_family,
    look_alikes,
    stopped_by,
)

THREAT_MODEL = Path(__file__).parents[2] / "docs" / "threat-model.md"
ATTACKS = attacks()
LOOK_ALIKES = look_alikes()


@pytest.fixture(scope="module")
def arena(whole_set: DatasetFolder) -> Iterator[Arena]:
    """Return a worker with traps around it."""
    require("bwrap")
    arena = Arena(whole_set)
    yield arena
    arena.close()


def test_the_published_table_is_of_these_attacks() -> None:
    """`docs/threat-model.md` names every family, how many attacks it has and what stops them."""
    lines = THREAT_MODEL.read_text().splitlines()
    expected = [
        f"| {family} | {len(members)} | 0 | 0 | 0 | {stopped_by(members)} |"
        for family, members in by_family(ATTACKS).items()
    ]

    assert [line for line in lines if line.endswith(" |") and "| 0 | 0 | 0 |" in line] == expected
    assert any(f"{len(LOOK_ALIKES)} look-alikes" in line for line in lines)


def test_there_are_attacks_of_every_kind() -> None:
    """The collection is large, honest programs are as many, and no family is a single idea."""
    assert len(ATTACKS) >= 50
    assert len(LOOK_ALIKES) >= len(ATTACKS)
    assert all(len(members) >= 3 for members in by_family(ATTACKS).values())


def test_no_two_look_alikes_are_the_same_file() -> None:
    """Each honest program does something of its own, and says what."""
    assert len({each.path.read_bytes() for each in LOOK_ALIKES}) == len(LOOK_ALIKES)
    assert len({each.expected.why for each in LOOK_ALIKES}) == len(LOOK_ALIKES)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_expectation_makes_sense(attack: Hostile) -> None:
    """An attack that may pass would be no attack; whoever is only failed is told something."""
    expected = attack.expected

    assert "passed" not in expected.verdict
    assert "error" not in expected.verdict
    assert expected.goal.endswith(".")
    assert 0 <= expected.most_points <= 100


@pytest.mark.parametrize(
    "attack", [each for each in ATTACKS if each.expected.core], ids=lambda attack: attack.name
)
def test_an_attack_gains_nothing_and_leaves_nothing(arena: Arena, attack: Hostile) -> None:
    """Verdict, points, worker, trainer and machine are as if it had not tried."""
    findings = arena.endure(attack)

    assert findings.wrong == []


@pytest.mark.parametrize(
    "look_alike",
    [each for each in LOOK_ALIKES if each.expected.core],
    ids=lambda look_alike: look_alike.name,
)
def test_an_honest_program_is_not_accused(arena: Arena, look_alike: LookAlike) -> None:
    """What only looks like an attack gets the report of its training."""
    differences = arena.honour(look_alike)

    assert differences == []
