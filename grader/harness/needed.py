"""What a file's functions need of the file: their definitions, and all that these are made of.

A fit at module level gets stand-in numbers, and what looks at them may stop the file, or stay
behind in callbacks, optimizers and counters that the graded function shares. So the file is loaded
once more without what is not needed, as if it had never been there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_TRAINS = {"fit", "fit_generator", "train_on_batch", "evaluate", "predict", "predict_classes"}
# With these at hand nobody can say which names a function uses.
_UNREADABLE = {"globals", "exec", "eval", "locals", "vars", "__import__", "import_module"}
_MAKES_SCOPE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


class Needed(NamedTuple):
    """The statements that are needed, and the lines of those that are not."""

    tree: ast.Module
    left_out: tuple[int, ...]


def needed(source: str, names: Sequence[str]) -> Needed | None:
    """Return what functions of these names need; nothing where it cannot be told.

    A statement is needed if it gives a value to a needed name. One that may change such a value, or
    sets something up in a needed module, is kept too, but may fail: it is not what is graded.
    """
    tree = ast.parse(source)
    if any(isinstance(node, ast.Name) and node.id in _UNREADABLE for node in ast.walk(tree)):
        return None
    statements = [_Statement.of(node) for node in tree.body]
    if not {*names} <= {name for each in statements for name in each.binds}:
        return None
    strong = _closed(statements, {*names})
    wanted = {name for each in strong for name in (*each.binds, *each.reads)} | {*names}
    weak = [each for each in statements if each not in strong and each.changes & wanted]
    weak = [each for each in weak if not each.trains(names)]
    helping = _closed(statements, {name for each in weak for name in each.reads})
    kept: list[ast.stmt] = []
    left_out: list[int] = []
    for each in statements:
        if each in strong or each.is_always_kept:
            kept.append(each.node)
        elif each in weak or (each in helping and not each.trains(names)):
            kept.append(_tried(each.node))
        elif not isinstance(each.node, ast.Import | ast.ImportFrom):
            left_out.append(each.node.lineno)
    return Needed(ast.fix_missing_locations(ast.Module(kept, [])), tuple(left_out))


class _Statement(NamedTuple):
    """A statement of a file, the names that it binds and reads, and those that it may change."""

    node: ast.stmt
    binds: frozenset[str]
    reads: frozenset[str]
    changes: frozenset[str]

    @classmethod
    def of(cls, node: ast.stmt) -> _Statement:
        """Read a statement."""
        loads = {
            part.id
            for part in ast.walk(node)
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)
        }
        return cls(node, frozenset(_bound(node)), frozenset(loads), frozenset(_changed(node)))

    @property
    def is_always_kept(self) -> bool:
        """Whether it is about the file as a whole."""
        node = self.node
        if isinstance(node, ast.ImportFrom):
            return node.module == "__future__" or any(each.name == "*" for each in node.names)
        return False

    def trains(self, names: Sequence[str]) -> bool:
        """Whether it fits or measures a model, or calls what is graded."""
        return any(
            isinstance(part, ast.Call)
            and (
                (isinstance(part.func, ast.Attribute) and part.func.attr in _TRAINS)
                or (isinstance(part.func, ast.Name) and part.func.id in names)
            )
            for part in _own(self.node)
        )


def _closed(statements: Sequence[_Statement], names: set[str]) -> list[_Statement]:
    """Return the statements that bind names, and those that bind what these read, and so on."""
    found: list[_Statement] = []
    waiting = {*names}
    seen: set[str] = set()
    while waiting:
        seen |= waiting
        fresh = [each for each in statements if each.binds & waiting and each not in found]
        found += fresh
        waiting = {name for each in fresh for name in each.reads} - seen
    return found


def _bound(node: ast.stmt) -> Iterator[str]:
    """Name what a statement binds at module level."""
    for part in _own(node):
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield part.name
        elif isinstance(part, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in part.names)
        elif isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load):
            yield part.id


def _changed(node: ast.stmt) -> Iterator[str]:
    """Name what a statement writes into, calls methods of, or hands to a call."""
    if isinstance(node, _MAKES_SCOPE):
        return
    for part in _own(node):
        if isinstance(part, ast.Attribute | ast.Subscript) and not isinstance(part.ctx, ast.Load):
            yield _root(part)
        elif isinstance(part, ast.Call):
            yield from (_root(each) for each in (part.func, *part.args))


def _own(node: ast.stmt) -> Iterator[ast.AST]:
    """Walk a statement without the insides of what it defines."""
    waiting: list[ast.AST] = [node]
    while waiting:
        part = waiting.pop()
        yield part
        if not isinstance(part, _MAKES_SCOPE):
            waiting += ast.iter_child_nodes(part)


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _tried(node: ast.stmt) -> ast.stmt:
    """Let a statement fail without an end to the rest."""
    handler = ast.ExceptHandler(ast.Name("Exception", ast.Load()), None, [ast.Pass()])
    return ast.copy_location(ast.Try([node], [handler], [], []), node)
