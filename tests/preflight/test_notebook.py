"""A notebook is its code cells, and a line of it is told as the cell and line of the student.

Commands to Jupyter never stop a notebook from being read, and taking them out moves no line.
"""

from __future__ import annotations

import ast
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.model.source import Cell, SourceFacts
from grader.preflight import read_source
from grader.preflight.magics import to_python

FUNCTION = "train_mnist_conv"
LESSON = "def train_mnist_conv():\n    return 1, 2"
# What cells are made of, whole and in pieces: commands, and strings and brackets around them.
PIECES = (
    *("!ls", "%time f()", "%%time", "%%bash", "x?", "?x", "x = !ls", "%matplotlib inline", "\\"),
    *(
        "'",
        '"',
        "'''",
        '"""',
        "(",
        ")",
        "[",
        "{",
        "}",
        "#",
        "%",
        "!",
        "=",
        "x",
        "é",
        "\f",
        " ",
        "\t",
    ),
    *(
        "\n",
        "\n",
        "\n    ",
        "if x:\n    ",
        "print('%d'\n  % x)\n",
        "global x\n",
        "a; global b; c\n",
    ),
    *("from __future__ import annotations\n", "from __future__ import (\n  division)", "\u2028"),
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ("nbformat", "cells", "worksheets", "cell_type", "source", "input", "language")
            ),
            inner | st.just("code"),
        )
    ),
)


def code(source: Any) -> dict[str, Any]:
    """Write a code cell of format 4, with an output that must not matter."""
    output = {"output_type": "stream", "text": ["def train_mnist_conv(:"], "plot": float("nan")}
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [output]}


def text(source: str, cell_type: str = "markdown") -> dict[str, Any]:
    """Write a cell without code."""
    return {"cell_type": cell_type, "source": source, "metadata": {}}


def notebook(*cells: dict[str, Any]) -> bytes:
    """Write a notebook of format 4."""
    document = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    return json.dumps(document).encode()


def read(*cells: dict[str, Any]) -> SourceFacts:
    """Read a notebook of these cells."""
    return read_source(notebook(*cells), (FUNCTION,), "solution.ipynb")


def test_code_cells_become_one_text_with_their_places() -> None:
    """Text is passed over, but counts where Jupyter's editors count it."""
    facts = read(
        text("# Lesson"),
        code(["import os\n", "x = 1"]),
        text("not ( python", "raw"),
        code("\n" + LESSON.replace("\n", "\r\n")),
        code([]),
    )

    assert facts.problem is None
    assert facts.text == f"import os\nx = 1\n\n{LESSON}\n"
    assert facts.cells == (Cell(2, 1, 1), Cell(4, 2, 3), Cell(5, 3, 6))
    assert facts.defined.get(FUNCTION) == 4
    assert facts.place(facts.defined.get(FUNCTION)) == "cell 4 (code cell 2), line 2"


@pytest.mark.parametrize("filename", ["solution.ipynb", "Solution.IPYNB", "solution.py"])
def test_a_notebook_is_known_by_name_or_content(filename: str) -> None:
    """A notebook that was given the name of a Python file is read as what it is."""
    source = b"\xef\xbb\xbf\n" + notebook(code(LESSON))

    assert read_source(source, (FUNCTION,), filename).defined.get(FUNCTION) == 1


