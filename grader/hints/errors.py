"""An error that ended a program: what in the line that raised it has to change.

Python and Keras say what is wrong in their own words. What a student cannot know is said here:
which modules there are, that the program is alone with itself, and what was probably meant.
"""

from __future__ import annotations

import ast
import difflib
import re

from grader.hints import hooks
from grader.hints.program import Program, clipped, dotted, last_name, read
from grader.model.source import SourceFacts
from grader.protocol import Raised

PAIRS = "(x_train, y_train), (x_test, y_test) = mnist.load_data()"
_PRESENT = {
    "tensorflow": "TensorFlow",
    "keras": "Keras",
    "numpy": "NumPy",
    "scipy": "SciPy",
    "pandas": "pandas",
    "matplotlib": "matplotlib",
}
_KNOWN_ABSENT = frozenset(
    {
        *("sklearn", "seaborn", "cv2", "tqdm", "wandb", "tensorflow_datasets", "google.colab"),
        *("keras_tuner", "kerastuner", "plotly", "torch", "torchvision", "tensorflow_addons"),
    }
)
_USUAL_IMPORTS = {
    "tf": "import tensorflow as tf",
    "np": "import numpy as np",
    "plt": "import matplotlib.pyplot as plt",
    "pd": "import pandas as pd",
    "keras": "from tensorflow import keras",
    "os": "import os",
}
_IDENTIFIERS = {
    "loss": (
        *("sparse_categorical_crossentropy", "categorical_crossentropy", "binary_crossentropy"),
        *("mean_squared_error", "mean_absolute_error", "mse", "mae", "kl_divergence", "hinge"),
    ),
    "metric": (
        *("accuracy", "acc", "sparse_categorical_accuracy", "categorical_accuracy"),
        *("binary_accuracy", "mean_squared_error", "mse", "mae"),
    ),
    "optimizer": (
        *("adam", "sgd", "rmsprop", "adagrad", "adadelta", "adamax", "nadam", "adamw", "ftrl"),
    ),
    "activation": (
        *("relu", "softmax", "sigmoid", "tanh", "linear", "elu", "selu", "gelu", "swish", "silu"),
        *("softplus", "softsign", "leaky_relu", "exponential"),
    ),
}
# What programs of this kind ask of modules; only these are named, so that no guess is far from it.
_PARTS = {
    "matplotlib": ("pyplot", "image", "cm", "colors"),
    "matplotlib.pyplot": (
        *("show", "imshow", "plot", "figure", "subplot", "subplots", "title", "gray", "grid"),
        *("axis", "savefig", "colorbar", "legend", "xlabel", "ylabel", "hist", "close"),
    ),
    "numpy": (
        *("copy", "zeros", "ones", "array", "asarray", "clip", "max", "maximum", "min", "sum"),
        *("zeros_like", "empty", "dot", "shape", "reshape", "expand_dims", "pad", "float32"),
    ),
    "scipy": ("misc", "datasets", "signal", "ndimage"),
    "scipy.datasets": ("ascent", "face"),
    "scipy.misc": ("ascent", "face"),
    "scipy.ndimage": ("correlate", "maximum_filter"),
    "scipy.signal": ("convolve2d", "correlate2d"),
}
_MODULE = re.compile(r"No module named '([\w.]+)'")
_IDENTIFIER = re.compile(r"Could not interpret (\w+)(?: function)? identifier: '?([\w ]+)'?")
_NO_PART = re.compile(r"module '([\w.]+)' has no attribute '(\w+)'")
_NO_NAME = re.compile(r"cannot import name '(\w+)' from '([\w.]+)'")
_UNDEFINED = re.compile(r"name '(\w+)' is not defined")
_ALIKE = 0.75
_MOST_FITS = 20


def known_error(source: SourceFacts, raised: Raised) -> str:
    """Say what to do about an error, if its own words do not."""
    program, message = read(source), raised.message
    place = f" ({found})" if (found := source.place(raised.line)) else ""
    if raised.error == "SystemExit":
        return _exit(program, raised)
    if raised.error == "NotImplementedError" and (todo := program.mentions("NotImplementedError")):
        return (
            f"Write your own code in the place of `raise NotImplementedError`{program.at(*todo)}."
        )
    if raised.error == "NameError":
        return _undefined(program, raised)
    if module := _MODULE.search(message):
        return _missing_module(program, module[1], place)
    if raised.error == "FileNotFoundError":
        return (
            "The program is alone here, without other files and programs: leave out what asks for"
            f" one{place}; the images come from `mnist.load_data()`."
        )
    return (
        _relative(raised, place)
        or _unpacked(program, raised)
        or _called_shape(program, raised)
        or _no_such_part(message, place)
        or misnamed(source, message)
    )


