"""A file that is not Python is told what made it so, where that is plain, and else where to look.

The advice is part of the facts about a file; that a text parses is never a matter of advice.
"""

from __future__ import annotations

import json

import pytest

from grader.preflight import read_source

FUNCTION = "train_mnist_conv"
ELSEWHERE = "Python stopped reading there: the mistake is in this line or shortly before it."


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Here is it:\n\n```python\nimport os\n```\n", "Leave out the lines that begin with ```"),
        ("```python\nimport os\n```\n", "Leave out the lines that begin with ```"),
        ("import os\n```\n", "Leave out the lines that begin with ```"),
        (">>> import os\n", "`>>>` is the prompt of an interactive Python: take it and `...`"),
        ("In [1]: import os\n", "`In [1]:` is the prompt"),
        ("x = 1\n<<<<<<< HEAD\nx = 2\n=======\nx = 3\n>>>>>>> a\n", "Git has left two versions"),
        ("x = 1\n=======\n", ELSEWHERE),
        ("f\uff08)\n", "`\uff08` only looks like `(`"),
        ("f(1\uff0c2)\n", "`\uff0c` only looks like `,`"),
        ("x = 1 \u2013 2\n", "`\u2013` only looks like `-`"),
        ("x = 2 \u00d7 3\n", "`\u00d7` only looks like `*`"),
        ("x =\u00a01\n", "This blank came with text from a web page"),
        ("x =\u200b 1\n", "An invisible character stands in this line"),
        ("x = \u2018adam\u2019\n", "This is the quotation mark of a text"),
        ("x = \u201cadam\u201d\n", "This is the quotation mark of a text"),
        ("x = 5€\n", ELSEWHERE),
        ("def f():\n    # YOUR CODE HERE\n", "There is no code under it yet"),
        ("def f():\n    # YOUR CODE HERE\nx = 1\n", "There is no code under it yet"),
        ("def f():\nx = 1\n", "Indent by four spaces what belongs under it."),
        ("if x:\n    a\n  b\n", "use four spaces for each level"),
        ("x = 1\n  y = 2\n", "use four spaces for each level"),
        ("f(1\nx = 2\n", "Every bracket that is opened"),
        ("x = 'adam\n", "A string ends with the same quotation mark"),
        ("print 'x'\n", "This is Python 2"),
        ("x = 1\nreturn x\n", "Indent the line as far as the function"),
        ("f(1 2)\n", ELSEWHERE),
        ("def f(:\n    '''\n    ```\n    import os\n    ```\n    '''\n", ELSEWHERE),
        ("'''\n```\nimport os\n```\n'''\nf(1 2)\n", ELSEWHERE),
        ("f(1 2)\n'''\n>>> x\n'''\n", ELSEWHERE),
    ],
)
def test_what_disturbs_the_parser_is_explained(text: str, words: str) -> None:
    """The help names the cause; of what only looks like one it says where to look."""
    facts = read_source(text.encode(), (FUNCTION,))

    assert facts.problem
    assert words in facts.problem_help


@pytest.mark.parametrize(
    ("source", "name", "words"),
    [
        (b"PK\x03\x04\x14\0solution.py", "a ZIP archive", "Unpack it"),
        (b"PK\x05\x06" + bytes(18), "a ZIP archive", "Unpack it"),
        (b"PK\x03\x04\x14\0word/document.xml", "a Word document", "Copy the program out of it"),
        (b"PK\x03\x04\x14\0model.weights.h5", "a saved model", "Hand in the program itself"),
        (b"\x89HDF\r\n\x1a\n", "a saved model", "Hand in the program itself"),
        (b"%PDF-1.7\n", "a PDF document", "Copy the program out of it"),
        (b"{\\rtf1\\ansi import os}", "an RTF document", "Copy the program out of it"),
        (b"\x1f\x8b\x08\0", "an archive", "Unpack it"),
        (b"\x89PNG\r\n\x1a\n", "a picture", "Hand in the program itself"),
        (b"\n<!DOCTYPE html>\n<html>", "a web page", "Download the file itself"),
        (b"<html lang='en'>", "a web page", "Download the file itself"),
    ],
)
@pytest.mark.parametrize("filename", ["solution.py", "solution.ipynb"])
def test_a_file_of_another_format_is_named(
    source: bytes, name: str, words: str, filename: str
) -> None:
    """What was handed in by mistake is named, and what to hand in instead."""
    facts = read_source(source, (FUNCTION,), filename)

    assert facts.problem == f"The file is {name}, not a program"
    assert words in facts.problem_help


@pytest.mark.parametrize("source", [b"'%PDF-'\n", b"html < 1\n", b"PK = 3\n", b"{'rtf': 1}\n"])
def test_a_program_that_begins_like_another_format_is_a_program(source: bytes) -> None:
    """Only bytes with which no program begins are taken for another format."""
    assert read_source(source, (FUNCTION,)).problem is None


def test_a_cell_that_is_not_python_gets_the_same_advice() -> None:
    """Advice is for the text of the cell; where there is none, the notebook is to be run."""
    said = []
    for code in ("f\uff08)", "f(1 2)"):
        cell = {"cell_type": "code", "source": code}
        document = json.dumps({"nbformat": 4, "cells": [cell]}).encode()
        said.append(read_source(document, (FUNCTION,), "solution.ipynb").problem_help)

    assert "only looks like `(`" in said[0]
    assert said[1].startswith("Restart the kernel and run all cells")


def test_a_cell_for_another_program_is_kept_apart() -> None:
    """What `%%writefile` takes away is known, and is no part of the program."""
    codes = ("import os", "%%writefile a.py\nx = 1", "%%time\ny = 2", "# nothing", "")
    cells = [{"cell_type": "code", "source": code} for code in codes]
    document = json.dumps({"nbformat": 4, "cells": cells}).encode()
    facts = read_source(document, (FUNCTION,), "solution.ipynb")

    assert [cell.unrun for cell in facts.cells] == ["", codes[1], "", "", ""]
    assert "x = 1" not in facts.text