def test_a_notebook_of_format_3_is_read() -> None:
    """Cells are in worksheets, their code under `input`, and only Python counts."""
    first = {"cell_type": "code", "language": "bash", "input": "ls -l"}
    second = {"cell_type": "code", "language": "python", "input": LESSON.splitlines(keepends=True)}
    heading = {"cell_type": "heading", "level": 1, "source": "Lesson"}
    sheets = [{"cells": [heading, first]}, {"cells": [second]}]
    document = {"nbformat": 3, "metadata": {"name": ""}, "worksheets": sheets}
    facts = read_source(json.dumps(document).encode(), (FUNCTION,), "solution.ipynb")

    assert facts.problem is None
    assert facts.place(facts.defined.get(FUNCTION)) == "cell 3 (code cell 2), line 1"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (b"def train_mnist_conv():\n    pass\n", "it is not JSON"),
        (b"\xff\xfe{\0}\0", "not UTF-8"),
        (b"{}\0", "it is not JSON"),
        (b"[1, 2]", "not an object"),
        (b'{"cells": 3}', "Expected `array`"),
        (b'{"cells": [{"cell_type": "code", "source": {"a": 1}}]}', "$.cells[0].source"),
        (b'{"cells": [{"cell_type": "code", "source": ["a", null]}]}', "$.cells[0].source[1]"),
        (b'{"worksheets": [[]]}', "Expected `object`"),
        (b'{"metadata": ' + b"[" * 1_000_000, "nested too deeply"),
        (b'{"metadata": ' + b"9" * 10_000 + b"}", "it is not JSON"),
        (b"{}", "no code in its cells"),
        (notebook(), "no code in its cells"),
        (notebook(text(LESSON), code(" \n")), "no code in its cells"),
        (notebook(code("x = 1\n" * 50_000)), "code is larger than 256 KiB"),
        (notebook(*[{"cell_type": "code"}] * 300_000, code(LESSON)), "larger than 256 KiB"),
        (b"{" + b" " * 10 * 1024 * 1024, "larger than 10240 KiB"),
    ],
)
def test_a_file_that_is_no_notebook_is_a_fact(source: bytes, words: str) -> None:
    """What Jupyter could not open either is described, however hostile it is."""
    assert words in (read_source(source, (FUNCTION,), "solution.ipynb").problem or "")


def test_pictures_do_not_count_as_source() -> None:
    """A notebook may be large through its outputs, also as the value of an unknown field."""
    cell = code(LESSON) | {"outputs": [{"data": {"image/png": "A" * 5_000_000}}]}

    assert read(cell).defined.get(FUNCTION) == 1


@pytest.mark.parametrize(
    ("source", "message", "place"),
    [
        ("x = (1,\n", "'(' was never closed", "cell 3 (code cell 2), line 1"),
        ("if x:\n", "expected an indented block", "cell 3 (code cell 2), line 1"),
        ("%matplotlib inline\n\nprint 'x'", "Missing parentheses", "cell 3 (code cell 2), line 3"),
        ("x = 1\nreturn x", "'return' outside function", "cell 3 (code cell 2), line 2"),
        ("x = '\0'", "NUL character", "cell 3 (code cell 2), line 1"),
        ("\n'\ud800'", "half of a character", "cell 3 (code cell 2), line 2"),
        ("x = 1 \\", "unexpected EOF", "cell 3 (code cell 2), line 1"),
        ("(" * 1000, "too many nested parentheses", "cell 3 (code cell 2), line 1"),
    ],
)
def test_a_cell_that_is_not_python_is_named(source: str, message: str, place: str) -> None:
    """The first wrong cell is told, with the line in it."""
    facts = read(code("x = 1"), text("Now"), code(source), code("y = ("))

    assert facts.problem is not None
    assert facts.problem.startswith("A cell of the notebook is not valid Python: ")
    assert message in facts.problem
    assert facts.place(facts.problem_line) == place


def test_what_jupyter_takes_in_any_cell_is_taken() -> None:
    """A late `from __future__` and a `global` at module level do no harm, and move no line."""
    facts = read(
        code("from __future__ import annotations"),
        code("x = 1; from __future__ import (\n  division,\n) ; y = 'é'; global x ; z = 1"),
        code(LESSON),
    )

    assert facts.problem is None
    assert facts.text.split("\n")[:2] == [
        "from __future__ import annotations",
        "x = 1; pass ; y = 'é'; pass ; z = 1",
    ]
    assert facts.place(facts.defined.get(FUNCTION)) == "cell 3, line 1"


