"""What `c1w3` picks from the library, and what it asks of images and of the model's size.

Most mistakes in the three parts show in the fit that the driver asks for; where a file lacks one
of them, it is run as a program, and its own last fit is judged.
"""

from __future__ import annotations

from grader.checks import training
from grader.checks.findings import at, failed, passed, skipped
from grader.checks.interface import interface
from grader.checks.layers import at_least_one, convolution, pooling
from grader.checks.training import reaches_target, stops_on_target, within_epochs
from grader.kinds.training import TrainingEvidence
from grader.kinds.training.evidence import DataFacts
from grader.model.report import Finding, Status
from grader.model.rubric import Rubric

_SHAPE = (28, 28, 1)
# Of the scale from black to white: less than half a grey value, more than any rounding.
_NEAR = 0.001
_BY_MISTAKE = {
    255.0: "The pixels were not divided: write `images / 255.0`.",
    255 / 256: "The brightest pixel is 255: divide by 255.0, not by 256.",
    1 / 255: "The pixels were divided twice: divide them by 255.0 once.",
}


def reshape(evidence: TrainingEvidence, rubric: Rubric) -> Finding:
    """The images that are trained on have an axis for their one channel."""
    facts = evidence.data
    if facts is None or facts.problem:
        return _unseen(facts)
    shape = (facts.count, *facts.image_shape)
    if facts.image_shape == _SHAPE:
        return passed(f"The images are trained on in the shape {shape}.")
    return failed(
        f"The images are trained on in the shape {shape}; {(facts.count, *_SHAPE)} is asked.",
        f"Let {rubric.names[0]} add the axis, such as with `np.expand_dims(images, axis=-1)`, and"
        " return what that gives.",
    )


def normalise(evidence: TrainingEvidence, rubric: Rubric) -> Finding:
    """The pixels that are trained on are scaled: black is 0, white is 1."""
    facts = evidence.data
    if facts is None or facts.problem:
        return _unseen(facts)
    if abs(facts.black) < _NEAR and abs(facts.white - 1) < _NEAR:
        return passed("The pixels are scaled: black is 0, white is 1.")
    mistake = next(
        (help_ for white, help_ in _BY_MISTAKE.items() if abs(facts.white / white - 1) < _NEAR), ""
    )
    return failed(
        f"The pixels go from {facts.black:.4g} for black to {facts.white:.4g} for white; 0 and 1"
        " are asked.",
        mistake or f"Let {rubric.names[0]} divide by 255.0, once, and change nothing else.",
    )


def data(evidence: TrainingEvidence, rubric: Rubric) -> Finding:
    """It trains on MNIST's own training images with their own labels."""
    finding, source = training.data(evidence, rubric), evidence.source
    if finding.status is Status.PASSED:
        return finding
    name = rubric.names[0]
    if evidence.data is None and any(each not in source.defined for each in rubric.names):
        help_ = "Define what interface names: the grader trains with it."
    elif evidence.data is not None and source.is_driven:
        help_ = (
            f"Let {name}{at(source, source.defined[name])} return all the images that it is given,"
            " in their order, with no change but the axis and the scale."
        )
    else:
        return finding
    return failed(finding.message, help_)


def has_conv(evidence: TrainingEvidence, rubric: Rubric) -> Finding:
    """The model has a convolution layer, a Conv2D with a kernel of at least 2 x 2."""
    return at_least_one(evidence, convolution(rubric), rubric.main)


def has_pool(evidence: TrainingEvidence, rubric: Rubric) -> Finding:
    """The model has a pooling layer, a MaxPooling2D over at least 2 x 2."""
    return at_least_one(evidence, pooling(rubric), rubric.main)


def parameters(evidence: TrainingEvidence, rubric: Rubric) -> Finding:
    """The model has fewer parameters than it may have."""
    found, limit = evidence.parameters, rubric.target.max_parameters
    if found is None:
        return skipped("No model was trained, so nothing was counted.")
    if found < limit:
        return passed(f"The model has {found:,} parameters.")
    return failed(
        f"The model has {found:,} parameters; fewer than {limit:,} are asked.",
        "Most of them are in the first Dense layer: give it fewer units, or make what comes to it"
        " smaller with another Conv2D and MaxPooling2D before `Flatten`.",
    )


def _unseen(facts: DataFacts | None) -> Finding:
    """Say why the form of the images is not known."""
    return skipped("No images were trained on." if facts is None else "See data.")


# Can be judged before anything is trained.
GATES = (interface, reshape, normalise, data, has_conv, has_pool)
CHECKS = (*GATES, parameters, reaches_target, within_epochs, stops_on_target)
