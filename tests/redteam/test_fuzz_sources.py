"""Whatever bytes are handed in, the worker reads them in time and has a verdict for them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.exercises import load_exercise
from grader.exercises.mnist_conv.checks import CHECKS
from grader.kinds.training.evidence import TrainingEvidence
from grader.model.report import Finding, Status
from grader.preflight import read_source
from grader.protocol import Raised
from tests.redteam.mutation import effort, spoiled

FOLDER = Path(__file__).resolve().parents[2] / "submissions"
SCRIPTS = [path.read_bytes() for path in sorted(FOLDER.rglob("solution.py"))]
NOTEBOOKS = [path.read_bytes() for path in sorted(FOLDER.rglob("solution.ipynb"))]
RUBRIC = load_exercise("mnist-conv").rubric
OUTCOMES = (
    None,
    Raised(error="KeyError", message="'acc'", phase="call", line=3),
    Raised(error="TypeError", message="train_mnist_conv() takes 1", phase="call", line=10**6),
)


def findings(source: bytes, filename: str, outcome: Raised | None) -> list[Finding]:
    """Read a file and put what is known without running it to every check."""
    facts = read_source(source, RUBRIC.names, filename)
    evidence = TrainingEvidence(
        source=facts, outcome=outcome, fit_line=outcome.line if outcome else None
    )
    return [check(evidence, RUBRIC) for check in CHECKS]


@effort
@given(source=spoiled(*SCRIPTS), outcome=st.sampled_from(OUTCOMES))
def test_a_spoiled_script_has_a_verdict(source: bytes, outcome: Raised | None) -> None:
    """Half a file, or one full of noise, is told what is wrong with it."""
    found = findings(source, "solution.py", outcome)

    assert all(finding.message for finding in found)


@effort
@given(source=spoiled(*NOTEBOOKS), outcome=st.sampled_from(OUTCOMES))
def test_a_spoiled_notebook_has_a_verdict(source: bytes, outcome: Raised | None) -> None:
    """Half a notebook, or one of wrong types, is told what is wrong with it."""
    found = findings(source, "solution.ipynb", outcome)

    assert all(finding.message for finding in found)


BOMBS = {
    "brackets": b"x = " + b"(" * 200_000,
    "closed brackets": b"x = " + b"[" * 90_000 + b"]" * 90_000,
    "signs": b"x = " + b"-" * 200_000 + b"1",
    "nots": b"x = " + b"not " * 60_000 + b"1",
    "attributes": b"x = a" + b".b" * 100_000,
    "calls": b"x = a" + b"()" * 100_000,
    "sums": b"x = 1" + b"+1" * 100_000,
    "powers": b"x = 1" + b"**1" * 60_000,
    "conditions": b"x = " + b"1 if 1 else " * 20_000 + b"1",
    "lambdas": b"x = " + b"lambda: " * 30_000 + b"1",
    "comparisons": b"x = 1" + b"<1" * 100_000,
    "f-strings": b"x = " + b"f'{" * 60_000,
    "nested f-strings": b"x = f'" + b"{x:" * 60_000,
    "blocks": b"".join(b" " * n + b"if 1:\n" for n in range(600)),
    "elifs": b"if 1: pass\n" + b"elif 1: pass\n" * 15_000,
    "decorators": b"@a\n" * 80_000 + b"def f(): pass",
    "loops": b"".join(b" " * n + b"for x in y:\n" for n in range(99)) + b" " * 99 + b"pass",
    "strings": b"x = " + b"'a' " * 60_000,
    "statements": b"x;" * 120_000,
    "tabs": b"if 1:\n" + b"\t" * 200_000 + b"x",
    "matches": b"match x:\n case " + b"[" * 5_000 + b"]" * 5_000 + b": pass",
    "invalid ends": b"f(" + b"a=1, " * 40_000 + b"b c",
    "commands": b"!ls\n" * 60_000,
    "timed commands": b"%time " * 40_000 + b"(",
    "asked": b"?" * 200_000,
    "assigned": b"a = " * 60_000 + b"!ls",
}


@pytest.mark.parametrize("filename", ["solution.py", "solution.ipynb"])
@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_no_source_holds_the_worker(bomb: bytes, filename: str) -> None:
    """What makes parsers slow or deep is read, or refused, within seconds of processor time."""
    text = bomb.decode()
    if filename.endswith(".ipynb"):
        cell = '{"cell_type": "code", "source": ' + repr_json(text) + "}"
        bomb = ('{"nbformat": 4, "cells": [' + cell + "]}").encode()
    began_s = time.process_time()
    found = findings(bomb, filename, None)

    assert time.process_time() - began_s < 30
    assert found[0].status in (Status.PASSED, Status.FAILED)


def repr_json(text: str) -> str:
    """Write a text as JSON does."""
    return (
        '"'
        + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
        + '"'
    )
