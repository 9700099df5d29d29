"""Reads a Jupyter notebook: its code cells, one after another, as one text of Python.

A notebook is JSON of which only little matters here: which cells hold code, and what it is.
Outputs, pictures and text are passed over, whatever is wrong with them. Formats 1 to 3 kept cells
in worksheets and their code under `input`; format 4 keeps both at hand. It is read as Jupyter reads
it, with Python's own JSON, which takes a NaN that a plot has left in an output.

The lines of the text are those of the cells, so that a line of it can be told as a cell and a
line. Jupyter compiles each statement by itself, which lets `from __future__` and a `global` at
module level stand anywhere. In one text they cannot, and as they would do nothing there they are
taken out.
"""

from __future__ import annotations

import ast
import json
from pathlib import PurePath
from typing import Any

import msgspec

from grader.model.source import Cell, SourceFacts
from grader.model.submission import MAX_SOURCE_BYTES, NOTEBOOK_SUFFIX
from grader.preflight.advice import advice
from grader.preflight.magics import to_python
from grader.preflight.syntax import SyntaxProblem, late_futures, parse, problem_of

_RUN_ALL = "Restart the kernel and run all cells: the notebook must run from the top."
_HELP = "Save the notebook in Jupyter and hand that file in; the name of a program must end in .py."


class _Cell(msgspec.Struct):
    """A cell of any format."""

    cell_type: str = ""
    source: str | list[str] = ""
    input: str | list[str] = ""
    language: str = "python"

    @property
    def code(self) -> str:
        """What the cell says, with lines that end as Python counts them."""
        if "python" not in self.language.lower():
            return ""
        text = "".join(self.source or self.input)
        return text.replace("\r\n", "\n").replace("\r", "\n")


class _Worksheet(msgspec.Struct):
    """A page of a notebook before format 4."""

    cells: list[_Cell] = []


class _Notebook(msgspec.Struct):
    """A notebook of any format."""

    cells: list[_Cell] = []
    worksheets: list[_Worksheet] = []

    def all_cells(self) -> list[_Cell]:
        """List the cells in their order."""
        return [*self.cells, *(cell for sheet in self.worksheets for cell in sheet.cells)]


def is_notebook(source: bytes, filename: str) -> bool:
    """Tell whether a file is a notebook by its name, or by its content under another name."""
    if PurePath(filename).suffix.lower() == NOTEBOOK_SUFFIX:
        return True
    if not source.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return False
    document = _document(source)
    return isinstance(document, dict) and "nbformat" in document


def read_notebook(source: bytes) -> SourceFacts:
    """Join the code cells of a notebook; what is wrong with it is a fact about it."""
    document = _document(source)
    if isinstance(document, str):
        return _not_a_notebook(document)
    try:
        all_cells = msgspec.convert(document, _Notebook).all_cells()
    except (msgspec.ValidationError, RecursionError) as error:
        return _not_a_notebook(str(error))
    numbered = [(n, cell.code) for n, cell in enumerate(all_cells, 1) if cell.cell_type == "code"]
    if not any(code.strip() for _, code in numbered):
        return SourceFacts(
            problem="The notebook has no code in its cells",
            problem_help="Put the code into code cells, save the notebook, and hand it in again.",
        )
    # A letter is at least a byte, so that what is too long is not looked at any further.
    if sum(len(code) + 1 for _, code in numbered) > MAX_SOURCE_BYTES:
        return SourceFacts(
            problem=f"The notebook's code is larger than {MAX_SOURCE_BYTES // 1024} KiB",
            problem_help="Hand in only the cells that the exercise asks for.",
        )
    return _joined(numbered)


def _document(source: bytes) -> dict[str, Any] | str:
    """Decode the JSON of a notebook, or say why it is none."""
    try:
        document = json.loads(source.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return "it is not UTF-8 text"
    except RecursionError:
        return "it is nested too deeply"
    # Also what is JSON and yet too much for Python, such as a number of thousands of digits.
    except ValueError as error:
        return f"it is not JSON: {error}"
    return document if isinstance(document, dict) else "it is JSON, but not an object"


def _not_a_notebook(reason: str) -> SourceFacts:
    return SourceFacts(
        problem=f"The file is not a notebook that Jupyter can open: {reason}", problem_help=_HELP
    )


def _joined(numbered: list[tuple[int, str]]) -> SourceFacts:
    """Make one text of cells, given with their numbers, and name the first one that is wrong."""
    cells: list[Cell] = []
    texts: list[str] = []
    problem, help_, has_begun, line = None, "", False, 1
    for number, code in numbered:
        text = to_python(code)
        tree = parse(text)
        if isinstance(tree, ast.Module) and (needless := _needless(tree, has_begun=has_begun)):
            text = _without(text, needless)
            tree = parse(text)
        if isinstance(tree, SyntaxProblem):
            found: SyntaxProblem | None = tree
        else:
            has_begun = has_begun or bool(tree.body)
            found = problem_of(text, tree)
        if found and not problem:
            help_ = advice(text, found) or _RUN_ALL
            # The end of a cell that lacks something can lie one line behind it.
            within = min(found.line or 1, text.count("\n") + 1)
            problem = found._replace(line=line + within - 1)
        # Nothing is left of a cell that its magic hands to something else than this program.
        unrun = "" if text.strip() else code
        cells.append(Cell(number, len(cells) + 1, line, unrun))
        texts.append(text)
        line += text.count("\n") + 1
    return SourceFacts(
        text="\n".join(texts),
        cells=tuple(cells),
        problem=f"A cell of the notebook is not valid Python: {problem.message}"
        if problem
        else None,
        problem_line=problem.line if problem else None,
        problem_help=help_,
    )


def _needless(tree: ast.Module, *, has_begun: bool) -> list[ast.stmt]:
    """List the statements of a cell that Jupyter takes and one text would not."""
    futures = [
        node
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module == "__future__" and not node.level
    ]
    kept = futures if has_begun else late_futures(tree)
    return [*kept, *(node for node in tree.body if isinstance(node, ast.Global))]


def _without(text: str, nodes: list[ast.stmt]) -> str:
    """Put `pass` in the place of statements; the lines stay where they are."""
    lines = text.split("\n")
    for node in sorted(nodes, key=lambda node: (node.lineno, node.col_offset), reverse=True):
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        # Python counts columns in bytes.
        before = lines[first].encode()[: node.col_offset].decode()
        behind = lines[last].encode()[node.end_col_offset :].decode()
        lines[first : last + 1] = [f"{before}pass{behind}", *[""] * (last - first)]
    return "\n".join(lines)
