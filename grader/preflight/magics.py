"""Turns a notebook's cell into Python that keeps every line where it was.

Jupyter's cells are not quite Python: `!pip install`, `%matplotlib inline`, `help?` and cells that
begin with `%%` are commands to IPython. Nothing of them trains a model, so they are taken away;
what they wrap, as `%time` and `%%capture` do, is Python and stays.

A cell that parses is never changed. In any other, a command is looked for only where a statement
can begin: not inside a string that spans lines, not inside brackets, not after a backslash, where
`%` and `!` belong to the student's expression. A command leaves `pass` with its indentation, its
further lines become empty, and so the line in which a student finds a mistake is ours as well.

IPython's own translation is not used: it tokenizes the whole cell again for every command, so a
long cell of commands would hold the worker for minutes, and it moves lines.
"""

from __future__ import annotations

import ast
import re
from typing import NamedTuple

# They run the Python under them; any other cell magic hands its cell to another program.
_WRAPPING = re.compile(
    "capture|debug|heat|memit|notify|prun|pyinstrument|snakeviz|time|timeit|wandb"
)
_CELL_MAGIC = re.compile(r"[ \t]*%%(\w*)")
_TIMED = re.compile(
    r"(?P<before>[ \t\f]*(?:[^\s#!%=][^#!%=]*=[ \t]*)?)%[ \t]*(?:timeit|time|prun|memit)\b"
    r"(?:[ \t]+-(?:[nrpl][ \t]*\d+|s[ \t]+\w+|[a-zA-Z]+))*[ \t]+(?P<statement>[^\s#].*)"
)
_PYLAB = re.compile(r"%[ \t]*pylab\b")
_PYLAB_NAMES = "import numpy as np, matplotlib.pyplot as plt; from pylab import *"
_COMMAND = re.compile(r"(?P<indent>[ \t\f]*)[!%?]")
_HELP = re.compile(r"(?P<indent>[ \t\f]*)[\w.*%\[\]-]+\?\??[ \t]*(?:#.*)?$")
_ASSIGNED = re.compile(r"(?P<target>[ \t\f]*[^\s#!%=][^#!%=]*=)[ \t]*(?P<escape>[!%])")
# Alone in their cell, these are commands without any sign before them.
_BARE = re.compile(
    r"[ \t]*(?:pip|conda|mamba|cd|ls|cat|cp|mv|rm|mkdir|matplotlib|load_ext|env|run)[ \t]+\S"
)
_TOKEN = re.compile(r"\\.?|\"\"\"|'''|[\"'#\[\](){}]")


def to_python(cell: str) -> str:
    """Take IPython's commands out of a cell whose lines end with a newline; all lines stay."""
    if _parses(cell):
        return cell
    lines = cell.split("\n")
    first = _first_statement(lines, 0)
    lines = _dedented(lines, first)
    while first < len(lines) and (magic := _CELL_MAGIC.match(lines[first])):
        if not _WRAPPING.fullmatch(magic[1]):
            return "\n" * cell.count("\n")
        lines[first] = ""
        first = _first_statement(lines, first)
    text = "\n".join(lines)
    if text != cell and _parses(text):
        return text
    is_alone = _first_statement(lines, first + 1) == len(lines)
    if is_alone and any(map(_BARE.match, lines[first : first + 1])):
        lines[first] = "pass"
    return "\n".join(_without_commands(lines))


def is_command(line: str) -> bool:
    """Tell whether a line that is not Python is a command to IPython."""
    return _python_of(line) is not None


class _State(NamedTuple):
    """What is open at the end of a line."""

    quote: str = ""
    depth: int = 0
    is_continued: bool = False


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _first_statement(lines: list[str], start: int) -> int:
    """Index of the first line from `start` that is neither empty nor a comment."""
    for index in range(start, len(lines)):
        if lines[index].strip() and not lines[index].lstrip().startswith("#"):
            return index
    return len(lines)


def _dedented(lines: list[str], first: int) -> list[str]:
    """Take the first statement's indentation from all lines, as Jupyter does."""
    line = "".join(lines[first : first + 1])
    indent = line[: len(line) - len(line.lstrip(" \t"))]
    return [line.removeprefix(indent) for line in lines]


def _without_commands(lines: list[str]) -> list[str]:
    kept: list[str] = []
    state, is_in_command = _State(), False
    for line in lines:
        if is_in_command:
            kept.append("")
            is_in_command = line.endswith("\\")
            continue
        python = None
        if state == _State():
            if timed := _TIMED.match(line):
                line = timed["before"] + timed["statement"]  # noqa: PLW2901 - one line, one turn
            python = _python_of(line)
        if python is None:
            state = _after(line, state)
        else:
            is_in_command = line.endswith("\\")
        kept.append(line if python is None else python)
    return kept


def _python_of(line: str) -> str | None:
    """Return the Python that takes a command's place, or None when the line is no command."""
    if command := _COMMAND.match(line):
        if _PYLAB.match(line):
            return _PYLAB_NAMES
        return f"{command['indent']}pass"
    if asked := _HELP.match(line):
        return f"{asked['indent']}pass"
    if assigned := _ASSIGNED.match(line):
        # What a program printed is a list of lines; what a magic such as %pwd gives, mostly text.
        return f"{assigned['target']} {'[]' if assigned['escape'] == '!' else repr('')}"
    return None


def _after(line: str, before: _State) -> _State:
    """Follow strings and brackets through a line."""
    quote, depth, is_continued = before.quote, before.depth, False
    for match in _TOKEN.finditer(line):
        part = match[0]
        is_continued = part == "\\"
        if quote:
            # Three quotes end a string of one quote and are an empty string after it.
            if part == quote or (len(quote) == 1 and part == quote * 3):
                quote = ""
        elif part == "#":
            break
        elif part[0] in "\"'":
            quote = part
        elif part in "([{":
            depth += 1
        elif part in ")]}":
            depth = max(0, depth - 1)
    if len(quote) == 1 and not is_continued:
        quote = ""
    return _State(quote, depth, is_continued)
