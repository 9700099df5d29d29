"""Reading a file never fails and never runs it; what is wrong with it is a fact with a line."""

from __future__ import annotations

import ast
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.model.source import SourceFacts
from grader.preflight import read_source

FUNCTION = "train_mnist_conv"
DEFINED = "def train_mnist_conv():\n    pass\n"
NESTED_FINALLY = "".join(f"{' ' * n}try: a\n{' ' * n}finally:\n" for n in range(19)) + " " * 19


@pytest.mark.parametrize(
    ("source", "words", "line"),
    [
        (b"", "empty", None),
        (b" \n\n", "empty", None),
        (b"def train_mnist_conv(:\n", "not valid Python", 1),
        (b"x = 1\nif x:\npass\n", "not valid Python", 3),
        (b"if x:\n\tpass\n        pass\n", "inconsistent use of tabs", 3),
        (b"x = 1\rif x:\rpass\r", "not valid Python", 3),
        (b"x = 1\r\n\r\nif x:\r\npass\r\n", "not valid Python", 4),
        ("x = '\x0b\x0c\x85\u2028'\n)".encode(), "unmatched ')'", 2),
        (b"print 'Reached 99.8%'\n", "Missing parentheses", 1),
        (b"\xff\xfep\0a\0s\0s\0", "saved as UTF-16", None),
        ("pass".encode("utf-16-be"), "NUL character", 1),
        (b"# -*- coding: nonsense -*-\n", "not text", None),
        (b"# coding: rot13\n", "not text", None),
        (b"\xef\xbb\xbf# coding: latin-1\n", "but is marked as UTF-8", None),
        (b"x = 1\ny = '\xfc'\n", "a byte is not utf-8", 2),
        (b"x = 1\ry = '\xfc'\r", "a byte is not utf-8", 2),
        (b"# coding: raw_unicode_escape\n\nx = '\\ud800'\n", "half of a character", 3),
        (b"x = 1\ny = '\0'\n", "NUL character", 2),
        (b"x = 1\nreturn x\n", "'return' outside function", 2),
        (b"class A:\n    return 1\n", "'return' outside function", 2),
        (b"def f(x=(yield)):\n    pass\n", "'yield' outside function", 1),
        (b"x = 1\nawait x\n", "'await' outside function", 2),
        (b"for x in y:\n    pass\nelse:\n    break\n", "'break' outside loop", 4),
        (b"for x in y:\n    def f():\n        continue\n", "'continue' outside loop", 3),
        (b"x = 1\nnonlocal y\n", "nonlocal declaration not allowed", 2),
        (b"def f(a, a):\n    pass\n", "duplicate argument", 1),
        (b"import os\nfrom __future__ import division\n", "must occur at the beginning", 2),
        (b"(" * 1000, "not valid Python", 1),
        (b"x = " + b"-" * 200_000 + b"1", "nested too deeply", None),
        (b"x = 1" + b"+1" * 100_000, "nested too deeply", None),
        (b"#" * (257 * 1024), "larger than 256 KiB", None),
        (b"#" + b"\1" * (200 * 1024), "control characters", None),
    ],
)
def test_a_file_that_is_not_python_is_a_fact(source: bytes, words: str, line: int | None) -> None:
    """Each unreadable file is described, with the line that an editor shows where there is one."""
    facts = read_source(source, (FUNCTION,))

    assert words in (facts.problem or "")
    assert facts.problem_line == line


@pytest.mark.parametrize(
    "source",
    [
        DEFINED.encode("utf-8-sig"),
        b"# nothing but a comment\n" + DEFINED.encode(),
        DEFINED.replace("\n", "\r\n").encode(),
        DEFINED.replace("\n", "\r").encode(),
        DEFINED.replace("    ", "\t").encode(),
        f"\f\n'{chr(0x85)}{chr(0x2028)}\x0b\x1b'\n{DEFINED}".encode(),
        b"'''A lesson.'''\nfrom __future__ import annotations\n" + DEFINED.encode(),
        b"async def f():\n    async with a: await b\n    return [c async for c in d]\n",
        b"def f():\n    yield from (lambda: (yield))()\n",
        b"while 1:\n    if x: break\n    else: continue\n",
    ],
)
def test_what_python_takes_is_read(source: bytes) -> None:
    """Marks, line ends, tabs and blanks of any editor are no problem."""
    facts = read_source(source, (FUNCTION,))

    assert facts.problem is None
    assert facts.problem_help == ""
    assert "\r" not in facts.text


@pytest.mark.parametrize(
    ("before", "encoding"),
    [
        ("# -*- coding: latin-1 -*- für Jürgen", "latin-1"),
        ("#!/usr/bin/python # für Jürgen\n# vim: set fileencoding=cp1252 :", "cp1252"),
        ("# coding=shift_jis", "shift_jis"),
        ("# coding=gb18030", "gb18030"),
        ("# coding: UTF-8", "utf-8-sig"),
    ],
)
def test_a_declared_encoding_is_obeyed(before: str, encoding: str) -> None:
    """A file is read in the encoding that one of its first two lines declares."""
    name = "漢字" if encoding in {"shift_jis", "gb18030"} else "Jürgen"
    facts = read_source(f"{before}\nname = '{name}'\n".encode(encoding), (FUNCTION,))

    assert facts.problem is None
    assert name in facts.text


