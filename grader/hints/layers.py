"""Where the layers of a model are built in the source."""

from __future__ import annotations

import ast

from grader.hints.program import Program, read
from grader.model.source import SourceFacts

_OTHER_NAMES = {
    "Convolution1D": "Conv1D",
    "Convolution2D": "Conv2D",
    "Convolution3D": "Conv3D",
    "SeparableConvolution2D": "SeparableConv2D",
    "DepthwiseConvolution2D": "DepthwiseConv2D",
    "Convolution2DTranspose": "Conv2DTranspose",
}


def layer_lines(source: SourceFacts, function: str, found: list[str]) -> str:
    """Say where the layers of these classes are built, if the source shows it.

    A file may build other models as well: where it has more calls than the model has layers,
    those of the function count, and if they do not agree with it either, nothing is said.
    """
    program = read(source)
    calls = _calls(program, set(found))
    if len(calls) > len(found):
        calls = _inside(program, function, calls)
    if not calls or len(calls) > len(found):
        return ""
    times = ", run more than once" if len(calls) < len(found) else ""
    lines = dict.fromkeys(call.lineno for call in calls)
    return f" ({program.source.place(*lines)}{times})"


def _calls(program: Program, classes: set[str]) -> list[ast.Call]:
    names = classes | {old for old, new in _OTHER_NAMES.items() if new in classes}
    names |= {name.replace("Pooling", "Pool") for name in classes}
    names |= {name.replace("AveragePooling", "AvgPool") for name in classes}
    return sorted(program.calls(*names), key=lambda call: (call.lineno, call.col_offset))


def _inside(program: Program, function: str, calls: list[ast.Call]) -> list[ast.Call]:
    """Keep the calls that stand in the last definition of the function."""
    found = [each for each in program.functions() if each.name == function]
    if not found:
        return []
    last = found[-1]
    return [call for call in calls if last.lineno <= call.lineno <= (last.end_lineno or 0)]
