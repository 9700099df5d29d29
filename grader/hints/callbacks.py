"""Why a callback does not stop a training, stops it too early, or breaks it off.

First its way into `fit` is followed; where that shows a class of the file, the class is looked at.
Where `fit` cannot be read, the only callback of the file is.
"""

from __future__ import annotations

import ast

from grader.hints import conditions, hooks
from grader.hints.program import (
    Program,
    argument,
    clipped,
    is_open,
    last_name,
    read,
    text,
)
from grader.model.source import SourceFacts

_FIT_CALLBACKS = 5
_MOST_CALLBACKS = 20
_CHANGES = {"append", "extend", "insert"}


def late_stop(source: SourceFacts, fit_line: int | None, target: float) -> str:
    """Say why training may have gone on after the target."""
    program = read(source)
    fit = program.fit(fit_line)
    if hint := _unconnected(program, fit):
        return hint
    classes = _stoppers(program, fit)
    for definition in classes:
        hint = (
            hooks.misspelt_hook(program, definition)
            or hooks.wrong_stop(program, definition)
            or hooks.wrong_moment(program, definition)
            or conditions.unreachable_threshold(program, definition, target)
            or conditions.other_measure(program, definition, fit)
            or conditions.missing_key(program, definition)
        )
        if hint:
            return hint
    if hint := _early_stopping(program, fit, target):
        return hint
    return next(filter(None, (hooks.string_stop(program, each) for each in classes)), "")


def early_stop(source: SourceFacts, fit_line: int | None, target: float) -> str:
    """Say why training may have been stopped before the target."""
    program = read(source)
    fit = program.fit(fit_line)
    for definition in _stoppers(program, fit):
        hint = (
            conditions.low_threshold(program, definition, target)
            or conditions.other_measure(program, definition, fit)
            or conditions.unconditional_stop(program, definition)
            or hooks.string_stop(program, definition)
        )
        if hint:
            return hint
    return _early_stopping(program, fit, target)


def broken_callback(source: SourceFacts, fit_line: int | None, line: int | None = None) -> str:
    """Say which mistake in a callback may have raised the error, in `line`, that ended training."""
    program = read(source)
    fit = program.fit(fit_line)
    for item in _given(program, fit) or ():
        if isinstance(item, ast.Name) and len(program.classes(item.id)) == 1:
            name = clipped(item.id)
            return (
                f"fit{program.at(fit or item)} is given the class `{name}` itself: brackets make"
                f" the callback, `callbacks=[{name}()]`."
            )
    for definition in _classes(program, fit):
        hint = (
            hooks.wrong_base(program, definition)
            or hooks.wrong_signature(program, definition)
            or hooks.swapped_parameters(program, definition)
            or hooks.called_stop(program, definition)
            or conditions.bracketed_get(program, definition)
            or conditions.missing_key(program, definition)
            or conditions.missing_validation(program, definition, fit, line)
            or (hooks.ended_by_error(program, definition, line) if line else "")
        )
        if hint:
            return hint
    return _misdirected(program, "compile")


def raised_and_caught(source: SourceFacts, fit_line: int | None) -> str:
    """Say that a callback ends the training by an error, which the program then catches."""
    program = read(source)
    classes = _classes(program, program.fit(fit_line))
    return next(filter(None, (hooks.ended_by_error(program, each, None) for each in classes)), "")


def _unconnected(program: Program, fit: ast.Call | None) -> str:
    """Say that fit is given no callback."""
    if fit is None or _given(program, fit) != ():
        return ""
    place = program.at(fit)
    if hint := _misdirected(program, "evaluate") or _misdirected(program, "compile"):
        return hint
    own = [each for each in program.all_classes() if hooks.is_callback(program, each)]
    built = [(each, call) for each in own for call in program.calls(each.name)]
    if built:
        definition, call = built[0]
        when = ", after fit was called" if call.lineno > (fit.end_lineno or 0) else ""
        return (
            f"The callback `{clipped(definition.name)}` is built{program.at(call)}{when}, but not"
            f" passed to fit{place}: add `callbacks=[...]` there."
        )
    if own:
        name = clipped(own[0].name)
        return (
            f"`{name}`{program.at(own[0])} is never built and not passed to fit{place}:"
            f" add `callbacks=[{name}()]` there."
        )
    return (
        f"fit{place} is given no callback, so nothing stops it: write one whose `on_epoch_end` sets"
        " `self.model.stop_training = True`, and pass it as `callbacks=[...]`."
    )


def _misdirected(program: Program, method: str) -> str:
    calls = [call for call in program.calls(method) if argument(call, "callbacks") is not None]
    if not calls:
        return ""
    return f"The callbacks are passed to {method}{program.at(calls[0])}; it is fit that needs them."


def _early_stopping(program: Program, fit: ast.Call | None, target: float) -> str:
    """Say what EarlyStopping does when it is the only callback."""
    given = _given(program, fit) or ()
    if len(given) != 1 or not isinstance(given[0], ast.Call):
        return ""
    call = given[0]
    if program.called(call) != "EarlyStopping":
        return ""
    place = program.at(call)
    own = "use a callback of your own that looks at logs['accuracy']."
    if argument(call, "baseline") is not None:
        return (
            f"EarlyStopping's `baseline`{place} ends a training that does not get above it, not one"
            f" that does: {own}"
        )
    measure = text(argument(call, "monitor", 0)) or "val_loss"
    return (
        f"EarlyStopping{place} waits until '{measure}' no longer improves and does not know the"
        f" target {target:g}: {own}"
    )


def _stoppers(program: Program, fit: ast.Call | None) -> list[ast.ClassDef]:
    """Return the classes that stop the training, or all where none seems to."""
    classes = _classes(program, fit)
    return [definition for definition in classes if hooks.stops(definition)] or classes


def _classes(program: Program, fit: ast.Call | None) -> list[ast.ClassDef]:
    """Return the classes of the file that fit is given instances of."""
    given = _given(program, fit)
    if given is not None:
        calls = [item for item in given if isinstance(item, ast.Call)]
        found = [program.classes(last_name(call.func)) for call in calls]
        return [same[0] for same in found if len(same) == 1]
    own = [each for each in program.all_classes() if hooks.is_callback(program, each)]
    return own if len(own) == 1 else []


def _given(program: Program, fit: ast.Call | None) -> tuple[ast.expr, ...] | None:
    """Return the callbacks that fit is given, or None where that cannot be read."""
    if fit is None or is_open(fit):
        return None
    passed = _only_value(program, argument(fit, "callbacks", _FIT_CALLBACKS))
    if passed is None or (isinstance(passed, ast.Constant) and passed.value is None):
        return ()
    items = passed.elts if isinstance(passed, ast.List | ast.Tuple) else [passed]
    if len(items) > _MOST_CALLBACKS:
        return None
    found = tuple(_only_value(program, item) for item in items)
    readable = all(
        isinstance(item, ast.Call)
        or (isinstance(item, ast.Name) and len(program.classes(item.id)) == 1)
        for item in found
    )
    return tuple(item for item in found if item is not None) if readable else None


def _only_value(program: Program, node: ast.expr | None) -> ast.expr | None:
    """Follow a name to what it is assigned; several times the same call count as one."""
    if not isinstance(node, ast.Name) or program.is_changed(node.id, _CHANGES):
        return node
    values = program.values(node.id)
    made = {last_name(value.func) if isinstance(value, ast.Call) else "" for value in values}
    return values[0] if len(values) == 1 or (len(made) == 1 and made != {""}) else node
