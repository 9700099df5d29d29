"""Loops over pictures: outside of functions, writing into what is given, or without an end."""

from __future__ import annotations

import ast
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence

from grader.hints.program import Function, Program, clipped, last_name, own_nodes, read
from grader.model.rubric import Definition
from grader.model.source import SourceFacts

Loop = ast.For | ast.While
# What may end a loop; also where it ends another one, in doubt.
_ENDS = (ast.Break, ast.Return, ast.Raise, ast.Yield, ast.YieldFrom, ast.Await)
_SIZES = {"shape", "size", "ndim"}
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
    """Say where a function writes into an array that it was given."""
    program = read(source)
    function = program.function(name)
    if function is None:
        return ""
    places = [*function.args.posonlyargs, *function.args.args]
    # What has a default is a number.
    given = {each.arg for each in places[: len(places) - len(function.args.defaults)]}
    aliases: dict[str, tuple[str, ast.stmt]] = {}
    for statement in _in_order(function):
        for target in _targets(statement):
            written = _root(target)
            is_written = isinstance(target, ast.Subscript) or isinstance(statement, ast.AugAssign)
            if not is_written or written not in given:
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
        alias = _alias(statement, given)
        given -= _bound(statement)
        if alias:
            aliases[alias[0]] = (alias[1], statement)
            given.add(alias[0])
    return ""


def early_return(source: SourceFacts, name: str) -> str:
    """Say that a `return` ends a loop in its first turn."""
    program = read(source)
    function = program.function(name)
    for node in own_nodes(function) if function else ():
        last = node.body[-1] if isinstance(node, Loop) else None
        if isinstance(last, ast.Return):
            return (
                f"`return`{program.at(last)} stands in the loop and ends it in its first turn: move"
                " it to the left, below the loops."
            )
    return ""


def _alias(statement: ast.stmt, given: set[str]) -> tuple[str, str] | None:
    """Return a second name that a statement gives to something given, and its first."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=second)], value=ast.Name(id=first)) if first in given:
            return second, first
    return None


def _bound(statement: ast.stmt) -> set[str]:
    """Return the names that a statement gives to something else."""
    heads: list[ast.expr | None] = []
    if isinstance(statement, ast.Assign):
        heads = [*statement.targets]
    elif isinstance(statement, ast.AnnAssign | ast.For | ast.AsyncFor):
        heads = [statement.target]
    elif isinstance(statement, ast.With | ast.AsyncWith):
        heads = [item.optional_vars for item in statement.items]
    return {
        part.id
        for head in heads
        if head is not None
        for part in ast.walk(head)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }


def endless_loop(source: SourceFacts, function: str = "") -> str:
    """Name a loop that nothing in it can end, in a function or else in what loads the file."""
    program = read(source)
    shared = {
        name
        for node in ast.walk(program.tree)
        if isinstance(node, ast.Global | ast.Nonlocal)
        for name in node.names
    }
    for node in _run(program, function):
        if not isinstance(node, ast.While) or not _is_plain(node.test):
            continue
        body = [part for statement in node.body for part in ast.walk(statement)]
        if any(isinstance(part, _ENDS) for part in body):
            continue
        asked = {part.id for part in ast.walk(node.test) if isinstance(part, ast.Name)}
        changed = {name for part in body for name in _changed(part)}
        if asked & (shared | changed):
            continue
        inside = {_base(part) for part in ast.walk(node.test) if isinstance(part, ast.Attribute)}
        names = " or ".join(f"`{clipped(name)}`" for name in sorted(asked - inside or asked))
        why = f"nothing in it changes {names}" if names else "nothing in it breaks out of it"
        return f"The `while`{program.at(node)} never ends: {why}."
    return ""


def _run(program: Program, function: str) -> Iterator[ast.AST]:
    """Walk what is run when a function is called, or the file loaded, as far as names tell.

    What is only for programs is left out, and so is what an error may end.
    """
    defined = defaultdict(list)
    for each in program.functions():
        defined[each.name].append(each)
    waiting: deque[ast.AST] = deque(_begin(program, function))
    while waiting:
        node = waiting.popleft()
        if isinstance(node, Function):
            continue  # Until it is mentioned.
        yield node
        for called in defined.pop(last_name(node), ()):
            waiting.extend(called.body)
        is_for_programs = isinstance(node, ast.If) and any(
            isinstance(part, ast.Name) and part.id == "__name__" for part in ast.walk(node.test)
        )
        if not is_for_programs and not isinstance(node, ast.Try):
            waiting.extend(ast.iter_child_nodes(node))


def _begin(program: Program, function: str) -> Iterator[ast.AST]:
    for node in program.tree.body:
        if not function:
            yield node
        elif isinstance(node, Function) and node.name == function:
            yield from node.body
        elif isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == function for target in node.targets
        ):
            yield node.value


def _is_plain(test: ast.expr) -> bool:
    """Whether a condition asks names and sizes alone: all else may change behind its back."""
    for part in ast.walk(test):
        if isinstance(part, ast.Call | ast.NamedExpr):
            return False
        if isinstance(part, ast.Attribute) and part.attr not in _SIZES:
            return False
        if isinstance(part, ast.Subscript) and not isinstance(part.value, ast.Attribute):
            return False
    return True


def _changed(node: ast.AST) -> Iterator[str]:
    """Return the names that something binds, writes to, calls a method of, or hands on."""
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) and not isinstance(
        node.ctx, ast.Load
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
    found = [node for node in own_nodes(function) if isinstance(node, ast.stmt)]
    return iter(sorted(found, key=lambda node: (node.lineno, node.col_offset)))
