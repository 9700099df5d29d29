"""Runs every attack and every look-alike, and prints what came of them; `make redteam`.

The names of attacks after the command run only those.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import numpy as np

from grader.dataset import DatasetFolder, find, synthetic
from tests.redteam.arena import Arena, Findings
from tests.redteam.collection import Hostile, attacks, by_family, look_alikes, stopped_by

_LINE = "{:<18}{:>6}{:>9}{:>9}{:>9}  {}"


def main(names: list[str]) -> int:
    """Run everything; return how much must not be."""
    chosen = [attack for attack in attacks() if not names or attack.name in names]
    honest = [each for each in look_alikes() if not names or each.name in names]
    with tempfile.TemporaryDirectory() as folder:
        arena = Arena(_data(Path(folder)))
        try:
            found = {attack.name: _endured(arena, attack) for attack in chosen}
            accused = {each.name: arena.honour(each) for each in honest}
        finally:
            arena.close()
    for name, differences in accused.items():
        for difference in differences:
            _say(f"{name}: {difference}")
    _print_table(chosen, found)
    wrongly = sum(map(bool, accused.values()))
    _say(f"\nlook-alikes tried: {len(honest)}   wrongly accused: {wrongly}")
    return wrongly + sum(bool(findings.wrong) for findings in found.values())


def _endured(arena: Arena, attack: Hostile) -> Findings:
    findings = arena.endure(attack)
    verdict = findings.report.verdict if findings.report else "nothing"
    _say(f"{'FAILED' if findings.wrong else 'ok':<8}{attack.name}: {verdict}")
    for finding in findings.wrong:
        _say(f"        {finding}")
    return findings


def _print_table(chosen: list[Hostile], found: dict[str, Findings]) -> None:
    _say("\n" + _LINE.format("family", "tried", "forged", "escaped", "harmed", "stopped by"))
    for family, members in by_family(chosen).items():
        results = [found[attack.name] for attack in members]
        counts = [
            sum(bool(getattr(each, kind)) for each in results)
            for kind in ("forged", "escaped", "harmed")
        ]
        _say(_LINE.format(family, len(members), *counts, stopped_by(members)))
    totals = [
        sum(bool(getattr(each, kind)) for each in found.values())
        for kind in ("forged", "escaped", "harmed")
    ]
    _say(_LINE.format("all", len(chosen), *totals, ""))


def _data(folder: Path) -> DatasetFolder:
    path = os.environ.get("GRADER_MNIST")
    if path:
        return find(choice="mnist", mnist_path=Path(path), cache=folder)
    for name, array in synthetic.generate()._asdict().items():
        np.save(folder / f"{name}.npy", array)
    return DatasetFolder("synthetic", folder, digest="")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:]) else 0)
