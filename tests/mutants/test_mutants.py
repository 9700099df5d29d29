"""The mutants that a grade hangs on most are killed, and the tool makes those that it says."""

from __future__ import annotations

import subprocess
import sys

from tests.mutants.judge import ROOT
from tests.mutants.source import mutants_of


def test_the_mutants_of_the_core_are_killed() -> None:
    """And no line that `core.toml` or `survivors.toml` speaks of is gone."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.mutants", "--core"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


SOURCE = '''
"""Words are left alone: 1 > 2."""
LIMIT = 1e-4


def function(a: int | None, rows: list[int], *, flag: bool = False) -> int:
    """Neither are types."""
    if a >= 3 and not flag:
        a += 1
    if rows:
        raise ValueError(f"{a > 1}")
    rows.sort(key=abs)
    query = select(a).where(a == 1, rows).order_by(a)
    return max(sorted(query))
'''
CHANGES = {
    *("0.1 for 0.0001", "True for False"),
    *("a >= 3 or not flag for a >= 3 and (not flag)", "a > 3 for a >= 3", "4 for 3"),
    *("flag for not flag", "without a += 1", "a -= 1 for a += 1", "2 for 1"),
    *("not rows for rows", "without raise ValueError(f'{a > 1}')"),
    *("without rows.sort(key=abs)", "without key=abs"),
    *("without order_by a", "a backwards", "without where a == 1", "without where rows"),
    *("a != 1 for a == 1", "return None for max(sorted(query))", "min for max", "backwards"),
}


def test_faults_are_made_one_by_one() -> None:
    """Each is Python, differs in one place, and is known by its place and its change."""
    found = mutants_of("module", SOURCE)
    changes = {
        mutant.key.change.replace("a >= 3 or (not flag)", "a >= 3 or not flag") for mutant in found
    }

    assert changes == CHANGES
    assert len({mutant.text for mutant in found}) == len(found)
    assert {mutant.key.scope for mutant in found} == {"", "function"}
    assert [mutant.key.line for mutant in found if mutant.key.change == "4 for 3"] == [
        "if a >= 3 and not flag:"
    ]


def test_a_mutant_stays_the_same_when_lines_move() -> None:
    """What is said of it in a file goes on to be said of it."""
    before = {mutant.key for mutant in mutants_of("module", SOURCE)}

    assert {mutant.key for mutant in mutants_of("module", "\nmore = 1\n" + SOURCE)} >= before
