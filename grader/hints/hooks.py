"""The class of a callback: whether Keras calls its methods, and whether they can stop a training.

Keras calls methods by their names, hands them the epoch and the logs, ignores what they return,
and after each epoch looks at one attribute, the model's `stop_training`. What a student gets
wrong is one of these four.
"""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator

from grader.hints.program import Function, Program, clipped, last_name

Stop = ast.Assign | ast.AnnAssign | ast.AugAssign

_EPOCH_HOOKS = ("on_epoch_begin", "on_epoch_end")
_TRAIN_HOOKS = ("on_train_begin", "on_train_end")
_HOOKS = frozenset(
    {*_EPOCH_HOOKS, *_TRAIN_HOOKS, "on_batch_begin", "on_batch_end"}
    | {f"on_{what}_{when}" for what in ("test", "predict") for when in ("begin", "end")}
    | {
        f"on_{what}_batch_{when}"
        for what in ("train", "test", "predict")
        for when in ("begin", "end")
    }
)
_WORDS = {
    **dict.fromkeys(("epochs", "epoc", "epcoh", "eopch"), "epoch"),
    **dict.fromkeys(("training",), "train"),
    **dict.fromkeys(("ends", "ended", "finish", "finished", "done", "stop", "over"), "end"),
    **dict.fromkeys(("start", "starts", "started", "begins", "began"), "begin"),
}
_ALIKE = 0.85
_MOST_METHODS = 200
_LONGEST_METHOD = 40
_RIGHT = "write `self.model.stop_training = True`."
_DERIVE = "tf.keras.callbacks.Callback"

_MEAN_FALSE = frozenset({"false", "no", ""})


def is_callback(program: Program, definition: ast.ClassDef) -> bool:
    """Whether a class derives from a Callback that is not itself defined in the file."""
    return any(
        program.original(base).endswith("Callback") and not program.classes(last_name(base))
        for base in definition.bases
    )


def wrong_base(program: Program, definition: ast.ClassDef) -> str:
    """Say that a class given to fit as a callback is none."""
    if definition.keywords or any(last_name(base) != "object" for base in definition.bases):
        return ""
    name = clipped(definition.name)
    return (
        f"`{name}`{program.at(definition)} is not a callback yet: write `class {name}({_DERIVE}):`."
    )


def wrong_signature(program: Program, definition: ast.ClassDef) -> str:
    """Say that Keras cannot call a method with the epoch and the logs."""
    for method in methods(definition):
        given = 3 if method.name in _EPOCH_HOOKS else 2
        arguments = method.args
        places = len(arguments.posonlyargs) + len(arguments.args)
        needed = places - len(arguments.defaults)
        takes = needed <= given and (places >= given or arguments.vararg)
        if method.name in (*_EPOCH_HOOKS, *_TRAIN_HOOKS) and not method.decorator_list:
            if takes and not any(default is None for default in arguments.kw_defaults):
                continue
            asked = "self, epoch, logs=None" if given == 3 else "self, logs=None"
            return (
                f"Keras cannot call this `{method.name}`{program.at(method)}:"
                f" write `def {method.name}({asked}):`."
            )
    return ""


def swapped_parameters(program: Program, definition: ast.ClassDef) -> str:
    """Say that a method takes the epoch for the logs."""
    for method in methods(definition):
        names = [each.arg for each in method.args.args]
        if method.name not in _EPOCH_HOOKS or len(names) != 3 or method.args.posonlyargs:
            continue
        if names[1] not in {"log", "logs"} or names[2] not in {"epoch", "epochs"}:
            continue
        # Names alone break nothing: the first one must be read as the logs are.
        if any(
            isinstance(node, ast.Subscript | ast.Attribute) and last_name(node.value) == names[1]
            for node in own_statements(method)
        ):
            return (
                f"Keras passes the epoch first to `{method.name}`{program.at(method)}:"
                f" write `def {method.name}(self, epoch, logs=None):`."
            )
    return ""


def ended_by_error(program: Program, definition: ast.ClassDef, line: int | None) -> str:
    """Say that a callback raises an error to end the training, where it does so or anywhere."""
    for method in methods(definition):
        for node in own_statements(method):
            if not isinstance(node, ast.Raise) or node.exc is None:
                continue
            if line is None or node.lineno <= line <= (node.end_lineno or 0):
                return (
                    f"`raise`{program.at(node)} in a callback breaks the training off: write"
                    " `self.model.stop_training = True` in its place."
                )
    return ""


def misspelt_hook(program: Program, definition: ast.ClassDef) -> str:
    """Name a method that Keras never calls, and the one that was meant."""
    if not is_callback(program, definition):
        return ""
    defined = {method.name for method in methods(definition)}
    for method in methods(definition):
        meant = _meant(method.name)
        if meant and meant not in defined and not program.is_read(method.name):
            return (
                f"`{method.name}` is never called by Keras: the method is"
                f" `{meant}`{program.at(method)}."
            )
    return ""


def wrong_stop(program: Program, definition: ast.ClassDef) -> str:
    """Say why a callback that seems to stop the training does not."""
    named = any(isinstance(node, ast.Constant) for node in program.mentions("stop_training"))
    if not is_callback(program, definition) or stops(definition) or named:
        return ""
    for method in methods(definition):
        otherwise = _otherwise(method)
        for node in own_statements(method):
            if isinstance(node, ast.Assign) and _stays_false(node, method):
                if node in otherwise:
                    continue
                return (
                    f"`stop_training`{program.at(node)} is set to False, which stops nothing:"
                    f" {_RIGHT}"
                )
            if reason := _no_stop(program, node, method):
                return reason
    return ""