def misnamed(source: SourceFacts, message: str) -> str:
    """Name the loss, metric, optimiser or activation that a misspelt name is near to."""
    found = _IDENTIFIER.search(message)
    if not found:
        return ""
    kind, name, program = found[1], found[2].strip(), read(source)
    written = [node for node in program.mentions(name) if isinstance(node, ast.Constant)]
    place = program.at(*written[:1])
    known = _IDENTIFIERS.get(kind, ())
    close = difflib.get_close_matches(clipped(name).lower(), known, 1, _ALIKE)
    if close:
        return f"Keras knows no {kind} '{clipped(name)}'{place}: write '{close[0]}'."
    return f"Keras knows no {kind} '{clipped(name)}'{place}: look up how its name is spelt."


def rebound(source: SourceFacts, function: str) -> str:
    """Say that the name of a function or class is given to something else after its definition."""
    program = read(source)
    defined = [
        node
        for node in program.tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Assign)
        and function in _bound(node)
    ]
    if len(defined) < 2 or not isinstance(last := defined[-1], ast.Assign):
        return ""
    if isinstance(last.value, ast.Call) and last_name(last.value.func) == function:
        what = "class" if isinstance(defined[-2], ast.ClassDef) else "function"
        return (
            f"`{function} = {function}()`{program.at(last)} puts the result in the place of the"
            f" {what}: give the result another name."
        )
    return (
        f"`{function}`{program.at(last)} is given to something that cannot be called: use another"
        " name there."
    )


def hidden_error(source: SourceFacts) -> str:
    """Say that an `except` around fit may hide what went wrong."""
    program = read(source)
    fits = program.calls("fit")[:_MOST_FITS]
    for node in ast.walk(program.tree):
        if not isinstance(node, ast.Try) or not any(_covers_any(node.body, fit) for fit in fits):
            continue
        for handler in node.handlers:
            raises = any(isinstance(part, ast.Raise) for part in ast.walk(handler))
            if raises or not _catches_all(handler):
                continue
            words = f"except {last_name(handler.type)}" if handler.type else "except"
            return (
                f"`{words}:`{program.at(handler)} may hide an error: leave out `try` and `except`,"
                " and the report can name it."
            )
    return ""


def _exit(program: Program, raised: Raised) -> str:
    line = raised.line
    calls = [
        call for call in program.calls("exit", "quit", "_exit", "parse_args") if _covers(call, line)
    ]
    place = program.at(*calls[:1])
    name = clipped(dotted(calls[0].func)) if calls else ""
    if name.endswith("parse_args"):
        return (
            f"`{name}()`{place} finds no command line here and ends the program: write the values"
            " into the program."
        )
    words = f"`{name}()`{place}" if calls else "An exit"
    within = [each for each in program.all_classes() if _covers(each, line)]
    if any(hooks.is_callback(program, each) for each in within):
        return f"{words} ends the whole program: write `self.model.stop_training = True` instead."
    if raised.phase == "import":
        return f"{words} ended the program while it was loaded: leave it out."
    return f"{words} ends the whole program: leave it out, and `return` the result."


def _relative(raised: Raised, place: str) -> str:
    if raised.error != "ImportError" or "relative import" not in raised.message:
        return ""
    return f"The grader has only this one file: put into it what the import{place} asks for."


def _unpacked(program: Program, raised: Raised) -> str:
    if raised.error != "ValueError" or "values to unpack" not in raised.message:
        return ""
    loads = [call for call in program.calls("load_data") if _covers(call, raised.line)]
    if not loads:
        return ""
    return f"`load_data()`{program.at(*loads)} returns two pairs: write `{PAIRS}`."


