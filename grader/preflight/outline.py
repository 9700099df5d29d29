"""The outline of a program: its statements, each as a digest that survives another's names.

Two outlines share a statement if both programs say it, whatever variables, functions and modules
are called there, in whatever order named arguments stand, and whatever is printed or commented.
Values count: a layer of 64 filters is not one of 32.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from typing import Any, NamedTuple

# What a program does not do anything with, or what every program begins with.
_SILENT = (ast.Import, ast.ImportFrom, ast.Pass, ast.Global, ast.Nonlocal)
_LEFT_OUT = frozenset({"ctx", "type_comment", "annotation", "returns", "type_params", "kind"})
_BODIES = frozenset({"body", "orelse", "finalbody", "handlers", "cases"})
_MIRRORED: dict[type[ast.cmpop], str] = {ast.Gt: "Lt", ast.GtE: "LtE"}
_DIGITS = 16


class Statement(NamedTuple):
    """A statement without the statements in it: its digest, and how many parts it has."""

    digest: str
    parts: int


Outline = tuple[Statement, ...]


def outline(tree: ast.Module) -> Outline:
    """Return the statements of a program, those in functions and loops too, in its order."""
    names = _Names(tree)
    return tuple(names.statement(each) for each in _statements(tree) if not _is_silent(each))


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    waiting: list[ast.AST] = [*tree.body[::-1]]
    while waiting:
        node = waiting.pop()
        yield node
        for field in ("cases", "finalbody", "orelse", "handlers", "body"):
            inner = getattr(node, field, None)
            if isinstance(inner, list):
                waiting += inner[::-1]


def _is_silent(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        value = node.value
        called = value.func if isinstance(value, ast.Call) else None
        is_print = isinstance(called, ast.Name) and called.id == "print"
        return isinstance(value, ast.Constant) or is_print
    return isinstance(node, _SILENT)


class _Names:
    """Which names a program has chosen itself, and which modules stand behind its others."""

    def __init__(self, tree: ast.Module) -> None:
        self._imported: dict[str, str] = {}
        self._own: set[str] = set()
        self._own_attributes: set[str] = set()
        for node in ast.walk(tree):
            self._note(node)
        self._own -= set(self._imported)

    def _note(self, node: ast.AST) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                whole = alias.name if alias.asname else alias.name.partition(".")[0]
                self._imported[alias.asname or whole] = whole
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                self._imported[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            self._own.add(node.id)
        elif isinstance(node, ast.arg):
            self._own.add(node.arg)
        elif isinstance(node, ast.ExceptHandler):
            self._own |= {node.name} if node.name else set()
        elif isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            self._own.add(node.name)
        if isinstance(node, ast.ClassDef):
            self._note_attributes(node)

    def _note_attributes(self, node: ast.ClassDef) -> None:
        """Note what a class keeps in its objects: `self.limit`, but not `self.model.limit`."""
        for method in node.body:
            if not isinstance(method, ast.FunctionDef) or not method.args.args:
                continue
            first = method.args.args[0].arg
            self._own_attributes |= {
                each.attr
                for each in ast.walk(method)
                if isinstance(each, ast.Attribute)
                and isinstance(each.ctx, ast.Store)
                and isinstance(each.value, ast.Name)
                and each.value.id == first
            }

    def statement(self, node: ast.AST) -> Statement:
        """Return a statement's digest: names are numbered as they come in it."""
        writer = _Writer(self._imported, self._own, self._own_attributes)
        is_method_of = getattr(node, "name", "") if isinstance(node, ast.FunctionDef) else ""
        writer.write(node, is_outermost=True)
        # Keras calls methods by their names, so those are no choice.
        words = [*writer.words, is_method_of if is_method_of.startswith(("on_", "__")) else ""]
        digest = hashlib.sha256("\x1f".join(words).encode(errors="replace")).hexdigest()
        return Statement(digest[:_DIGITS], len(words))


class _Writer:
    """Writes one statement as words."""

    def __init__(self, imported: dict[str, str], own: set[str], own_attributes: set[str]) -> None:
        self.words: list[str] = []
        self._imported = imported
        self._own = own
        self._own_attributes = own_attributes
        self._numbers: dict[str, int] = {}

    def write(self, node: Any, *, is_outermost: bool = False) -> None:
        """Write a node, without the statements in it where it is the statement itself."""
        if isinstance(node, list):
            self.words.append(f"[{len(node)}")
            for each in node:
                self.write(each)
        elif isinstance(node, ast.Name | ast.Attribute) and (path := self._path(node)):
            self.words.append(path)
        elif isinstance(node, ast.Name):
            self.words.append(self._name(node.id))
        elif isinstance(node, ast.Compare) and type(node.ops[0]) in _MIRRORED and len(node.ops) < 2:
            self.words.append(_MIRRORED[type(node.ops[0])])
            self.write([node.comparators[0], node.left])
        elif isinstance(node, ast.Compare):
            self.words += [type(each).__name__ for each in node.ops]
            self.write([node.left, *node.comparators])
        elif isinstance(node, ast.Call):
            self.words.append("call")
            self.write(node.func)
            self.write(node.args)
            self.write(sorted(node.keywords, key=lambda each: each.arg or ""))
        elif isinstance(node, ast.AST):
            self._write_fields(node, is_outermost=is_outermost)
        else:
            self.words.append(repr(node))

    def _write_fields(self, node: ast.AST, *, is_outermost: bool) -> None:
        self.words.append(type(node).__name__)
        for field, value in ast.iter_fields(node):
            if field in _LEFT_OUT or (is_outermost and field in _BODIES):
                continue
            if isinstance(value, str) and field in ("name", "arg", "attr"):
                self.words.append(self._named(node, field, value))
            else:
                self.write(value)

    def _named(self, node: ast.AST, field: str, value: str) -> str:
        if isinstance(node, ast.keyword):
            return value
        if field == "attr":
            return "own" if value in self._own_attributes else value
        return self._name(value)

    def _name(self, name: str) -> str:
        if name not in self._own:
            return name
        return f"#{self._numbers.setdefault(name, len(self._numbers))}"

    def _path(self, node: ast.expr) -> str:
        """Return the full name of what comes from a module, or nothing."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self._imported:
            return ""
        path = ".".join([self._imported[node.id], *parts[::-1]])
        # The same library under the names that it has had.
        return path.removeprefix("tensorflow.").removeprefix("python.")
