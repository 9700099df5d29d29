"""`make mutants`: judges every mutant of what a grade hangs on, and compares with what is known.

It fails where under 90 % of a module's mutants are killed, where one survives that
`survivors.toml` does not explain, and where that file explains one that does not survive.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import tomllib
from collections.abc import Iterable
from pathlib import Path

from tests.mutants.judge import Case, Fate, judge, path_of, warm_up
from tests.mutants.source import Key, Mutant, mutants_of

HERE = Path(__file__).parent
_LEAST_KILLED = 0.9
_LIMIT_S = 90.0
_GRADEBOOK = ("tests/gradebook",)
_RUNS = tuple(
    f"tests/sharing/test_{name}.py" for name in ("store", "shared", "identity", "diverged")
)
_CHECKS = ("tests/kinds/training/test_reach.py", "tests/checks")
_ADMISSION = ("tests/admission",)
_SESSION = ("tests/kinds/training",)
TESTS = {
    "grader.gradebook.gradebook": _GRADEBOOK,
    "grader.runs.identity": _RUNS,
    "grader.runs.shared": _RUNS,
    "grader.runs.store": _RUNS,
    "grader.checks.interface": _CHECKS,
    "grader.kinds.training.evidence": _CHECKS,
    "grader.checks.training": _CHECKS,
    "grader.checks.layers": _CHECKS,
    "grader.kinds.training.expected": _CHECKS,
    "grader.admission.admit": _ADMISSION,
    "grader.admission.numbers": _ADMISSION,
    "grader.admission.structure": _ADMISSION,
    "grader.kinds.training.conclusion": _SESSION,
    "grader.kinds.training.models": _SESSION,
    "grader.kinds.training.session": _SESSION,
    "grader.kinds.training.spending": _SESSION,
}


def main() -> int:
    """Judge what the command line asks for; return 0 if all is as it should be."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="WORD", help="judge modules with this word")
    parser.add_argument("--core", action="store_true", help="judge only those of core.toml")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    explained, core = set(_keys("survivors.toml", "reason")), set(_keys("core.toml", "name"))
    mutants = {mutant.key: mutant for module in TESTS for mutant in _mutants(module)}
    gone = [key for key in sorted(explained | core) if key not in mutants]
    chosen = [
        mutant
        for key, mutant in mutants.items()
        if (
            key in core if asked.core else any(word in key.module for word in asked.modules or [""])
        )
    ]
    fates = _judged(chosen, asked.processes)
    problems = [f"# is gone:\n{_shown(key)}" for key in gone]
    problems += _surprises(fates, explained)
    problems += [] if asked.core else _weak(fates)
    _say(*problems)
    return 1 if problems else 0


def _mutants(module: str) -> list[Mutant]:
    return mutants_of(module, path_of(module).read_text())


def _keys(name: str, why: str) -> Iterable[Key]:
    for entry in tomllib.loads((HERE / name).read_text())["mutant"]:
        if not entry[why]:
            sys.exit(f"{name}: an entry has no {why}")
        yield Key(entry["module"], entry["scope"], entry["line"], entry["change"])


def _judged(chosen: list[Mutant], processes: int) -> dict[Key, Fate]:
    warm_up()
    began_s, fates = time.monotonic(), dict[Key, Fate]()
    whole = [
        Mutant(Key(module, "", "", "as it is"), 0, path_of(module).read_text())
        for module in dict.fromkeys(mutant.key.module for mutant in chosen)
    ]
    for kind in (whole, chosen):
        cases = [Case(mutant, TESTS[mutant.key.module]) for mutant in kind]
        for mutant, fate in judge(cases, processes, _LIMIT_S):
            if kind is chosen:
                fates[mutant.key] = fate
            elif fate is not Fate.SURVIVED:
                sys.exit(f"the tests of {mutant.key.module} fail as it is")
    _say(f"{len(fates)} mutants in {time.monotonic() - began_s:.0f} s")
    return fates


def _surprises(fates: dict[Key, Fate], explained: set[Key]) -> list[str]:
    survived = {key for key, fate in fates.items() if fate is Fate.SURVIVED}
    killed = {*fates} - survived
    return [
        *(
            f"# survives, and nobody says why:\n{_shown(key)}"
            for key in sorted(survived - explained)
        ),
        *(f"# does not survive any more:\n{_shown(key)}" for key in sorted(explained & killed)),
    ]


def _weak(fates: dict[Key, Fate]) -> list[str]:
    problems = []
    for module in TESTS:
        of_it = [fate for key, fate in fates.items() if key.module == module]
        if not of_it:
            continue
        killed = sum(fate is not Fate.SURVIVED for fate in of_it) / len(of_it)
        _say(f"{module:<36}{len(of_it):>5} mutants{killed:>8.1%} killed")
        if killed < _LEAST_KILLED:
            problems.append(f"under {_LEAST_KILLED:.0%} are killed: {module}")
    return problems


def _say(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _shown(key: Key) -> str:
    """Write it as `survivors.toml` has it."""
    fields = (f"{name} = {json.dumps(value)}" for name, value in key._asdict().items())
    return "\n".join(("[[mutant]]", *fields, 'reason = ""', ""))


if __name__ == "__main__":
    sys.exit(main())