@pytest.mark.parametrize("command", ["!pip install keras", "%matplotlib inline", "    %time f()"])
def test_a_command_to_jupyter_in_a_python_file_is_explained(command: str) -> None:
    """The line is not Python, and the help says where it comes from."""
    facts = read_source(f"import os\n{command}\n".encode(), (FUNCTION,))

    assert facts.problem_line == 2
    assert facts.problem_help.startswith(f"`{command.strip()}` is a command of notebooks")


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (DEFINED, 1),
        (f"{DEFINED}\n{DEFINED}", 4),
        (f"@decorated\n{DEFINED}", 2),
        (f"async {DEFINED}", 1),
        ("class A:\n    def train_mnist_conv(self):\n        pass\n", None),
        ("def outer():\n    def train_mnist_conv():\n        pass\n", None),
        ("def train():\n    pass\n", None),
        ("train_mnist_conv = 3\n", None),
        ("def train():\n    pass\ntrain_mnist_conv = train\n", 3),
        ("train_mnist_conv: object = train\n", 1),
        ("train_mnist_conv: object\n", None),
        ("a, (train_mnist_conv, b) = c\n", 1),
        ("models.train_mnist_conv = c\nx[train_mnist_conv] = c\n", None),
        ("from lesson import train_mnist_conv\n", 1),
        ("from lesson import train as train_mnist_conv\n", 1),
        ("from lesson import train_mnist_conv as train\n", None),
        ("try:\n    x\nexcept E:\n    def train_mnist_conv(): pass\n", 4),
        ("if x:\n    pass\nelif y:\n    def train_mnist_conv(): pass\n", 4),
        ("with a as b:\n    def train_mnist_conv(): pass\n", 2),
        ("for x in y:\n    pass\nelse:\n    def train_mnist_conv(): pass\n", 4),
        ("match x:\n    case 1:\n        def train_mnist_conv(): pass\n", 3),
        ("if __name__ == '__main__':\n    def train_mnist_conv(): pass\n", None),
        ("if '__main__' == __name__ and x:\n    def train_mnist_conv(): pass\n", None),
        ("if __name__ == 'lesson':\n    def train_mnist_conv(): pass\n", 2),
        ("if __name__ == '__main__':\n    x\nelse:\n    def train_mnist_conv(): pass\n", 4),
        (f"{DEFINED}if __name__ == '__main__':\n    train_mnist_conv = train_mnist_conv()\n", 1),
    ],
)
def test_the_last_binding_that_an_import_reaches_counts(source: str, line: int | None) -> None:
    """The function found is the one that a call would reach after an import."""
    facts = read_source(source.encode(), (FUNCTION,))

    assert facts.problem is None
    assert facts.defined.get(FUNCTION) == line


def test_all_functions_are_named_in_their_order() -> None:
    """A name that is nearly the asked one can be found, wherever it is defined."""
    source = "class A:\n  def b(self):\n    def c(): pass\ndef a(): pass\nasync def d(): pass\n"

    assert read_source(source.encode(), (FUNCTION,)).functions == ("b", "c", "a", "d")


def test_reading_runs_nothing() -> None:
    """A file that would end the process is read like any other."""
    assert read_source(b"import os\nos._exit(3)\n", (FUNCTION,)).problem is None


@pytest.mark.timeout(20)
def test_a_file_that_a_compiler_would_blow_up_is_read_at_once() -> None:
    """Nested `finally` blocks double with each level in bytecode, which the worker never makes."""
    source = f"{NESTED_FINALLY}{'a;' * 20_000}\n"

    assert read_source(source.encode(), (FUNCTION,)).problem is None


def test_reading_warns_of_nothing() -> None:
    """An odd escape or comparison is neither printed nor an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        facts = read_source(b"x = '\\d'\ny = x is 1\nassert (x, y)\n", (FUNCTION,))

    assert facts.problem is None


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["solution.py", "solution.ipynb", "", "a\0b"]))
def test_any_bytes_are_read(source: bytes, filename: str) -> None:
    """Whatever the bytes are, facts come of them."""
    assert isinstance(read_source(source, (FUNCTION,), filename), SourceFacts)


@settings(deadline=None)
@given(
    st.text("()[]{}:=\\\n\t \"'#!%abé0", max_size=80),
    st.sampled_from(["utf-8", "utf-16", "cp1252"]),
)
def test_any_text_is_read(text: str, encoding: str) -> None:
    """What is said to be Python parses."""
    facts = read_source(text.encode(encoding), (FUNCTION,))

    assert facts.problem or isinstance(ast.parse(facts.text), ast.Module)