def wrong_moment(program: Program, definition: ast.ClassDef) -> str:
    """Say that a callback stops when there is nothing to stop, or nothing to decide by."""
    by_name = {method.name: method for method in methods(definition)}
    if not is_callback(program, definition) or "on_epoch_end" in by_name:
        return ""
    for name, reason in (
        ("on_train_end", "runs when training is already over"),
        ("on_train_begin", "runs before the first epoch, when there are no logs"),
        ("on_epoch_begin", "runs before an epoch, when its logs are still empty"),
    ):
        method = by_name.get(name)
        if method and stops(method):
            return f"`{name}`{program.at(method)} {reason}: use `on_epoch_end`."
    return ""


def string_stop(program: Program, definition: ast.ClassDef) -> str:
    """Say that Keras takes every string but the empty one as true."""
    written = [
        (clipped(stop.value.value), stop)
        for stop in stops(definition)
        if isinstance(stop.value, ast.Constant) and isinstance(stop.value.value, str)
    ]
    if not written:
        return ""
    # The one that does the opposite of what it says first.
    text, stop = min(written, key=lambda each: each[0].lower() not in _MEAN_FALSE)
    meant = text.lower() not in _MEAN_FALSE
    return (
        f"`stop_training = '{text}'`{program.at(stop)} is a string, and Keras takes"
        f" every string but the empty one as true: write {meant} without quotes."
    )


def called_stop(program: Program, definition: ast.ClassDef) -> str:
    """Say that `stop_training` is no method."""
    for node in ast.walk(definition):
        if isinstance(node, ast.Call) and _is_stop(node.func):
            return (
                f"`stop_training`{program.at(node)} is not a method: assign to it,"
                " `self.model.stop_training = True`."
            )
    return ""


def methods(definition: ast.ClassDef) -> list[Function]:
    """Return the methods of a class; of absurdly many, the first."""
    return [node for node in definition.body if isinstance(node, Function)][:_MOST_METHODS]


def stops(definition: ast.AST) -> list[Stop]:
    """Return the assignments to a model's `stop_training`, to False left out."""
    return [
        node
        for node in ast.walk(definition)
        if isinstance(node, Stop)
        and any(map(_is_stop, node.targets if isinstance(node, ast.Assign) else [node.target]))
        and not (isinstance(node.value, ast.Constant) and node.value.value is False)
    ]


def own_statements(method: Function) -> Iterator[ast.AST]:
    """Walk what a method does."""
    for statement in method.body:
        yield from ast.walk(statement)


def _is_stop(node: ast.AST) -> bool:
    """Whether this is `stop_training` of anything but the callback itself."""
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "stop_training"
        and not (isinstance(node.value, ast.Name) and node.value.id == "self")
    )


def _meant(name: str) -> str:
    if name in _HOOKS or len(name) > _LONGEST_METHOD or name.startswith("__"):
        return ""
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().strip("_")
    words = [_WORDS.get(word, word) for word in snake.split("_")]
    if words[0] != "on" and words != ["epoch", "end"]:
        return ""
    words = [word for word in words if word != "on"]
    if words in (["epoch"], ["end", "epoch"]):
        words = ["epoch", "end"]
    close = difflib.get_close_matches("_".join(["on", *words]), sorted(_HOOKS), 1, _ALIKE)
    return close[0] if close else ""


def _no_stop(program: Program, node: ast.AST, method: Function) -> str:
    if (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Compare)
        and last_name(node.value.left) == "stop_training"
        and isinstance(node.value.ops[0], ast.Eq)
    ):
        return f"`==`{program.at(node)} compares and does not assign: {_RIGHT}"
    if isinstance(node, ast.Assign):
        if _stays_false(node, method):
            return (
                f"`stop_training`{program.at(node)} is set to False, which stops nothing: {_RIGHT}"
            )
        for target in node.targets:
            if wrong := _wrong_target(program, target):
                return f"{wrong}: {_RIGHT}"
    if (
        isinstance(node, ast.Return)
        and method.name == "on_epoch_end"
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, bool)
    ):
        return f"Keras ignores what `on_epoch_end` returns{program.at(node)}: {_RIGHT}"
    return ""


def _stays_false(node: ast.Assign, method: Function) -> bool:
    """Whether False is assigned in the place where True would stop the training."""
    return (
        method.name == "on_epoch_end"
        and any(map(_is_stop, node.targets))
        and isinstance(node.value, ast.Constant)
        and node.value.value is False
    )


def _otherwise(method: Function) -> set[ast.AST]:
    """Return what stands under an `else`."""
    return {
        part
        for branch in own_statements(method)
        if isinstance(branch, ast.If)
        for statement in branch.orelse
        for part in ast.walk(statement)
    }


def _wrong_target(program: Program, target: ast.expr) -> str:
    """Say what is assigned in the place of the model's `stop_training`."""
    place = program.at(target)
    if isinstance(target, ast.Name) and target.id == "stop_training":
        return f"`stop_training`{place} is only a variable of the method here"
    if not isinstance(target, ast.Attribute) or program.is_read(target.attr) or _is_stop(target):
        return ""
    owner = last_name(target.value)
    if owner == "self" and target.attr == "stop_training":
        return f"`self.stop_training`{place} is the callback's, not the model's"
    flat = target.attr.lower().replace("_", "")
    if owner != "model" or len(flat) > _LONGEST_METHOD:
        return ""
    is_close = difflib.SequenceMatcher(None, flat, "stoptraining").ratio() >= _ALIKE
    if not is_close and flat not in {"stop", "stoptrain", "stopped"}:
        return ""
    return f"Keras does not look at `{target.attr}`{place}"
