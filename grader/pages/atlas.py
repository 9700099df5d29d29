"""An atlas of trainings: which models a class asked for, how fast they learned, and who shares one.

Two submissions share a training if their models have the same layers and every epoch ended with the
same digits; by chance that does not happen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from grader.model.anatomy import Layer
from grader.pages.handed import Handed

_LONGEST_NAME = 120


@dataclass(frozen=True)
class Training:
    """A training, and those who asked for it; `reached` is the first epoch with the target."""

    model: str
    parameters: int | None
    accuracies: tuple[float, ...]
    reached: int | None
    cut: bool
    shared_by: tuple[Handed, ...]

    @property
    def best(self) -> float:
        """Return the best accuracy of an epoch."""
        return max(self.accuracies)


def atlas(class_: Sequence[Handed], target: float | None) -> list[Training]:
    """Return the trainings of a class, the fastest to the target first."""
    found: dict[tuple[str, tuple[float, ...]], list[Handed]] = defaultdict(list)
    for handed in class_:
        if handed.accuracies:
            found[model_name(handed.report.anatomy.layers), handed.accuracies].append(handed)
    trainings = [
        Training(
            model=model,
            parameters=parameters_of(shared[0].report.anatomy.layers),
            accuracies=accuracies,
            reached=reached(accuracies, target),
            cut=shared[0].report.training.cut,
            shared_by=tuple(shared),
        )
        for (model, accuracies), shared in found.items()
    ]
    return sorted(trainings, key=lambda each: (each.reached is None, each.reached or 0, -each.best))


def reached(accuracies: Sequence[float], target: float | None) -> int | None:
    """Return the first epoch, from 1, whose accuracy is the target's."""
    if target is None:
        return None
    return next((place for place, value in enumerate(accuracies, 1) if value >= target), None)


def model_name(layers: Sequence[Layer]) -> str:
    """Name a model by its layers, such as "Flatten, Dense 128, Dense 10"."""
    words = []
    for layer in layers:
        first = layer.settings.split(",")[0].split(" ")[0]
        size = f" {first}" if first.isdigit() and not layer.class_name.endswith("Pooling2D") else ""
        words.append(layer.class_name.replace("Pooling2D", "Pool") + size)
    return ", ".join(words)[:_LONGEST_NAME] or "a model that was not described"


def parameters_of(layers: Sequence[Layer]) -> int | None:
    """Return how many numbers all layers learn, if that is known of each."""
    counts = [layer.parameters for layer in layers]
    known = [count for count in counts if count is not None]
    return sum(known) if layers and len(known) == len(counts) else None
