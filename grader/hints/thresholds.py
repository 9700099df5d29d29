"""Against which accuracy a callback compares, however its two sides are written.

A number may be written out, computed from numbers, or kept in an attribute that is set once: in
the class, or in `__init__` from the one call that makes the callback. The accuracy may be scaled or
rounded before it is compared; the threshold is told in the accuracy's own scale.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from typing import NamedTuple

from grader.hints.program import (
    Function,
    Program,
    is_open,
    last_name,
)

_MOST_LAYERS = 8
_MOST_DIGITS = 8
_ROUNDING_ERROR = 1e-9
_ARITHMETIC: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


class Number(NamedTuple):
    """A number, and where it stands if that is far from where it is used."""

    value: float
    origin: ast.AST | None = None


class Scale(NamedTuple):
    """What is done with the accuracy before it is compared: `round(accuracy * factor, digits)`."""

    factor: float = 1.0
    digits: int | None = None

    def threshold(self, number: float, test: ast.cmpop) -> float:
        """Return the accuracy at which a comparison with `number` turns."""
        if self.digits is None:
            return round(number / self.factor, 12)
        step = 10.0**-self.digits
        steps = number / step
        if isinstance(test, ast.Gt | ast.LtE):
            first = math.floor(steps + _ROUNDING_ERROR) + 1
        else:
            first = math.ceil(steps - _ROUNDING_ERROR)
        return round((first - 0.5) * step / self.factor, 12)


def number_of(program: Program, definition: ast.ClassDef, node: ast.expr) -> Number | None:
    """Return the number that one side of a comparison is, if it is one."""
    value = _computed(program, node)
    if value is not None:
        return Number(value)
    if isinstance(node, ast.Attribute) and last_name(node.value) == "self":
        return _attribute(program, definition, node.attr)
    return None


def unscaled(
    program: Program, node: ast.expr, follow: Callable[[ast.expr], ast.expr]
) -> tuple[ast.expr, Scale]:
    """Take factors and a rounding away from an expression, and return what is left."""
    factor, digits = 1.0, None
    for _ in range(_MOST_LAYERS):
        node = follow(node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
            right, left = _computed(program, node.right), _computed(program, node.left)
            if right and right > 0:
                factor *= right if isinstance(node.op, ast.Mult) else 1 / right
                node = node.left
                continue
            if left and left > 0 and isinstance(node.op, ast.Mult):
                factor *= left
                node = node.right
                continue
        elif digits is None and factor == 1 and (found := _digits(program, node)) is not None:
            digits, node = found
            continue
        break
    return node, Scale(factor, digits)


def _digits(program: Program, node: ast.expr) -> tuple[int, ast.expr] | None:
    """Return the places that a call of `round` keeps, and what it rounds."""
    if not isinstance(node, ast.Call) or node.keywords or not 1 <= len(node.args) <= 2:
        return None
    if last_name(node.func) not in {"round", "around"}:
        return None
    places = _computed(program, node.args[1]) if len(node.args) > 1 else 0.0
    if places is None or not 0 <= places <= _MOST_DIGITS or places % 1:
        return None
    return int(places), node.args[0]


def _computed(program: Program, node: ast.expr) -> float | None:
    """Return the number that is written or computed here from numbers."""
    if not isinstance(node, ast.BinOp):
        return program.number(node)
    compute = _ARITHMETIC.get(type(node.op))
    left, right = program.number(node.left), program.number(node.right)
    if compute is None or left is None or right is None:
        return None
    return round(compute(left, right), 12) if right or compute is not operator.truediv else None


def _attribute(program: Program, definition: ast.ClassDef, name: str) -> Number | None:
    """Follow an attribute of the callback to where it is set, if that is one place."""
    mentions = program.mentions(name)
    stores = [
        node
        for node in mentions
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load)
    ]
    in_class = [
        node
        for node in definition.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and any(last_name(target) == name for target in _targets(node))
    ]
    # `setattr` names an attribute by a string.
    if len(stores) + len(in_class) != 1 or any(isinstance(n, ast.Constant) for n in mentions):
        return None
    if in_class:
        value = in_class[0].value
        return _told(program, value, in_class[0])
    makers = [
        node for node in definition.body if isinstance(node, Function) and node.name == "__init__"
    ]
    if len(makers) != 1:
        return None
    values = [
        node.value
        for node in ast.walk(makers[0])
        if isinstance(node, ast.Assign | ast.AnnAssign) and stores[0] in _targets(node)
    ]
    if len(values) != 1 or values[0] is None:
        return None
    value = values[0]
    if isinstance(value, ast.Name) and (index := _parameter(makers[0], value.id)) is not None:
        return _argument(program, definition, makers[0], value.id, index)
    return _told(program, value, value)


def _argument(
    program: Program, definition: ast.ClassDef, maker: Function, name: str, index: int
) -> Number | None:
    """Return what the only call of a class passes for a parameter, or else its default."""
    calls = program.calls(definition.name)
    within = range(definition.lineno, (definition.end_lineno or 0) + 1)
    uses = [
        node
        for node in program.mentions(definition.name)
        if isinstance(node, ast.Name) and node.lineno not in within
    ]
    if len(calls) != 1 or len(uses) != 1 or is_open(calls[0]):
        return None
    by_name = [keyword.value for keyword in calls[0].keywords if keyword.arg == name]
    given = [*by_name, *(calls[0].args[index : index + 1] if index >= 0 else [])]
    if given:
        return _told(program, given[0], given[0])
    default = _default(maker, name)
    return _told(program, default, default) if default else None


def _parameter(maker: Function, name: str) -> int | None:
    """Return the place of a parameter among what is passed, -1 for one that has only a name."""
    arguments = maker.args
    changed = any(
        isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load)
        for node in ast.walk(maker)
    )
    places = [each.arg for each in (*arguments.posonlyargs, *arguments.args)][1:]
    if changed:
        return None
    if name in places:
        return places.index(name)
    return -1 if name in {each.arg for each in arguments.kwonlyargs} else None


def _default(maker: Function, name: str) -> ast.expr | None:
    arguments = maker.args
    places = [each.arg for each in (*arguments.posonlyargs, *arguments.args)]
    defaults = dict(zip(reversed(places), reversed(arguments.defaults), strict=False))
    named = [each.arg for each in arguments.kwonlyargs]
    defaults |= {
        each: default
        for each, default in zip(named, arguments.kw_defaults, strict=True)
        if default is not None
    }
    return defaults.get(name)


def _targets(node: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else [node.target]


def _told(program: Program, value: ast.expr | None, origin: ast.AST) -> Number | None:
    number = _computed(program, value) if value is not None else None
    return None if number is None else Number(number, origin)
