"""Says whether a text is Python, without making bytecode of it.

The worker parses a submission and resolves its names, both in time that grows with its length. It
does not compile: the compiler copies a `finally` block to every way out of it, so that a file of a
few kilobytes could fill the worker's memory. The box compiles, within limits; what only the
compiler refuses is looked for here in the tree, where students meet it.
"""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Iterator
from typing import NamedTuple

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_NUMBER = re.compile(r"invalid \w+ literal")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


class SyntaxProblem(NamedTuple):
    """Why a text is not Python, in the parser's words, and in which line if one is known."""

    message: str
    line: int | None = None


class _Place(NamedTuple):
    """What encloses a statement."""

    is_in_function: bool = False
    is_in_loop: bool = False


def parse(text: str) -> ast.Module | SyntaxProblem:
    """Parse a text whose lines end with a newline, without looking at what its names mean."""
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        return SyntaxProblem("it holds a NUL character", line)
    try:
        return ast.parse(text)
    except SyntaxError as error:
        return _told(error)
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        return SyntaxProblem("it holds half of a character (a lone surrogate)", line)
    except (ValueError, RecursionError, MemoryError):
        return SyntaxProblem("it is nested too deeply")


def problem_of(text: str, tree: ast.Module) -> SyntaxProblem | None:
    """Say why a text that parses cannot be run all the same."""
    try:
        symtable.symtable(text, "submission", "exec")
    except SyntaxError as error:
        return _told(error)
    except (ValueError, RecursionError, MemoryError):
        return SyntaxProblem("it is nested too deeply")
    return min(_misplaced(tree), key=lambda problem: problem.line or 0, default=None)


def late_futures(tree: ast.Module) -> list[ast.ImportFrom]:
    """List the imports from `__future__` that do not stand at the beginning."""
    late, has_begun = [], False
    for index, node in enumerate(tree.body):
        if isinstance(node, ast.ImportFrom) and node.module == "__future__" and not node.level:
            if has_begun:
                late.append(node)
        elif index or not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            has_begun = True
    return late


def _told(error: SyntaxError) -> SyntaxProblem:
    message = error.msg
    # The parser of Python 3.11.2 blames the number before a character that it does not know; later
    # ones blame the character.
    after = (error.text or "")[error.offset or 0 :][:1]
    if _NUMBER.fullmatch(message) and not (after.isascii() or f"a{after}".isidentifier()):
        message = f"invalid character '{after}' (U+{ord(after):04X})"
    # Line 0 is the parser's word for not knowing it.
    return SyntaxProblem(message, error.lineno or None)


def _misplaced(tree: ast.Module) -> Iterator[SyntaxProblem]:
    """Find what the compiler refuses where it stands."""
    for late in late_futures(tree):
        yield SyntaxProblem(
            "from __future__ imports must occur at the beginning of the file", late.lineno
        )
    # A stack of our own: Python's is shorter than a file may be nested.
    stack: list[tuple[ast.AST, _Place]] = [(tree, _Place())]
    while stack:
        node, place = stack.pop()
        if isinstance(node, ast.Return | ast.Yield | ast.YieldFrom | ast.Await):
            word = "yield" if isinstance(node, ast.YieldFrom) else type(node).__name__.lower()
            if not place.is_in_function:
                yield SyntaxProblem(f"'{word}' outside function", node.lineno)
        elif isinstance(node, ast.Break | ast.Continue) and not place.is_in_loop:
            yield SyntaxProblem(f"'{type(node).__name__.lower()}' outside loop", node.lineno)
        for field, value in ast.iter_fields(node):
            inside = _inside(node, field, place)
            children = value if isinstance(value, list) else [value]
            stack.extend((child, inside) for child in children if isinstance(child, ast.AST))


def _inside(node: ast.AST, field: str, place: _Place) -> _Place:
    if field != "body":
        return place
    if isinstance(node, _FUNCTIONS):
        return _Place(is_in_function=True)
    if isinstance(node, ast.ClassDef):
        return _Place()
    return place._replace(is_in_loop=True) if isinstance(node, _LOOPS) else place
