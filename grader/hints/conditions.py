"""The condition under which a callback stops: which number of the logs, against which threshold.

Only a single stop is understood, and of its condition only comparisons of one entry of the logs
with one number, joined by `and`; of every other condition nothing is said. `thresholds` says which
number that is.
"""

from __future__ import annotations

import ast
import difflib
from typing import NamedTuple

from grader.hints.hooks import methods, stops
from grader.hints.program import (
    Function,
    Program,
    argument,
    clipped,
    is_open,
    last_name,
)
from grader.hints.thresholds import Scale, number_of, unscaled

_ALIKE = 0.75
_SAME = 1e-9
_MOST_TESTS = 20
_ACCURACIES = {"acc", "accuracy"}
_VALIDATION = {"validation_data", "validation_split"}
_MIRRORED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Gt: ast.Lt,
    ast.GtE: ast.LtE,
    ast.Lt: ast.Gt,
    ast.LtE: ast.GtE,
}
_OTHERS = {"loss", "val_loss", "val_acc", "val_accuracy"}


class Comparison(NamedTuple):
    """An entry of the logs, whether it has to be above or below, and the threshold.

    `written` is the threshold as it stands in the source, before the entry's scale is taken off.
    """

    key: str
    is_above: bool
    threshold: float
    node: ast.AST
    written: float
    scale: Scale


class Condition(NamedTuple):
    """Comparisons that must all hold; whole if nothing else decides."""

    comparisons: tuple[Comparison, ...]
    is_whole: bool


def unreachable_threshold(program: Program, definition: ast.ClassDef, target: float) -> str:
    """Say that a threshold is above the target, or above every accuracy."""
    for found in _condition(program, definition).comparisons:
        if found.key in _ACCURACIES and found.is_above and found.threshold > target + _SAME:
            place = program.at(found.node)
            if found.scale.digits is not None:
                return (
                    f"With `round`{place} the callback stops only from {found.threshold:.10g} on:"
                    f" compare the accuracy itself with {target:.10g}."
                )
            if found.threshold > 1 and found.scale.factor == 1:
                return (
                    f"The accuracy in the logs is between 0 and 1 and never above"
                    f" {found.threshold:.10g}{place}: compare it with {target:.10g}."
                )
            return (
                f"The callback stops at {found.written:.10g}{place};"
                f" {target * found.scale.factor:.10g} is asked, so it trains on for too long."
            )
    return ""


def low_threshold(program: Program, definition: ast.ClassDef, target: float) -> str:
    """Say that a threshold is below the target, or that the callback waits for the opposite."""
    found, is_whole = _condition(program, definition)
    if not found or not is_whole or any(item.key not in _ACCURACIES for item in found):
        return ""
    first = found[0]
    if all(not item.is_above for item in found):
        return (
            f"The callback stops while the accuracy is below {first.written:.10g}"
            f"{program.at(first.node)}: turn `<` into `>=`."
        )
    if all(item.is_above and item.threshold < target - _SAME for item in found):
        place = program.at(first.node)
        if first.scale.digits is not None:
            return (
                f"With `round`{place} the callback stops already from {first.threshold:.10g} on:"
                f" compare the accuracy itself with {target:.10g}."
            )
        return (
            f"The callback stops already at {first.written:.10g}{place};"
            f" write {target * first.scale.factor:.10g}, and let fit train long enough."
        )
    return ""


def other_measure(program: Program, definition: ast.ClassDef, fit: ast.Call | None) -> str:
    """Say that the callback decides by something other than the training accuracy."""
    found, is_whole = _condition(program, definition)
    if not found or not is_whole or any(item.key not in _OTHERS for item in found):
        return ""
    first = found[0]
    place = program.at(first.node)
    if first.key.startswith("val_") and fit is not None and _has_no_validation(fit):
        return _no_validation(program, first.key, first.node, fit)
    if first.key == "loss" and first.is_above:
        return (
            f"The callback stops when the loss is above {first.threshold:.10g}{place}, but a loss"
            " falls: compare logs['accuracy'] with the target."
        )
    return (
        f"The callback decides by '{first.key}'{place}; asked is the accuracy on the training"
        " images, logs['accuracy']."
    )


