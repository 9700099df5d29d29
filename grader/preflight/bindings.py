"""Finds what a file would define if it were imported, without importing it.

An import runs what stands at module level, also inside `if`, `try`, `with` and loops, but neither
the bodies of functions and classes nor what `if __name__ == '__main__':` guards. What is bound
last under a name is what an import finds there; a binding under a condition counts as made.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_BLOCKS = ("body", "handlers", "cases", "orelse", "finalbody")


def bound_lines(tree: ast.Module, names: Iterable[str]) -> dict[str, int]:
    """Lines of the last statements that bind names to what could be functions or classes."""
    lines = {name: _bound_line(tree, name) for name in names}
    return {name: line for name, line in lines.items() if line is not None}


def _bound_line(tree: ast.Module, name: str) -> int | None:
    bound = [node for node in _imported(tree) if _binds(node, name)]
    if not bound or isinstance(getattr(bound[-1], "value", None), ast.Constant):
        return None
    return bound[-1].lineno


class Defined(NamedTuple):
    """Names that a file defines, wherever it does, from first to last; methods are functions."""

    functions: tuple[str, ...]
    classes: tuple[str, ...]


def defined(tree: ast.Module) -> Defined:
    """Name everything that a file defines."""
    found = [node for node in ast.walk(tree) if isinstance(node, _DEFINITIONS)]
    found.sort(key=lambda node: (node.lineno, node.col_offset))
    classes = [node.name for node in found if isinstance(node, ast.ClassDef)]
    functions = [node.name for node in found if not isinstance(node, ast.ClassDef)]
    return Defined(tuple(functions), tuple(classes))


def _imported(tree: ast.Module) -> Iterator[ast.stmt]:
    """List the statements that an import can run, in their order."""
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.stmt):
            yield node
        if isinstance(node, _DEFINITIONS):
            continue
        guarded = isinstance(node, ast.If) and _is_main_guard(node.test)
        blocks = [
            getattr(node, field, []) for field in _BLOCKS if not (guarded and field == "body")
        ]
        stack.extend(reversed([child for block in blocks for child in block]))


def _is_main_guard(test: ast.expr) -> bool:
    """Tell whether a condition asks for the file to be run by itself."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return any(map(_is_main_guard, test.values))
    if not isinstance(test, ast.Compare) or not isinstance(test.ops[0], ast.Eq):
        return False
    sides = (test.left, test.comparators[0])
    has_name = any(isinstance(side, ast.Name) and side.id == "__name__" for side in sides)
    return has_name and any(
        isinstance(side, ast.Constant) and side.value == "__main__" for side in sides
    )


def _binds(node: ast.stmt, name: str) -> bool:
    if isinstance(node, _DEFINITIONS):
        return node.name == name
    if isinstance(node, ast.Import | ast.ImportFrom):
        return any((alias.asname or alias.name.partition(".")[0]) == name for alias in node.names)
    return any(_names(target, name) for target in _targets(node))


def _targets(node: ast.stmt) -> list[ast.expr]:
    """List what a statement assigns to."""
    if isinstance(node, ast.Assign):
        return node.targets
    if isinstance(node, ast.AnnAssign):
        return [node.target] if node.value else []
    if isinstance(node, ast.For | ast.AsyncFor):
        return [node.target]
    if isinstance(node, ast.With | ast.AsyncWith):
        return [item.optional_vars for item in node.items if item.optional_vars]
    return []


def _names(target: ast.expr, name: str) -> bool:
    return any(
        isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id == name
        for node in ast.walk(target)
    )
