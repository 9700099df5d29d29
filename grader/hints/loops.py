"""Loops over pictures: outside of functions, writing into what is given, or without an end."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from grader.hints.program import Function, Program, clipped, last_name, own_nodes, read
from grader.model.rubric import Definition
from grader.model.source import SourceFacts

Loop = ast.For | ast.While
_LARGEST = {"max", "amax", "maximum", "sort", "sorted"}


def loops_to_wrap(source: SourceFacts, missing: Sequence[Definition]) -> str:
    """Say what to do with loops over a picture that stand in no function, if there are any.

    A loop that takes the largest of something is for the function that is given least: a pooling
    has no filter.
    """
    program = read(source)
    by_arguments = sorted(missing, key=lambda each: len(each.arguments.split(",")))
    found: list[str] = []
    loops = list(_over_pictures(program))
    for definition in by_arguments:
        takes_largest = definition.arguments.count(",") == 0
        fitting = [loop for loop in loops if _takes_largest(loop) is takes_largest]
        if not fitting:
            continue
        loop = fitting[-1]
        written = _written(loop)
        parameter = definition.arguments.split(",")[0].strip()
        place = f"lines {loop.lineno} to {loop.end_lineno}"
        if source.cells:
            place = source.place(loop.lineno)
        read_ = _read(loop, written)
        instead = f", write `{parameter}` for `{read_}`" if read_ and read_ != parameter else ""
        found.append(
            f"Put the loops over the picture ({place}), and what makes `{written}` before them,"
            f" under `{definition.head}`{instead}, and end it with `return {written}`."
        )
    return " ".join(reversed(found))


def changed_argument(source: SourceFacts, name: str) -> str:
    """Say where a function writes into its first argument."""
    program = read(source)
    functions = [node for node in program.tree.body if isinstance(node, Function)]
    function = next((each for each in reversed(functions) if each.name == name), None)
    places = [*function.args.posonlyargs, *function.args.args] if function else []
    if function is None or not places:
        return ""
    given, aliases = {places[0].arg}, {}
    for statement in _in_order(function):
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target, value = statement.targets[0], statement.value
            if isinstance(target, ast.Name):
                if isinstance(value, ast.Name) and value.id in given:
                    aliases[target.id] = (value.id, statement)
                    given.add(target.id)
                else:
                    given.discard(target.id)
        for target in _targets(statement):
            written = _root(target)
            if not isinstance(target, ast.Subscript) or written not in given:
                continue
            if written in aliases:
                original, bound = aliases[written]
                return (
                    f"`{clipped(f'{written} = {original}')}`{program.at(bound)} makes no copy, only"
                    f" a second name: write `{written} = np.copy({original})`."
                )
            return (
                f"`{clipped(written)}`, which the function was given, is written to"
                f"{program.at(statement)}: work on a copy, `np.copy({clipped(written)})`."
            )
    return ""


def early_return(source: SourceFacts, name: str) -> str:
    """Say that a `return` ends a loop in its first turn."""
    program = read(source)
    functions = [node for node in program.tree.body if isinstance(node, Function)]
    function = next((each for each in reversed(functions) if each.name == name), None)
    for node in own_nodes(function) if function else ():
        last = node.body[-1] if isinstance(node, Loop) else None
        if isinstance(last, ast.Return):
            return (
                f"`return`{program.at(last)} stands in the loop and ends it in its first turn: move"
                " it to the left, below the loops."
            )
    return ""


def endless_loop(source: SourceFacts) -> str:
    """Name a loop that nothing in it can end."""
    program = read(source)
    for node in ast.walk(program.tree):
        if not isinstance(node, ast.While):
            continue
        body = [part for statement in node.body for part in ast.walk(statement)]
        if any(isinstance(part, ast.Break | ast.Return | ast.Raise | ast.Yield) for part in body):
            continue
        asked = {part.id for part in ast.walk(node.test) if isinstance(part, ast.Name)}
        is_plain = not any(
            isinstance(part, ast.Call | ast.NamedExpr) for part in ast.walk(node.test)
        )
        changed = {name for part in body for name in _changed(part)}
        if not is_plain or asked & changed:
            continue
        inside = {_base(part) for part in ast.walk(node.test) if isinstance(part, ast.Attribute)}
        names = " or ".join(f"`{clipped(name)}`" for name in sorted(asked - inside or asked))
        why = f"nothing in it changes {names}" if names else "nothing in it breaks out of it"
        return f"The `while`{program.at(node)} never ends: {why}."
    return ""


def _changed(node: ast.AST) -> Iterator[str]:
    """Return the names that something binds, writes to, calls a method of, or hands on."""
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) and isinstance(
        node.ctx, ast.Store
    ):
        yield _base(node)
    if isinstance(node, ast.Call):
        yield from (_base(each) for each in (node.func, *node.args))
        yield from (_base(each.value) for each in node.keywords)


def _base(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _over_pictures(program: Program) -> Iterator[Loop]:
    """Return the loops at the left margin that have a loop inside and write to an array."""
    for node in program.tree.body:
        if not isinstance(node, Loop):
            continue
        inner = [part for part in ast.walk(node) if isinstance(part, Loop)]
        if len(inner) > 1 and _written(node):
            yield node


def _takes_largest(loop: Loop) -> bool:
    for part in ast.walk(loop):
        if isinstance(part, ast.Call):
            if last_name(part.func) in _LARGEST:
                return True
            is_range = last_name(part.func) == "range" and len(part.args) == 3
            step = part.args[2] if is_range else None
            if isinstance(step, ast.Constant) and step.value == 2:
                return True
    return False


def _written(loop: Loop) -> str:
    """Return the name of the last array that a loop writes to."""
    targets = [
        _root(target)
        for part in ast.walk(loop)
        if isinstance(part, ast.stmt)
        for target in _targets(part)
        if isinstance(target, ast.Subscript)
    ]
    return clipped(targets[-1]) if targets else ""


def _read(loop: Loop, written: str) -> str:
    """Return the name of the array that a loop reads at two indices, as of a picture."""
    for part in ast.walk(loop):
        if isinstance(part, ast.Subscript) and isinstance(part.ctx, ast.Load):
            has_two = isinstance(part.slice, ast.Tuple) or isinstance(part.value, ast.Subscript)
            name = _root(part)
            if has_two and name and name != written and not _is_constant(part):
                return clipped(name)
    return ""


def _is_constant(node: ast.Subscript) -> bool:
    """Whether all indices are numbers, as a filter's are when its sum is written out."""
    indices: list[ast.expr] = [node.slice]
    if isinstance(node.value, ast.Subscript):
        indices.append(node.value.slice)
    return all(isinstance(each, ast.Constant) for each in indices)


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _targets(statement: ast.stmt) -> list[ast.expr]:
    if isinstance(statement, ast.Assign):
        return statement.targets
    return [statement.target] if isinstance(statement, ast.AugAssign) else []


def _in_order(function: Function) -> Iterator[ast.stmt]:
    found = [node for node in ast.walk(function) if isinstance(node, ast.stmt)]
    return iter(sorted(found, key=lambda node: (node.lineno, node.col_offset)))