def missing_validation(
    program: Program, definition: ast.ClassDef, fit: ast.Call | None, line: int | None
) -> str:
    """Say that the line of an error reads what only validation would put into the logs."""
    if fit is None or not _has_no_validation(fit):
        return ""
    for method in methods(definition):
        for node in ast.walk(method):
            key = _log_key(node, method)
            if key in _OTHERS and key.startswith("val_") and getattr(node, "lineno", 0) == line:
                return _no_validation(program, key, node, fit)
    return ""


def bracketed_get(program: Program, definition: ast.ClassDef) -> str:
    """Say that `get` is a method and takes round brackets."""
    for method in methods(definition):
        logs = _logs(method)
        for node in ast.walk(method):
            if not isinstance(node, ast.Subscript) or not isinstance(node.value, ast.Attribute):
                continue
            if node.value.attr == "get" and logs and last_name(node.value.value) == logs:
                key = node.slice.value if isinstance(node.slice, ast.Constant) else "accuracy"
                return (
                    f"`get`{program.at(node)} is a method and takes round brackets:"
                    f" `{clipped(logs)}.get('{clipped(str(key))}')`."
                )
    return ""


def missing_key(program: Program, definition: ast.ClassDef) -> str:
    """Name an entry that the logs do not have."""
    compiles = _compiles(program)
    keys = _metric_names(compiles)
    reads = [
        (key, node)
        for method in methods(definition)
        for node in ast.walk(method)
        if (key := _log_key(node, method)) and _means_accuracy(key)
    ]
    if keys is None or not reads or any(key in keys for key, _ in reads):
        return ""
    key, node = reads[0]
    if not keys:
        return (
            f"compile{program.at(*compiles)} is given no metrics, so the logs hold no accuracy:"
            " add `metrics=['accuracy']`."
        )
    right = "accuracy" if "accuracy" in keys else min(keys)
    return f"The logs hold no '{clipped(key)}'{program.at(node)}: the key is '{right}'."


def has_no_metrics(program: Program) -> str:
    """Say that the model is compiled without metrics."""
    compiles = _compiles(program)
    if compiles and _metric_names(compiles) == set():
        return (
            f"compile{program.at(*compiles)} is given no metrics, so no accuracy is recorded: add"
            " `metrics=['accuracy']`."
        )
    return ""


def unconditional_stop(program: Program, definition: ast.ClassDef) -> str:
    """Say that a callback stops whatever the accuracy is."""
    for method in methods(definition):
        plain = all(
            isinstance(node, ast.Expr | ast.Assign | ast.AnnAssign | ast.Pass)
            for node in method.body
        )
        found = [node for node in stops(method) if node in method.body]
        if method.name == "on_epoch_end" and plain and found:
            value = found[0].value
            if isinstance(value, ast.Constant) and value.value is True:
                return (
                    f"The callback stops after the first epoch{program.at(found[0])}, whatever the"
                    " accuracy: put the line under an `if`."
                )
    return ""


def _means_accuracy(key: str) -> bool:
    """Whether a key is meant to be the training accuracy's, however it is spelt."""
    word = clipped(key).lower()
    is_close = difflib.SequenceMatcher(None, word, "accuracy").ratio() >= _ALIKE
    return not word.startswith("val") and ("acc" in word or is_close)


def _compiles(program: Program) -> list[ast.Call]:
    """Return the calls of a model's `compile`."""
    return [
        call
        for call in program.calls("compile")
        if isinstance(call.func, ast.Attribute) and last_name(call.func.value) != "re"
    ]


def _condition(program: Program, definition: ast.ClassDef) -> Condition:
    """Return what must hold for the only stop of a class."""
    found = stops(definition)
    holders = [method for method in methods(definition) if stops(method)]
    if len(found) != 1 or len(holders) != 1:
        return Condition((), is_whole=False)
    method, tests = holders[0], []
    parents = {child: node for node in ast.walk(method) for child in ast.iter_child_nodes(node)}
    node: ast.AST = found[0]
    while node is not method:
        parent = parents[node]
        if isinstance(parent, ast.If):
            if node not in parent.body:
                return Condition((), is_whole=False)
            tests += _conjuncts(parent.test)
        node = parent
    if not isinstance(found[0].value, ast.Constant) and found[0].value is not None:
        tests += _conjuncts(found[0].value)
    if len(tests) > _MOST_TESTS:
        return Condition((), is_whole=False)
    comparisons = [_comparison(program, definition, test, method) for test in tests]
    others = [test for test, item in zip(tests, comparisons, strict=True) if item is None]
    # A method that returns early has conditions elsewhere.
    returns = any(isinstance(item, ast.Return) for item in ast.walk(method))
    return Condition(
        tuple(item for item in comparisons if item is not None),
        is_whole=not returns and all(_only_looks(test, method) for test in others),
    )


