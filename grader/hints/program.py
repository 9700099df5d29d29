"""A program as the hints read it: its calls, classes and names, and where they stand.

It is parsed, never run, and read with loops alone, so that no nesting is too deep. A name stands
for a value only where every binding of it in the file is a plain assignment of that value.
"""

from __future__ import annotations

import ast
import warnings
from bisect import bisect_left, bisect_right
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from grader.model.source import SourceFacts

Function = ast.FunctionDef | ast.AsyncFunctionDef

_LONGEST_NAME = 60
_LARGEST_NUMBER = 1e9


@lru_cache(maxsize=4)
def read(source: SourceFacts) -> Program:
    """Parse a program; of what cannot be parsed nothing is known."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        tree = ast.Module([], [])
    return Program(source, tree)


@dataclass(frozen=True)
class Program:
    """The parsed text of a submission."""

    source: SourceFacts
    tree: ast.Module

    def at(self, *nodes: ast.AST) -> str:
        """Name where nodes stand, such as " (lines 14 and 17)"."""
        place = self.source.place(*(getattr(node, "lineno", None) for node in nodes))
        return f" ({place})" if place else ""

    def calls(self, *names: str) -> list[ast.Call]:
        """Return the calls of functions or methods with these names, under whatever module."""
        return [call for name in names for call in self._calls[name]]

    def classes(self, name: str) -> list[ast.ClassDef]:
        """Return the definitions of a class."""
        return self._classes.get(name, [])

    def functions(self) -> list[Function]:
        """Return all functions and methods."""
        return [node for node in self._nodes if isinstance(node, Function)]

    def function(self, name: str) -> Function | None:
        """Return the definition that a call reaches: the last one at module level."""
        found = [node for node in self.tree.body if isinstance(node, Function)]
        return next((each for each in reversed(found) if each.name == name), None)

    def all_classes(self) -> list[ast.ClassDef]:
        """Return all classes."""
        return [node for same in self._classes.values() for node in same]

    def mentions(self, *words: str) -> list[ast.AST]:
        """Return the names, attributes, parts of imports and strings that are one of the words."""
        return [node for word in words for node in self._mentioned[word]]

    def is_read(self, attribute: str) -> bool:
        """Whether an attribute of this name is read or called anywhere."""
        return any(
            isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
            for node in self._mentioned[attribute]
        )

    def is_changed(self, name: str, methods: set[str]) -> bool:
        """Whether one of these methods is called on what a name stands for."""
        return any(
            isinstance(call.func, ast.Attribute) and last_name(call.func.value) == name
            for call in self.calls(*methods)
        )

    def any_name_with(self, *parts: str) -> bool:
        """Whether some name in the program contains one of these parts, in any case."""
        return any(part in name.lower() for name in self._mentioned for part in parts)

    def divides(self) -> bool:
        """Whether anything is divided, or multiplied with a number below 1."""
        for node in self._nodes:
            if isinstance(node, ast.BinOp | ast.AugAssign):
                if isinstance(node.op, ast.Div | ast.FloorDiv):
                    return True
                factors = [node.value] if isinstance(node, ast.AugAssign) else [node.left]
                factors += [node.right] if isinstance(node, ast.BinOp) else []
                if isinstance(node.op, ast.Mult) and any(
                    (number(factor) or 1) < 1 for factor in factors
                ):
                    return True
        return False

    def values(self, name: str) -> list[ast.expr]:
        """Return what a name is assigned, or nothing when it is bound in any other way."""
        values = self._assigned[name]
        return values if len(values) == self._bound[name] else []

    def around(self, function: Function) -> ast.AST | None:
        """Return the innermost class, function or `if` that a function stands in."""
        outer = [
            node
            for node in self._nodes
            if isinstance(node, Function | ast.ClassDef | ast.If)
            and node.lineno < function.lineno <= (node.end_lineno or 0)
        ]
        return outer[-1] if outer else None

    def every_value(self, name: str) -> list[ast.expr]:
        """Return all that a name is assigned anywhere."""
        return self._assigned[name]

    def resolved(self, node: ast.expr | None) -> ast.expr | None:
        """Follow a name to the only expression that it is assigned, if it has one."""
        if isinstance(node, ast.Name) and len(values := self.values(node.id)) == 1:
            return values[0]
        return node

    def number(self, node: ast.expr | None) -> float | None:
        """Return the number that an expression is, also through a name for it."""
        return number(self.resolved(node))

    def fit(self, fit_line: int | None) -> ast.Call | None:
        """Return the call that was graded, or the only one there is."""
        if self.source.is_driven:
            return None
        fits = self.calls("fit")
        graded = [
            call for call in fits if fit_line and call.lineno <= fit_line <= (call.end_lineno or 0)
        ]
        found = graded or fits
        return found[0] if len(found) == 1 else None

    def fits_in(self, function: Function) -> list[ast.Call]:
        """Return the calls of fit inside a function."""
        fits, first, last = self._calls["fit"], function.lineno, function.end_lineno or 0
        # They stand in the order of their lines, and a program may have thousands of both.
        begin = bisect_left(fits, first, key=lambda call: call.lineno)
        return fits[begin : bisect_right(fits, last, key=lambda call: call.lineno)]

    def called(self, call: ast.Call) -> str:
        """Return the name of what is called, as it was before an import renamed it."""
        name = last_name(call.func)
        return self._renamed.get(name, name)

    def original(self, node: ast.AST) -> str:
        """Return the last part of a dotted name, as it was before an import renamed it."""
        name = last_name(node)
        return self._renamed.get(name, name)

    @cached_property
    def _nodes(self) -> list[ast.AST]:
        nodes = list(ast.walk(self.tree))
        nodes.sort(key=lambda node: (getattr(node, "lineno", 0), getattr(node, "col_offset", 0)))
        return nodes

    @cached_property
    def _calls(self) -> dict[str, list[ast.Call]]:
        calls = defaultdict(list)
        for node in self._nodes:
            if isinstance(node, ast.Call):
                calls[self.called(node)].append(node)
        return calls

    @cached_property
    def _classes(self) -> dict[str, list[ast.ClassDef]]:
        classes = defaultdict(list)
        for node in self._nodes:
            if isinstance(node, ast.ClassDef):
                classes[node.name].append(node)
        return classes

    @cached_property
    def _renamed(self) -> dict[str, str]:
        """What names stand for that an import or an assignment gave to a function or class."""
        meanings = defaultdict(set)
        for node in self._nodes:
            if isinstance(node, ast.alias):
                meanings[node.asname or node.name].add(node.name.rpartition(".")[2])
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Attribute):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        meanings[target.id].add(node.value.attr)
        return {name: min(found) for name, found in meanings.items() if len(found) == 1}

    @cached_property
    def _mentioned(self) -> dict[str, list[ast.AST]]:
        mentioned = defaultdict(list)
        for node in self._nodes:
            for word in _words(node):
                mentioned[word].append(node)
        return mentioned

    @cached_property
    def _assigned(self) -> dict[str, list[ast.expr]]:
        assigned = defaultdict(list)
        for node in self._nodes:
            targets = node.targets if isinstance(node, ast.Assign) else []
            if isinstance(node, ast.AnnAssign | ast.NamedExpr):
                targets = [node.target]
            for target in targets:
                value = getattr(node, "value", None)
                if isinstance(target, ast.Name) and value is not None:
                    assigned[target.id].append(value)
        return assigned

    @cached_property
    def _bound(self) -> dict[str, int]:
        """How often a name is bound at all: assigned, looped over, unpacked to, a parameter."""
        bound: dict[str, int] = defaultdict(int)
        for node in self._nodes:
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                bound[node.id] += 1
            elif isinstance(node, ast.arg):
                bound[node.arg] += 1
            elif isinstance(node, ast.alias):
                bound[node.asname or node.name] += 1
            elif isinstance(node, Function | ast.ClassDef):
                bound[node.name] += 1
        return bound


def _words(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Attribute):
        yield node.attr
    elif isinstance(node, ast.alias):
        yield from node.name.split(".")
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield from node.module.split(".")
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.keyword) and node.arg:
        yield node.arg


def last_name(node: ast.AST) -> str:
    """Return the last part of a dotted name."""
    return str(getattr(node, "attr", "") or getattr(node, "id", ""))


def dotted(node: ast.AST) -> str:
    """Return a dotted name, or its last part where it does not begin with a name."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join(reversed([*parts, *([node.id] if isinstance(node, ast.Name) else [])]))