@pytest.mark.parametrize(
    ("cell", "python"),
    [
        ("!pip install keras", "pass"),
        ("!pip install \\\n  keras\nx = 1", "pass\n\nx = 1"),
        ("!!ls\n!echo 'it\nx = 1", "pass\npass\nx = 1"),
        ("%matplotlib inline\nimport os", "pass\nimport os"),
        ("% matplotlib inline\n%load_ext tensorboard # (", "pass\npass"),
        ("%pylab inline", "import numpy as np, matplotlib.pyplot as plt; from pylab import *"),
        ("if x:\n\t!ls\n\t%cd /\n\ty()", "if x:\n\tpass\n\tpass\n\ty()"),
        ("?model\nmodel.fit?\nf??  # how\n*int*?", "pass\npass\npass\npass"),
        ("files = !ls\na, b = !ls (", "files = []\na, b = []"),
        ("    here = %pwd", "here = ''"),
        ("%time h = f(\\\n  1)", "h = f(\\\n  1)"),
        ("h = %time f()\n%timeit -n 10 -r3 -q g()", "h = f()\ng()"),
        (
            "if x:\n    %time\n    %time # x\n    %prun -s time f()",
            "if x:\n    pass\n    pass\n    f()",
        ),
        ("%time !ls\n%time %cd x", "pass\npass"),
        ("\n%%time\nx = 1", "\n\nx = 1"),
        ("%%capture out\n%%timeit -n1\n!ls\nx = 1", "\n\npass\nx = 1"),
        ("# List.\n%%bash\nls (", "\n\n"),
        ("%%writefile a.py\ndef train_mnist_conv():\n    pass", "\n\n"),
        ("x = 1\n%%time\ny = 1", "x = 1\npass\ny = 1"),
        ("  x = 1\n  !ls", "x = 1\npass"),
        ("# Install.\npip install keras", "# Install.\npass"),
        ("%cd x\nprint('%d, %d'\n  % x,\n  !y)", "pass\nprint('%d, %d'\n  % x,\n  !y)"),
        ("%cd x\ny = 1 \\\n  % z", "pass\ny = 1 \\\n  % z"),
        ("%cd x\ny = '''\n!ls\n\"\"\"%time\n'''", "pass\ny = '''\n!ls\n\"\"\"%time\n'''"),
        ("%cd x\ny = 'a\\\n!ls'", "pass\ny = 'a\\\n!ls'"),
        ("%cd x\ny = 'it\\'s ('\n!ls", "pass\ny = 'it\\'s ('\npass"),
        ("%cd x\ny = 'unclosed (\n!ls", "pass\ny = 'unclosed (\npass"),
        ("%cd x\ny = ''  # it's (\n!ls", "pass\ny = ''  # it's (\npass"),
        ("%cd x\ny)\n!ls", "pass\ny)\npass"),
        ("pip install keras\nx = 1", "pip install keras\nx = 1"),
        ("x = !ls == 3", "x = []"),
        ("Why does this fail?", "Why does this fail?"),
    ],
)
def test_commands_are_taken_out_and_nothing_else(cell: str, python: str) -> None:
    """What Jupyter gives to another program goes, what it wraps stays, Python is not touched."""
    assert to_python(cell) == python


@settings(deadline=None)
@given(TEXTS)
def test_no_line_moves(cell: str) -> None:
    """Taking commands out keeps the number of lines, and what parses stays as it is."""
    try:
        ast.parse(cell)
        parses = True
    except (SyntaxError, ValueError):
        parses = False
    python = to_python(cell)

    assert python.count("\n") == cell.count("\n")
    assert python == cell or not parses


@settings(deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_cells_are_where_they_are_said_to_be(sources: list[str]) -> None:
    """Each cell begins in the text where the facts say, and what has no problem parses."""
    facts = read(*map(code, sources))

    if facts.cells:
        ends = [cell.first_line - 1 for cell in facts.cells[1:]] + [facts.text.count("\n") + 1]
        lengths = [end - cell.first_line + 1 for cell, end in zip(facts.cells, ends, strict=True)]
        assert lengths == [source.count("\n") + 1 for source in sources]
    assert facts.problem or isinstance(ast.parse(facts.text), ast.Module)


@settings(deadline=None)
@given(JSON | st.fixed_dictionaries({"nbformat": st.just(4), "cells": st.lists(JSON)}))
def test_any_json_is_read(document: Any) -> None:
    """Whatever a notebook holds, facts come of it."""
    source = json.dumps(document).encode()

    assert isinstance(read_source(source, (FUNCTION,), "solution.ipynb"), SourceFacts)
    assert isinstance(read_source(source, (FUNCTION,), "solution.py"), SourceFacts)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("line", ["%time x\n", "!ls \\\n", "%%time\n", "x = '\n", "global x;" * 9])
def test_a_cell_of_many_commands_takes_no_longer_than_its_length(line: str) -> None:
    """A cell as long as is allowed is read at once."""
    cell = line * (250_000 // len(line))

    assert read(code(cell)).text.count("\n") == cell.count("\n")
