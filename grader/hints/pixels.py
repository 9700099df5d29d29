"""What made of MNIST's images and labels something that they are not."""

from __future__ import annotations

import ast

from grader.hints.errors import PAIRS
from grader.hints.program import Program, clipped, last_name, number, read
from grader.model.source import SourceFacts
from grader.protocol.mnist import SIDE, TRAINING_IMAGES

_RESHAPING = (
    *("pad", "resize", "resize_with_pad", "resize_images", "grayscale_to_rgb", "gray2rgb"),
    *("central_crop", "ZeroPadding2D"),
)
_UNEVEN = {
    "normalize": "scales each row of pixels by itself",
    "fit_transform": "scales each pixel by a measure of its own",
}
_BRIGHTEST = 255


def other_form(source: SourceFacts, problem: str) -> str:
    """Say what is asked in the place of arrays of another form, or of changed pixels."""
    program = read(source)
    if "images and y has" in problem:
        return _unpacked(program)
    if problem.startswith("x has the shape"):
        return _shape(program)
    if problem.startswith("y has the shape"):
        return (
            "The ten digits are asked: pass y_train as `load_data` gives it, or"
            " `to_categorical(y_train, 10)`."
        )
    if "repeated" in problem or "more than MNIST has" in problem:
        return (
            f"Pass each of the {TRAINING_IMAGES:,} training images once; `epochs` says how often"
            " they count."
        )
    return _pixels(program)


def _unpacked(program: Program) -> str:
    """Say that images were taken for labels."""
    for target, call in _loads(program):
        pairs = [item for item in target.elts if isinstance(item, ast.Tuple | ast.List)]
        names = [[last_name(each).lower() for each in pair.elts] for pair in pairs]
        if len(names) != 2 or any(len(pair) != 2 for pair in names):
            continue
        (first, second), _ = names
        if "train" in first and "test" in second:
            return (
                f"`load_data()`{program.at(call)} gives images and labels in pairs: write"
                f" `{PAIRS}`."
            )
    return "Pass one label for each image: both from the same pair that `load_data()` gives."


def _shape(program: Program) -> str:
    asked = (
        f"images of {SIDE} x {SIDE} pixels in one channel are asked, such as"
        f" ({TRAINING_IMAGES}, {SIDE}, {SIDE}, 1)"
    )
    calls = _calls(program, *_RESHAPING)
    if len(calls) == 1:
        return (
            f"`{program.called(calls[0])}`{program.at(calls[0])} gives the images another form:"
            f" {asked}."
        )
    return f"{asked.capitalize()}: do not pad, crop, resize or colour them."


def _pixels(program: Program) -> str:
    images = {
        last_name(first)
        for target, _ in _loads(program)
        for pair in target.elts
        if isinstance(pair, ast.Tuple | ast.List)
        for first in pair.elts[:1]
    }
    for node in ast.walk(program.tree):
        if (
            isinstance(node, ast.Compare)
            and isinstance(node.ops[0], ast.Gt | ast.GtE | ast.Lt | ast.LtE)
            and last_name(node.left) in images
            and 0 < (number(node.comparators[0]) or 0) < _BRIGHTEST
        ):
            return (
                f"The comparison of `{clipped(last_name(node.left))}`{program.at(node)} leaves only"
                " black and white of the grey values: scale them alike, such as / 255.0."
            )
    for call in _calls(program, *_UNEVEN):
        name = program.called(call)
        return (
            f"`{name}`{program.at(call)} {_UNEVEN[name]}: divide all pixels by 255.0 in its place."
        )
    return ""


def _loads(program: Program) -> list[tuple[ast.Tuple | ast.List, ast.Call]]:
    """Return what `load_data()` is unpacked to."""
    return [
        (target, node.value)
        for node in ast.walk(program.tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and last_name(node.value.func) == "load_data"
        for target in node.targets
        if isinstance(target, ast.Tuple | ast.List)
    ]


def _calls(program: Program, *names: str) -> list[ast.Call]:
    """Return the calls of functions with these names that are not the program's own."""
    own = {each.name for each in program.functions()}
    return [call for call in program.calls(*names) if last_name(call.func) not in own]