def argument(call: ast.Call, name: str, position: int | None = None) -> ast.expr | None:
    """Return what is passed for a parameter, by its name or its place."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    if position is not None and position < len(call.args):
        return call.args[position]
    return None


def is_open(call: ast.Call) -> bool:
    """Whether a call passes more than it shows, with `*` or `**`."""
    return any(isinstance(value, ast.Starred) for value in call.args) or any(
        keyword.arg is None for keyword in call.keywords
    )


def number(node: ast.AST | None) -> float | None:
    """Return the number that is written here, unless it is none or absurd."""
    value = getattr(node, "value", None) if isinstance(node, ast.Constant) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) <= _LARGEST_NUMBER else None


def text(node: ast.AST | None) -> str:
    """Return the string that is written here, or the last part of a dotted name."""
    if isinstance(node, ast.Constant):
        return clipped(node.value) if isinstance(node.value, str) else ""
    return clipped(last_name(node)) if node is not None else ""


def clipped(name: str) -> str:
    """Shorten a name that nobody could read."""
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}..."


def own_nodes(function: Function) -> Iterator[ast.AST]:
    """Walk a function without the functions and classes inside it."""
    waiting: deque[ast.AST] = deque(function.body)
    while waiting:
        node = waiting.popleft()
        yield node
        if not isinstance(node, Function | ast.ClassDef | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))
