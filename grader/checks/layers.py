"""Checks on layers: that they are there, and do what the reference says.

What a layer does is asked of the submission's own objects, which may be of any class and hold any
weights; what it should do follows from the trainer's record (`docs/adr/0010-layers-as-built.md`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from grader import hints
from grader.admission import LayerFound
from grader.admission.vocabulary import CONVOLUTIONS, POOLINGS
from grader.checks.findings import failed, passed, skipped
from grader.checks.wording import ended, untrained
from grader.kinds.training import expected
from grader.kinds.training.evidence import TrainingEvidence
from grader.model.report import Finding, Status
from grader.model.rubric import Rubric


def conv_output(evidence: TrainingEvidence, rubric: Rubric) -> Finding:
    """The convolution layer computes what the reference computes with the trained weights."""
    shown, probe = evidence.shown, evidence.probe
    if probe is None or shown is None or shown.problem:
        return _unseen(evidence, rubric)
    if not all(np.isfinite(array).all() for array in (probe.kernel, shown.convolution_output)):
        return failed(
            "The convolution's weights or outputs are not finite numbers (NaN or infinity).",
            "Training diverged: lower the learning rate, and scale the pixels to 0..1.",
        )
    if not probe.kernel.any():
        return failed(
            "All filters of the convolution are zero, so it lets nothing of a picture through.",
            "Leave kernel_initializer and trainable as they are, so that the filters can learn.",
        )
    best = None
    for outputs in expected.convolved(evidence, shown):
        found = _compared("Conv2D", shown.convolution_output, outputs)
        best = best or found
        if found.status is Status.PASSED:
            return found
    return best or _unseen(evidence, rubric)


def pool_output(evidence: TrainingEvidence, rubric: Rubric) -> Finding:
    """The pooling layer computes what the reference computes."""
    shown, probe = evidence.shown, evidence.probe
    if probe is None or shown is None or shown.problem:
        return _unseen(evidence, rubric)
    if not np.isfinite(shown.pooling_input).all():
        return failed(
            "What enters the pooling is not finite (NaN or infinity).",
            "Training diverged: lower the learning rate, and scale the pixels to 0..1.",
        )
    return _compared("MaxPooling2D", shown.pooling_output, expected.pooled(probe, shown))


def _unseen(evidence: TrainingEvidence, rubric: Rubric) -> Finding:
    """Say why the layers could not be looked at."""
    if evidence.probe is None:
        return failed(f"There is no trained layer to look at: {untrained(evidence, rubric)}.")
    problem = evidence.shown.problem if evidence.shown else ended(evidence)
    return failed(
        f"The program's own layers could not be run after it: {problem}.",
        "Let the function return, and leave the model as fit left it.",
    )


class Asked(NamedTuple):
    """A layer that a model must have.

    Attributes:
        name: Its class in Keras.
        family: Classes that do something of the kind, its own among them.
        window: What its window is called.
        usual: The window that is usual, such as "3 x 3".
        least: The shortest sides of a window that counts.
    """

    name: str
    family: frozenset[str]
    window: str
    usual: str
    least: int


def convolution(rubric: Rubric) -> Asked:
    """A Conv2D with a kernel of the asked size."""
    return Asked("Conv2D", CONVOLUTIONS, "kernel", "3 x 3", rubric.target.min_kernel)


def pooling(rubric: Rubric) -> Asked:
    """A MaxPooling2D over a window of the asked size."""
    return Asked("MaxPooling2D", POOLINGS, "window", "2 x 2", rubric.target.min_pool)


def exactly_one(evidence: TrainingEvidence, asked: Asked, function: str) -> Finding:
    """Say whether a model has this layer once, used once, and no other of its family."""
    if evidence.layers is None:
        return skipped("There is no model to look at.")
    layers = [layer for layer in evidence.layers if layer.class_name in asked.family]
    found = [layer.class_name for layer in layers]
    if not found:
        return failed(
            f"The model has no {asked.name}; exactly one is asked.", f"Add one {asked.name} layer."
        )
    places = hints.layer_lines(evidence.source, function, found)
    if found == [asked.name] and layers[0].calls == 1:
        return _wide_enough(layers[0], asked, places)
    if found == [asked.name]:
        calls = layers[0].calls
        return failed(
            f"The model uses its {asked.name}{places} {calls} times, which is {calls} layers on the"
            f" way of a picture; exactly one {asked.name} is asked.",
            f"Call the {asked.name} layer once.",
        )
    return failed(
        f"The model has {_counted(found)}{places}; exactly one {asked.name} is asked.",
        f"Keep one {asked.name} and remove the others."
        if asked.name in found
        else f"Put one {asked.name} in the place of {' and '.join(dict.fromkeys(found))}.",
    )


def at_least_one(evidence: TrainingEvidence, asked: Asked, function: str) -> Finding:
    """Say whether a model has this layer, once or more often, with a window that counts."""
    if evidence.layers is None:
        return skipped("There is no model to look at.")
    layers = [layer for layer in evidence.layers if layer.class_name == asked.name]
    others = [layer.class_name for layer in evidence.layers if layer.class_name in asked.family]
    if not layers and others:
        places = hints.layer_lines(evidence.source, function, others)
        return failed(
            f"The model has {_counted(others)}{places}, but no {asked.name}; at least one is"
            " asked.",
            f"Put a {asked.name} in the place of {' or '.join(dict.fromkeys(others))}.",
        )
    if not layers:
        return failed(
            f"The model has no {asked.name}; at least one is asked.", f"Add a {asked.name} layer."
        )
    wide = [layer for layer in layers if all(side >= asked.least for side in layer.window)]
    if not wide:
        return _wide_enough(layers[0], asked, "")
    return passed(f"The model has {_counted([asked.name] * len(layers))}.")


def _wide_enough(layer: LayerFound, asked: Asked, places: str) -> Finding:
    if all(side >= asked.least for side in layer.window):
        return passed(f"The model has one {asked.name}.")
    sides, least = " x ".join(map(str, layer.window)), f"{asked.least} x {asked.least}"
    return failed(
        f"The {asked.name}{places} has a {asked.window} of {sides}; at least {least} is asked.",
        f"Give it a {asked.window} of {asked.usual}.",
    )


def _counted(names: list[str]) -> str:
    return " and ".join(f"{names.count(name)} {name}" for name in dict.fromkeys(names))


def _compared(layer: str, got: np.ndarray, wanted: np.ndarray) -> Finding:
    if got.shape != wanted.shape:
        return failed(f"{layer} gives the shape {got.shape}, but should give {wanted.shape}.")
    worst = float(np.max(np.abs(got - wanted), initial=0.0))
    # Written so that NaN fails: a comparison with NaN is never true.
    if worst <= expected.tolerance(wanted):
        return passed(f"{layer} agrees with the reference on images that it had not seen.")
    return failed(
        f"{layer} differs from the reference by {worst:.3g} on images that it had not seen.",
        f"Use Keras's own {layer} as it is, and leave its weights as training left them.",
    )
