"""The models that a submission has fitted: what its fits asked for, and what is on record."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

from numpy.typing import NDArray

from grader.admission import LayerFound
from grader.kinds.training.evidence import (
    DataFacts,
    Reach,
    Record,
    TrainingEvidence,
    Weights,
    reach,
)
from grader.model.anatomy import Layer
from grader.model.percent import percent
from grader.protocol import Epoch, TrainingRequest
from grader.trainer import ProbeReading

_KERNEL_AXES = 4


@dataclasses.dataclass(frozen=True)
class Fitted:
    """A model of the submission: what its last fit asked for, and the record of all its fits."""

    request: TrainingRequest
    fit_line: int | None
    layers: tuple[LayerFound, ...]
    data: DataFacts
    record: Record | None = None
    probe: ProbeReading | None = None
    parameters: int | None = None
    weights: tuple[Weights, ...] = ()
    built: tuple[Layer, ...] = ()

    @property
    def epochs(self) -> tuple[Epoch, ...]:
        """Every epoch of all its fits."""
        return self.record.epochs if self.record else ()

    def has_layers(self, names: Iterable[str]) -> bool:
        """Whether there is a layer of each of these classes."""
        return {*names} <= {layer.class_name for layer in self.layers}

    def is_built_like(self, other: Fitted) -> bool:
        """Whether both have the same layers."""
        return _layers(self.request) == _layers(other.request)

    def is_compiled_like(self, other: Fitted) -> bool:
        """Whether both were compiled alike but for the learning rate, which is carried out."""
        return bool(_compiled(self.request) == _compiled(other.request))


class Models:
    """Keeps the models by the numbers that the submission's side gives them, and their fits."""

    def __init__(self) -> None:
        """Begin with none."""
        self._models: dict[int, Fitted] = {}
        self._fits: list[int] = []

    def __getitem__(self, number: int) -> Fitted:
        """Return the model of a number that a fit has had."""
        return self._models[number]

    @property
    def fits(self) -> int:
        """How many fits there were."""
        return len(self._fits)

    def get(self, number: int) -> Fitted | None:
        """Return the model of a number, if any fit has had it."""
        return self._models.get(number)

    def add(self, number: int, fitted: Fitted) -> None:
        """Take up another fit."""
        self._models[number] = fitted
        self._fits.append(number)

    def change(self, number: int, **changes: Any) -> None:
        """Add to what is known of a model."""
        self._models[number] = dataclasses.replace(self._models[number], **changes)

    def graded_fit(self, returned_fit: int | None) -> int | None:
        """Return the fit whose model is graded: the one of the returned history, else the last."""
        if returned_fit is not None and 0 <= returned_fit < len(self._fits):
            return returned_fit
        return len(self._fits) - 1 if self._fits else None

    def of_fit(self, fit: int) -> Fitted:
        """Return the model of a fit, counted from 0."""
        return self._models[self._fits[fit]]

    def filled_in(self, evidence: TrainingEvidence, returned_fit: int | None) -> TrainingEvidence:
        """Return evidence that speaks of the graded model."""
        fit = self.graded_fit(returned_fit)
        if fit is None:
            return evidence
        fitted = self.of_fit(fit)
        return dataclasses.replace(
            evidence,
            fit_line=fitted.fit_line,
            layers=fitted.layers,
            data=fitted.data,
            record=fitted.record,
            probe=fitted.probe,
            parameters=fitted.parameters,
            weights=fitted.weights,
            built=fitted.built,
        )


def convolution_weights(arrays: Sequence[NDArray[Any]]) -> Weights | None:
    """Find the convolution's weights among those of a model that has one: they alone have axes."""
    for place, array in enumerate(arrays):
        if array.ndim == _KERNEL_AXES:
            after = arrays[place + 1 : place + 2]
            has_bias = bool(after) and after[0].shape == array.shape[3:]
            return Weights(array.copy(), after[0].copy() if has_bias else None)
    return None


def doubt(record: Record | None, target: float) -> str | None:
    """Say why a human has to decide whether a record reaches the target, or None."""
    epochs = record.epochs if record else ()
    reached = {number: reach(epoch, target) for number, epoch in enumerate(epochs, 1)}
    if Reach.YES in reached.values() or Reach.DOUBTFUL not in reached.values():
        return None
    number = next(n for n, found in reached.items() if found is Reach.DOUBTFUL)
    epoch = epochs[number - 1]
    if epoch.known is None or not epoch.known.images:
        return f"epoch {number} says {percent(epoch.accuracy)}, and its model was not asked itself"
    known = epoch.known
    words = (
        f"epoch {number} says {percent(epoch.accuracy)} training accuracy, but the model it left"
        f" gets {known.trained_right:,} of its {known.trained:,} training images right"
    )
    if known.images > known.trained:
        others = known.images - known.trained
        words += f", and {known.right - known.trained_right:,} of the {others:,} others"
    return words


def _layers(request: TrainingRequest) -> dict[str, Any]:
    return {**request.model, "compile_config": None}


def _compiled(request: TrainingRequest) -> Any:
    compiled = copy.deepcopy(request.model.get("compile_config"))
    optimizer = compiled.get("optimizer") if isinstance(compiled, dict) else None
    config = optimizer.get("config") if isinstance(optimizer, dict) else None
    if isinstance(config, dict) and isinstance(config.get("learning_rate"), int | float):
        del config["learning_rate"]
    return compiled
