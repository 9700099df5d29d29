"""What `mnist-callback` picks from the library, and what it asks of the network."""

from __future__ import annotations

from grader import hints
from grader.admission.vocabulary import CONVOLUTIONS
from grader.checks.findings import failed, listed, passed, skipped
from grader.checks.interface import interface
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

_DENSE = "Dense"
# The outputs are a layer as well.
_LEAST = 2


def dense_network(evidence: TrainingEvidence, rubric: Rubric) -> Finding:
    """The model has a hidden Dense layer before its outputs, and no convolution."""
    if evidence.layers is None:
        return skipped("There is no model to look at.")
    others = [each.class_name for each in evidence.layers if each.class_name in CONVOLUTIONS]
    if others:
        places = hints.layer_lines(evidence.source, rubric.main, others)
        names = [*dict.fromkeys(others)]
        return failed(
            f"The model has {listed(names)}{places}; a network of dense layers is asked.",
            f"Leave {listed(names)} out: `Flatten` and a wide `Dense` layer are enough here.",
        )
    dense = sum(each.calls for each in evidence.layers if each.class_name == _DENSE)
    if dense >= _LEAST:
        return passed(f"The model has {dense} Dense layers and no convolution.")
    found = f"{dense or 'no'} Dense layer{'' if dense else 's'}"
    return failed(
        f"The model has {found}; a hidden one and one for the ten outputs are asked.",
        "Put a layer such as `Dense(512, activation='relu')` between `Flatten` and the last layer.",
    )


# Can be judged before anything is trained.
GATES = (interface, data, dense_network)
CHECKS = (*GATES, reaches_target, within_epochs, stops_on_target, returns_history)