def _conjuncts(test: ast.expr) -> list[ast.expr]:
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return test.values
    return [test]


def _only_looks(test: ast.expr, method: Function) -> bool:
    """Whether a test only asks if the logs are there, or which epoch it is."""
    if isinstance(test, ast.Compare):
        epoch = method.args.args[1].arg if len(method.args.args) > 2 else ""
        looks = isinstance(test.ops[0], ast.Is | ast.IsNot | ast.In | ast.NotIn)
        return looks or last_name(test.left) == epoch
    return isinstance(test, ast.Name) or bool(_log_key(_local(test, method), method))


def _comparison(
    program: Program, definition: ast.ClassDef, test: ast.expr, method: Function
) -> Comparison | None:
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return None
    left, right, compared = test.left, test.comparators[0], test.ops[0]
    if number_of(program, definition, left) is not None:
        left, right, compared = right, left, _MIRRORED.get(type(compared), ast.Eq)()
    if not isinstance(compared, ast.Gt | ast.GtE | ast.Lt | ast.LtE):
        return None
    inner, scale = unscaled(program, left, lambda node: _local(node, method))
    key, number = _log_key(inner, method), number_of(program, definition, right)
    if not key or number is None:
        return None
    return Comparison(
        key,
        isinstance(compared, ast.Gt | ast.GtE),
        scale.threshold(number.value, compared),
        number.origin or test,
        number.value,
        scale,
    )


def _local(node: ast.expr, method: Function) -> ast.expr:
    """Follow a variable of the method to the only thing it is assigned."""
    if not isinstance(node, ast.Name):
        return node
    bound = [
        item
        for item in ast.walk(method)
        if isinstance(item, ast.Name) and item.id == node.id and not isinstance(item.ctx, ast.Load)
    ]
    values = [
        item.value
        for item in ast.walk(method)
        if isinstance(item, ast.Assign) and any(target in bound for target in item.targets)
    ]
    return values[0] if len(values) == len(bound) == 1 else node


def _log_key(node: ast.AST, method: Function) -> str:
    """Return the key with which an expression reads the logs, if that is all it does."""
    if isinstance(node, ast.Call) and last_name(node.func) == "float" and len(node.args) == 1:
        node = node.args[0]
    owner: ast.AST | None = None
    key: ast.AST | None = None
    if isinstance(node, ast.Subscript):
        owner, key = node.value, node.slice
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        owner, key = (node.func.value, node.args[0]) if node.func.attr == "get" else (None, None)
    logs = _logs(method)
    if not isinstance(owner, ast.Name) or owner.id != logs or not isinstance(key, ast.Constant):
        return ""
    return key.value if isinstance(key.value, str) else ""


def _logs(method: Function) -> str:
    """Return the name that a method gives the logs."""
    return method.args.args[-1].arg if method.args.args else ""


def _no_validation(program: Program, key: str, node: ast.AST, fit: ast.Call) -> str:
    return (
        f"The logs hold no '{key}'{program.at(node)}, because fit{program.at(fit)} is given no"
        " validation data: use logs['accuracy']."
    )


def _has_no_validation(fit: ast.Call) -> bool:
    given = {keyword.arg for keyword in fit.keywords}
    return not is_open(fit) and len(fit.args) < 6 and not given & _VALIDATION


def _metric_names(compiles: list[ast.Call]) -> set[str] | None:
    """Return the accuracy's names in the logs, or None where they cannot be told."""
    names: set[str] = set()
    for call in compiles:
        metrics = argument(call, "metrics")
        if is_open(call) or len(call.args) > 2 or argument(call, "weighted_metrics"):
            return None
        if metrics is None:
            continue
        if not isinstance(metrics, ast.List | ast.Tuple) or not metrics.elts:
            return None
        for item in metrics.elts:
            if not isinstance(item, ast.Constant) or not isinstance(item.value, str):
                return None
            names |= _ACCURACIES if item.value in _ACCURACIES else {item.value}
    return names if compiles else None