def _called_shape(program: Program, raised: Raised) -> str:
    """Say that sizes stand in square brackets."""
    if raised.error != "TypeError" or "'tuple' object is not callable" not in raised.message:
        return ""
    called = [
        call
        for call in program.calls("shape")
        if isinstance(call.func, ast.Attribute) and _covers(call, raised.line)
    ]
    if not called or len(called[0].args) != 1:
        return ""
    name, axis = clipped(dotted(called[0].func)), called[0].args[0]
    if not isinstance(axis, ast.Constant) or not isinstance(axis.value, int):
        return f"`{name}`{program.at(called[0])} is no function: write square brackets behind it."
    return (
        f"`{name}({axis.value})`{program.at(called[0])} needs square brackets, because the sizes"
        f" are a tuple: write `{name}[{axis.value}]`."
    )


def _no_such_part(message: str, place: str) -> str:
    """Name the part of a module that a misspelt name is near to."""
    if found := _NO_PART.search(message):
        module, name = found[1], found[2]
    elif found := _NO_NAME.search(message):
        name, module = found[1], found[2]
    else:
        return ""
    near = _near(name, module)
    if not near:
        return ""
    return f"`{clipped(module)}` has no `{clipped(name)}`{place}: write `{near}`."


def _near(name: str, module: str) -> str:
    """Return the part of a module whose name is nearly this one, if it is not the very one."""
    close = difflib.get_close_matches(clipped(name).lower(), _PARTS.get(module, ()), 1, _ALIKE)
    return close[0] if close and close[0] != name else ""


def _undefined(program: Program, raised: Raised) -> str:
    found = _UNDEFINED.search(raised.message)
    name = found[1] if found else ""
    if name in _USUAL_IMPORTS:
        return f"Write `{_USUAL_IMPORTS[name]}` at the beginning."
    later = [
        node
        for node in program.tree.body
        if name in _bound(node) and raised.line and node.lineno > raised.line
    ]
    if raised.phase != "import" or not later:
        return ""
    return (
        f"`{clipped(name)}` is used before it is defined{program.at(later[0])}: move the definition"
        " before its use."
    )


def _missing_module(program: Program, module: str, place: str) -> str:
    root = module.partition(".")[0]
    if root in _PRESENT:
        if module.startswith("tensorflow.examples"):
            return (
                f"`{module}`{place} is gone from TensorFlow: load the images with"
                " `tf.keras.datasets.mnist.load_data()`."
            )
        whole, _, part = module.rpartition(".")
        if near := _near(part, whole):
            return f"`{clipped(whole)}` has no `{clipped(part)}`{place}: write `{whole}.{near}`."
        return (
            f"The grader's {_PRESENT[root]} has no `{clipped(module)}`{place}: leave out the"
            " import, or find out what has taken its place."
        )
    close = difflib.get_close_matches(clipped(root).lower(), sorted(_PRESENT), 1, 0.8)
    if close:
        return f"Is `{close[0]}` meant by `{clipped(root)}`{place}?"
    others = _other_absent(program, module)
    also = ""
    if others:
        names = ", ".join(f"`{name}`{program.at(node)}" for name, node in others)
        also = f" {names} {'is' if len(others) == 1 else 'are'} not there either."
    *first, last = _PRESENT.values()
    return (
        f"Beside Python's own modules there are {', '.join(first)} and {last}: leave out the"
        f" import of `{clipped(module)}`{place} and what needs it.{also}"
    )


def _other_absent(program: Program, module: str) -> list[tuple[str, ast.AST]]:
    """List well-known modules that the program imports as well, without a way around them."""
    guarded = {
        part
        for node in ast.walk(program.tree)
        if isinstance(node, ast.Try)
        for part in ast.walk(node)
    }
    found: dict[str, ast.AST] = {}
    for node in ast.walk(program.tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            parts = name.split(".")
            for known in (parts[0], ".".join(parts[:2])):
                if known in _KNOWN_ABSENT and not module.startswith(known) and node not in guarded:
                    found.setdefault(known, node)
    return list(found.items())[:5]


def _bound(node: ast.stmt) -> set[str]:
    """Return the names that a statement defines or assigns."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name for alias in node.names}
    targets = node.targets if isinstance(node, ast.Assign) else []
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _catches_all(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or last_name(handler.type) in {"Exception", "BaseException"}


def _covers(node: ast.expr | ast.stmt, line: int | None) -> bool:
    return line is not None and node.lineno <= line <= (node.end_lineno or node.lineno)


def _covers_any(body: list[ast.stmt], call: ast.Call) -> bool:
    return any(_covers(statement, call.lineno) for statement in body)
