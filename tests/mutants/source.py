"""Mutants of a module: its source with one small fault each, such as `>=` for `>`.

A mutant is known by where it is and what it changes, and not by a number, so that it stays the
same one when code elsewhere in the module changes.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from typing import Any, NamedTuple

_SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_OTHER_FUNCTION = {"min": "max", "max": "min", "any": "all", "all": "any"}
# Declarations: which columns a table has is seen by the database, which fields a class has by mypy.
_DECLARING = frozenset({"Column", "field"})
_UNSEEN = frozenset({"annotation", "returns", "decorator_list"})
_FAR = 1000


class Key(NamedTuple):
    """What a mutant is known by: its module, the function, the line as it stands, the change."""

    module: str
    scope: str
    line: str
    change: str


class Mutant(NamedTuple):
    """A module's whole source with a fault in it."""

    key: Key
    number: int
    text: str


class _Edit(NamedTuple):
    node: ast.expr | ast.stmt
    text: str
    words: str


def mutants_of(module: str, text: str) -> list[Mutant]:
    """List all mutants of a module that are Python."""
    lines = text.encode().splitlines(keepends=True)
    starts = [sum(map(len, lines[:number])) for number in range(len(lines))]
    found: dict[Key, Mutant] = {}
    for scope, edit in _edits(ast.parse(text), ()):
        node = edit.node
        line = lines[node.lineno - 1].decode().strip()
        key = Key(module, ".".join(scope), line, edit.words)
        begin = starts[node.lineno - 1] + node.col_offset
        end = starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
        whole = text.encode()
        mutated = (whole[:begin] + edit.text.encode() + whole[end:]).decode()
        if _is_other(mutated, text):
            found.setdefault(key, Mutant(key, node.lineno, mutated))
    return list(found.values())


def _is_other(mutated: str, text: str) -> bool:
    try:
        return ast.dump(ast.parse(mutated)) != ast.dump(ast.parse(text))
    except SyntaxError:
        return False


def _edits(node: ast.AST, scope: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], _Edit]]:
    if _is_declaring(node):
        return
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        scope = (*scope, node.name)
    if isinstance(node, ast.expr):
        yield from ((scope, edit) for edit in _of_expression(node, is_far=not scope))
    elif isinstance(node, ast.stmt):
        yield from ((scope, edit) for edit in _of_statement(node))
    for name, value in ast.iter_fields(node):
        # Words are for people, and places in them are not known to all versions of Python.
        if name in _UNSEEN or isinstance(value, ast.JoinedStr):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, ast.JoinedStr):
                yield from _edits(child, scope)


def _is_declaring(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        # What an exception of ours says by itself is said by none of its readers.
        return isinstance(node.value, ast.Call) and "super().__init__" in ast.unparse(node)
    if not isinstance(node, ast.Call):
        return False
    return ast.unparse(node.func).rpartition(".")[2] in _DECLARING


def _of_expression(node: ast.expr, *, is_far: bool) -> Iterator[_Edit]:
    """Change an expression; numbers of the module itself are made a thousand times larger."""
    match node:
        case ast.Compare():
            for place, operator in enumerate(node.ops):
                yield from _swapped(node, operator, ("ops", place))
        case ast.BoolOp() | ast.BinOp():
            yield from _swapped(node, node.op, ("op", None))
        case ast.UnaryOp(op=ast.Not()):
            yield _replaced(node, node.operand)
        case ast.IfExp():
            yield from _negated(node.test)
        case ast.Constant(value=bool()):
            yield _replaced(node, ast.Constant(not node.value))
        case ast.Constant(value=int() | float() as number):
            is_wide = is_far or isinstance(number, float)
            yield _replaced(node, ast.Constant(number * _FAR if is_wide and number else number + 1))
        case ast.Call():
            yield from _of_call(node)


def _of_call(node: ast.Call) -> Iterator[_Edit]:
    for place, keyword in enumerate(node.keywords):
        if keyword.arg:
            kept = [*node.keywords[:place], *node.keywords[place + 1 :]]
            yield _Edit(
                node,
                _text(_with(node, keywords=kept)),
                f"without {ast.unparse(keyword)}",
            )
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name in _OTHER_FUNCTION:
        other = _with(node, func=ast.Name(_OTHER_FUNCTION[name]))
        yield _Edit(node, _text(other), f"{_OTHER_FUNCTION[name]} for {name}")
    if name == "sorted":
        backwards = ast.keyword("reverse", ast.Constant(value=True))
        yield _Edit(node, _text(_with(node, keywords=[*node.keywords, backwards])), "backwards")
    if isinstance(node.func, ast.Attribute) and node.func.attr in ("where", "order_by"):
        yield from _of_clause(node, node.func)


def _of_clause(node: ast.Call, method: ast.Attribute) -> Iterator[_Edit]:
    """Leave a condition of a statement in SQL out, or turn its order round."""
    for place, condition in enumerate(node.args):
        words = f"without {method.attr} {ast.unparse(condition)}"
        kept = [*node.args[:place], *node.args[place + 1 :]]
        yield _Edit(node, _text(_with(node, args=kept) if kept else method.value), words)
        if method.attr == "order_by":
            turned = f"{ast.unparse(method)}({ast.unparse(condition)}.desc())"
            yield _Edit(node, turned, f"{ast.unparse(condition)} backwards")


def _of_statement(node: ast.stmt) -> Iterator[_Edit]:
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Return(value=ast.Constant(value=None)):
            return
        case ast.Assign(targets=[ast.Name() | ast.Tuple()]):
            return
        case ast.Return(value=ast.expr()):
            yield _Edit(node, "return None", f"return None for {_short(node.value)}")
        case ast.Expr(value=ast.Yield() | ast.YieldFrom()):
            return
        case (
            ast.Expr()
            | ast.AugAssign()
            | ast.Assign()
            | ast.Raise()
            | ast.Continue()
            | ast.Break()
            | ast.Return()
        ):
            yield _Edit(node, "pass", f"without {_short(node)}")
        case ast.If() | ast.While():
            yield from _negated(node.test)
    if isinstance(node, ast.AugAssign):
        other = _SWAPPED.get(type(node.op))
        if other is not None:
            changed = _with(node, op=other())
            yield _Edit(node, ast.unparse(changed), _words(node, changed))


def _swapped(node: ast.expr, operator: ast.AST, field: tuple[str, int | None]) -> Iterator[_Edit]:
    other = _SWAPPED.get(type(operator))
    if other is None:
        return
    name, place = field
    value: Any = other()
    if place is not None:
        value = [*getattr(node, name)]
        value[place] = other()
    yield _replaced(node, _with(node, **{name: value}))


def _negated(test: ast.expr) -> Iterator[_Edit]:
    """Turn a condition round where it has no operator of its own that can be changed."""
    if not isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp | ast.Constant):
        yield _replaced(test, ast.UnaryOp(ast.Not(), test))


def _replaced(node: ast.expr, by: ast.expr) -> _Edit:
    return _Edit(node, _text(by), _words(node, by))


def _with(node: Any, **changes: Any) -> Any:
    changed = copy.copy(node)
    for name, value in changes.items():
        setattr(changed, name, value)
    return changed


def _text(node: ast.expr) -> str:
    text = ast.unparse(node)
    return text if isinstance(node, ast.Constant | ast.Name | ast.Call) else f"({text})"


def _words(old: ast.AST, new: ast.AST) -> str:
    return f"{_short(new)} for {_short(old)}"


def _short(node: ast.AST | None) -> str:
    return ast.unparse(node).splitlines()[0] if node else ""
