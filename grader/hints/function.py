"""The asked function: how it is defined, and what it returns."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Sequence

from grader.hints.conditions import has_no_metrics
from grader.hints.program import (
    Function,
    Program,
    clipped,
    last_name,
    own_nodes,
    read,
)
from grader.model.source import SourceFacts

_ALIKE = 0.75
_LONGEST_NAME = 60
_MOST_NAMES = 200
_ACCURACIES = {"acc", "accuracy"}


def missing_function(source: SourceFacts, name: str) -> str:
    """Say where a function stands that an import does not find, or which one may be meant."""
    program = read(source)
    if found := _elsewhere(program, name) or _misspelt(program, name):
        return found
    training = [each for each in _outermost(program) if program.fits_in(each) and not _needed(each)]
    if len(training) != 1:
        return ""
    return (
        f"If `{training[0].name}`{program.at(training[0])}, which calls fit, is the function to"
        f" grade, rename it to `{name}`."
    )


def missing_part(source: SourceFacts, name: str, arguments: str, asked: Sequence[str]) -> str:
    """Say which function may be meant by one of several that are asked, by what it takes and does.

    What builds a model is told from what is given something by its arguments.
    """
    program = read(source)
    if found := _elsewhere(program, name) or _misspelt(program, name):
        return found
    count = _needed_of(arguments)
    candidates = [
        each
        for each in _outermost(program)
        if each.name not in asked
        and len(_needed(each)) == count
        and (count or _builds(program, each))
    ]
    if len(candidates) != 1:
        return ""
    function = candidates[0]
    found = f"`{clipped(function.name)}`{program.at(function)}"
    if program.fits_in(function):
        return (
            f"{found} builds a model and trains it: leave only what builds and compiles it, end it"
            f" with `return model`, and rename it to `{name}`."
        )
    return f"If {found} is meant by `{name}`, rename it."


def no_return(source: SourceFacts, name: str) -> str:
    """Say that a function has no `return`, or that it gives more than one thing."""
    program = read(source)
    function = program.function(name)
    if function is None:
        return ""
    nodes = list(own_nodes(function))
    returns = [node for node in nodes if isinstance(node, ast.Return) and node.value is not None]
    if not returns:
        return f"`{name}`{program.at(function)} has no `return` with a value."
    if len(returns) == 1 and isinstance(value := returns[0].value, ast.Tuple):
        return (
            f"This `return`{program.at(returns[0])} gives {len(value.elts)} things: one is asked."
        )
    return ""


def _elsewhere(program: Program, name: str) -> str:
    """Say where a function of this name stands that an import does not find."""
    for function in _short_named(program):
        if function.name == name:
            return (
                f"`{name}`{program.at(function)} is defined inside {_outside(program, function)}:"
                " move its `def` to the left margin."
            )
    return ""


def _misspelt(program: Program, name: str) -> str:
    """Name a function whose name is nearly the same."""
    by_name = {each.name.lower(): each for each in _outermost(program)}
    close = difflib.get_close_matches(name.lower(), list(by_name)[:_MOST_NAMES], 1, _ALIKE)
    if not close:
        return ""
    found = by_name[close[0]]
    return f"Did you mean `{found.name}`{program.at(found)}? Rename it to `{name}`."


def _outermost(program: Program) -> list[Function]:
    """Return the functions at module level, the last of each name."""
    at_the_margin = set(program.tree.body)
    found = [each for each in _short_named(program) if each in at_the_margin]
    return list({each.name.lower(): each for each in found}.values())


def _short_named(program: Program) -> list[Function]:
    return [each for each in program.functions() if len(each.name) <= _LONGEST_NAME]


def _builds(program: Program, function: Function) -> bool:
    """Whether a function makes or compiles a model."""
    return any(
        function.lineno <= call.lineno <= (function.end_lineno or 0)
        for call in program.calls("Sequential", "Model", "compile")
    )


def missing_class(source: SourceFacts, name: str) -> str:
    """Say where a class stands that an import does not find, or which one may be meant."""
    program = read(source)
    classes = [
        node
        for node in ast.walk(program.tree)
        if isinstance(node, ast.ClassDef) and len(node.name) <= _LONGEST_NAME
    ]
    for found in classes:
        if found.name == name:
            return f"`class {name}`{program.at(found)} is not at module level: move it there."
    at_the_margin = set(program.tree.body)
    outermost = [each for each in classes if each in at_the_margin][:_MOST_NAMES]
    by_name = {each.name.lower(): each for each in outermost}
    close = difflib.get_close_matches(name.lower(), list(by_name), 1, _ALIKE)
    callbacks = [each for each in outermost if _is_callback(each)]
    if close:
        found = by_name[close[0]]
        return f"Did you mean `{found.name}`{program.at(found)}? Rename it to `{name}`."
    if len(callbacks) != 1:
        return ""
    found = callbacks[0]
    return f"If `{found.name}`{program.at(found)} is the class to grade, rename it to `{name}`."


def _is_callback(found: ast.ClassDef) -> bool:
    return any(last_name(base) == "Callback" for base in found.bases)


def needed_arguments(source: SourceFacts, name: str) -> str:
    """Name the parameters that a call would have to give."""
    function = read(source).function(name)
    if function is None:
        return ""
    program, needed = read(source), _needed(function)
    if not needed:
        return ""
    listed = ", ".join(f"`{clipped(each)}`" for each in needed[:3])
    return (
        f"`{name}`{program.at(function)} needs {listed}: write `def {name}():` and set what it"
        " needs inside."
    )


def never_runs(source: SourceFacts, name: str) -> str:
    """Say that a call of the function does not run it."""
    program = read(source)
    function = program.function(name)
    if function is None or function.decorator_list or program.every_value(name):
        return ""
    if isinstance(function, ast.AsyncFunctionDef):
        return (
            f"`async def {name}`{program.at(function)} does not run when it is called: leave out"
            " `async`."
        )
    yields = [node for node in own_nodes(function) if isinstance(node, ast.Yield | ast.YieldFrom)]
    if not yields:
        return ""
    return (
        f"`yield`{program.at(yields[0])} makes `{name}` a generator, and calling it runs nothing:"
        " `return` the result at the end instead."
    )


def unrun_cell(source: SourceFacts, name: str) -> str:
    """Say that a magic keeps the cell with the function or with fit from being run."""
    wanted = re.compile(rf"\bdef\s+{re.escape(name)}\b|\.fit\(")
    for cell in source.cells:
        if not wanted.search(cell.unrun):
            continue
        for index, line in enumerate(cell.unrun.split("\n")):
            if line.lstrip().startswith("%%"):
                place = source.place(cell.first_line + index)
                return (
                    f"`{clipped(line.strip())}` ({place}) keeps its cell from being run: remove"
                    " that line."
                )
    return ""


def in_return(source: SourceFacts, line: int | None) -> bool:
    """Whether a line belongs to a `return`."""
    return line is not None and any(
        isinstance(node, ast.Return) and node.lineno <= line <= (node.end_lineno or 0)
        for function in read(source).functions()
        for node in own_nodes(function)
    )


def wrong_return(source: SourceFacts, name: str) -> str:
    """Say what is wrong with what the function returns."""
    program = read(source)
    function = program.function(name)
    if function is None:
        return ""
    nodes = list(own_nodes(function))
    returns = [node for node in nodes if isinstance(node, ast.Return) and node.value is not None]
    if not returns:
        return _no_return(program, function, nodes)
    if len(returns) > 1:
        return ""
    found = _wrong_value(program, program.resolved(returns[0].value))
    return f"This `return`{program.at(returns[0])} {found}." if found else ""


def missing_metrics(source: SourceFacts) -> str:
    """Say that the model is compiled without metrics, so that no accuracy can be returned."""
    return has_no_metrics(read(source))


def _needed(function: Function) -> list[str]:
    """Return the parameters without a default."""
    arguments = function.args
    places = [*arguments.posonlyargs, *arguments.args]
    pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return [
        *(each.arg for each in places[: len(places) - len(arguments.defaults)]),
        *(each.arg for each, default in pairs if default is None),
    ]


def _needed_of(arguments: str) -> int:
    """Count the arguments without a default, of those that stand in the brackets."""
    tree = ast.parse(f"def f({arguments}): pass")
    return sum(len(_needed(node)) for node in tree.body if isinstance(node, ast.FunctionDef))


def _outside(program: Program, function: Function) -> str:
    """Name what a definition stands in."""
    around = program.around(function)
    if isinstance(around, ast.ClassDef):
        return f"the class `{clipped(around.name)}`"
    if isinstance(around, Function):
        return f"the function `{clipped(around.name)}`"
    return f"an `if`{program.at(around)}" if around else "a block"


def _no_return(program: Program, function: Function, nodes: list[ast.AST]) -> str:
    prints = [
        node
        for node in nodes
        if isinstance(node, ast.Call)
        and last_name(node.func) == "print"
        and any(last_name(part) in {"history", "epoch"} for part in ast.walk(node))
    ]
    if prints:
        return f"`print`{program.at(prints[0])} only shows the result: `return` it as well."
    if any(isinstance(node, ast.Yield | ast.YieldFrom) for node in nodes):
        return ""
    return f"`{function.name}`{program.at(function)} has no `return` with a value."


def _wrong_value(program: Program, value: ast.expr | None) -> str:
    if _is_fit(value):
        return (
            "gives the History object; the epochs are its `.epoch`, the accuracies its"
            " `.history['accuracy']`"
        )
    if isinstance(value, ast.Attribute) and value.attr == "history":
        return "gives the whole dictionary of accuracies and losses"
    if not isinstance(value, ast.Tuple | ast.List) or len(value.elts) != 2:
        return ""
    first, second = (program.resolved(item) for item in value.elts)
    return _wrong_order(first, second) or _wrong_accuracy(second) or _wrong_epochs(first)


def _wrong_order(first: ast.expr | None, second: ast.expr | None) -> str:
    if _key(_last_of(first)) in _ACCURACIES and isinstance(second, ast.Attribute):
        return "gives the two the other way round: the epochs come first"
    return ""


def _wrong_accuracy(node: ast.expr | None) -> str:
    if _key(node) in _ACCURACIES:
        return "gives the accuracies of all epochs: `[-1]` behind them takes the last one"
    key = _key(_last_of(node))
    if key and key not in _ACCURACIES:
        return f"gives the last '{key}'; the training accuracy is asked"
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        is_wrong = _key(node.value) in _ACCURACIES
        return "does not take the last accuracy: that is `[-1]`" if is_wrong else ""
    return ""


def _wrong_epochs(node: ast.expr | None) -> str:
    is_number = isinstance(node, ast.Call) and last_name(node.func) == "len"
    if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice):
        is_number = last_name(node.value) == "epoch"
    return "gives one number; the list `history.epoch` is asked" if is_number else ""


def _last_of(node: ast.expr | None) -> ast.expr | None:
    """Return what `[-1]` is taken of."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.UnaryOp):
        return node.value
    return None


def _key(node: ast.expr | None) -> str:
    """Return the key with which a history is read, as in `history.history['loss']`."""
    if not isinstance(node, ast.Subscript) or last_name(node.value) != "history":
        return ""
    key = node.slice.value if isinstance(node.slice, ast.Constant) else None
    return clipped(key) if isinstance(key, str) else ""


def _is_fit(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Call) and last_name(node.func) == "fit"
