"""What `mnist-conv` picks from the library, and what it asks of the two layers."""

from __future__ import annotations

from grader.checks.interface import interface
from grader.checks.layers import conv_output, convolution, exactly_one, pool_output, pooling
from grader.checks.training import (
    data,
    reaches_target,
    returns_history,
    stops_on_target,
    within_epochs,
)
from grader.kinds.training import TrainingEvidence
from grader.model.report import Finding
from grader.model.rubric import Rubric


def one_conv(evidence: TrainingEvidence, rubric: Rubric) -> Finding:
    """The model has exactly one convolution layer, a Conv2D with a kernel of at least 2 x 2."""
    return exactly_one(evidence, convolution(rubric), rubric.main)


def one_pool(evidence: TrainingEvidence, rubric: Rubric) -> Finding:
    """The model has exactly one pooling layer, a MaxPooling2D over at least 2 x 2."""
    return exactly_one(evidence, pooling(rubric), rubric.main)


# Can be judged before anything is trained.
GATES = (interface, data, one_conv, one_pool)
CHECKS = (
    *GATES,
    reaches_target,
    within_epochs,
    stops_on_target,
    conv_output,
    pool_output,
    returns_history,
)
