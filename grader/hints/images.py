"""Which images and labels `fit` is given, as far as their names in the source tell."""

from __future__ import annotations

import ast

from grader.hints.program import (
    Program,
    argument,
    clipped,
    last_name,
    number,
    read,
)
from grader.model.source import SourceFacts
from grader.protocol.mnist import TRAINING_IMAGES

_MOST_FITS = 20
_OTHER_SETS = {"fashion_mnist", "cifar10", "cifar100", "imdb", "reuters"}
_WORDS = {"x", "y", "image", "images", "label", "labels"}
_JOINS = ("concatenate", "vstack", "append", "concat")


def no_fit(source: SourceFacts, function: str) -> str:
    """Say that a file never calls `fit`, or calls it in no function."""
    program = read(source)
    fits, functions = program.calls("fit"), program.functions()
    named = any(each.name == function for each in functions)
    if fits and named and len(fits) <= _MOST_FITS:
        if any(program.fits_in(each) for each in functions):
            return ""
        return (
            f"fit{program.at(*fits)} stands outside `{function}`: move into it all that builds and"
            " trains the model."
        )
    holders = [each for each in functions if fits and program.fits_in(each)]
    if len(holders) == 1 and len(fits) <= _MOST_FITS and not named:
        return (
            f"The program ended without coming to fit{program.at(*fits)}: call"
            f" `{clipped(holders[0].name)}`, which holds it."
        )
    if program.mentions("fit", "fit_generator", "train_on_batch", "GradientTape"):
        return ""
    return "Nothing in the file calls `fit`: build and compile a model, then call model.fit(...)."


def other_data(source: SourceFacts) -> str:
    """Name another data set that the source loads."""
    program = read(source)
    loads = program.calls("load_data")
    names = {program.original(getattr(call.func, "value", call.func)) for call in loads}
    if len(names) != 1 or not names <= _OTHER_SETS:
        return ""
    name = names.pop()
    return f"`{name}`{program.at(loads[0])} is another data set: load mnist in its place."


def test_images(source: SourceFacts, fit_line: int | None) -> str:
    """Say where test images come in."""
    program = read(source)
    fit = program.fit(fit_line)
    images = _passed(fit, "x", 0)
    if fit and "test" in images.lower().split("_"):
        return (
            f"fit{program.at(fit)} is given `{clipped(images)}`: train on the first pair that"
            " mnist.load_data() returns."
        )
    for call in program.calls(*_JOINS):
        names = [last_name(node).lower() for node in ast.walk(call)]
        if all(any(part in name for name in names) for part in ("train", "test")):
            return (
                f"`{program.called(call)}`{program.at(call)} joins training and test images: train"
                " on the training images alone."
            )
    return ""


def foreign_labels(source: SourceFacts, fit_line: int | None) -> str:
    """Say how labels lost their images."""
    program = read(source)
    fit = program.fit(fit_line)
    labels = _passed(fit, "y", 1)
    if fit and "test" in labels.lower().split("_"):
        return (
            f"fit{program.at(fit)} is given `{clipped(labels)}`, the labels of the test images:"
            " pass those of the training images."
        )
    shuffled = [
        call
        for call in program.calls("shuffle")
        if len(call.args) == 1
        and isinstance(call.func, ast.Attribute)
        and last_name(call.func.value) in {"random", "rng"}
        and not _WORDS.isdisjoint(last_name(call.args[0]).lower().split("_"))
    ]
    # Two shuffles from one seed keep images and labels together.
    if not shuffled or (len(shuffled) > 1 and program.any_name_with("seed")):
        return ""
    return (
        f"`shuffle`{program.at(*shuffled)} mixes one array without the other: leave it out, fit"
        " shuffles both together."
    )


def few_images(source: SourceFacts, fit_line: int | None, min_images: int) -> str:
    """Say what leaves images out."""
    program = read(source)
    fit = program.fit(fit_line)
    share = program.number(argument(fit, "validation_split", 6)) if fit else None
    if fit and share and 0 < share < 1 and TRAINING_IMAGES * (1 - share) < min_images:
        return (
            f"`validation_split={share:g}`{program.at(fit)} leaves"
            f" {TRAINING_IMAGES * (1 - share):,.0f} of {TRAINING_IMAGES:,} images to train on:"
            " leave it out, or pass the test images as `validation_data`."
        )
    sliced = _slices(program, fit)
    if not sliced:
        return ""
    return f"A slice{program.at(sliced[0])} leaves training images out: take all of them."


def _passed(fit: ast.Call | None, name: str, position: int) -> str:
    """Return the name of what fit is given."""
    given = argument(fit, name, position) if fit else None
    return last_name(given) if given else ""


def _slices(program: Program, fit: ast.Call | None) -> list[ast.Subscript]:
    """Return the slices of what fit is given, or of what its name stands for."""
    images = argument(fit, "x", 0) if fit else None
    name = last_name(images) if images else ""
    candidates = [images, *program.every_value(name)]
    found = []
    for node in candidates:
        for part in ast.walk(node) if node is not None else ():
            if isinstance(part, ast.Subscript) and isinstance(part.slice, ast.Slice):
                end, start = number(part.slice.upper), number(part.slice.lower)
                leaves_out = (end and 0 < end < TRAINING_IMAGES) or (start and start > 0)
                if leaves_out and last_name(part.value) != "shape":
                    found.append(part)
    return found
