"""Reading a file never fails and never runs it; what is wrong with it is a fact with a line."""

from __future__ import annotations

import pytest

from grader.grading.preflight import read_source

FUNCTION = "train_mnist_conv"


@pytest.mark.parametrize(
    ("source", "words", "line"),
    [
        (b"", "empty", None),
        (b" \n\n", "empty", None),
        (b"def train_mnist_conv(:\n", "not valid Python", 1),
        (b"x = 1\nif x:\npass\n", "not valid Python", 3),
        (b"\xff\xfe\x00bad", "not text", None),
        (b"# -*- coding: nonsense -*-\n", "not text", None),
        (b"x = '\0'\n", "not valid Python", None),
        (b"(" * 1000, "not valid Python", 1),
        (b"x = " + b"-" * 200_000 + b"1", "not valid Python", None),
        (b"#" * (257 * 1024), "larger than 256 KiB", None),
    ],
)
def test_a_file_that_is_not_python_is_a_fact(source: bytes, words: str, line: int | None) -> None:
    """Each unreadable file is described, with the line where there is one."""
    facts = read_source(source, FUNCTION)

    assert words in (facts.problem or "")
    if line is not None:
        assert facts.problem_line == line


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("def train_mnist_conv():\n    pass\n", 1),
        ("def train_mnist_conv():\n    pass\n\ndef train_mnist_conv():\n    pass\n", 4),
        ("class A:\n    def train_mnist_conv(self):\n        pass\n", None),
        ("def train():\n    pass\n", None),
        ("train_mnist_conv = 3\n", None),
    ],
)
def test_the_last_definition_at_the_left_margin_counts(source: str, line: int | None) -> None:
    """The function found is the one that a call would reach."""
    assert read_source(source.encode(), FUNCTION).function_line == line


def test_a_declared_encoding_is_obeyed() -> None:
    """A file in Latin-1 that says so is read."""
    source = "# -*- coding: latin-1 -*-\nname = 'Jürgen'\n".encode("latin-1")
    facts = read_source(source, FUNCTION)

    assert facts.problem is None
    assert "Jürgen" in facts.text


def test_reading_runs_nothing() -> None:
    """A file that would end the process is read like any other."""
    assert read_source(b"import os\nos._exit(3)\n", FUNCTION).problem is None
