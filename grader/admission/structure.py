"""Which layers a serialised model holds, nested models and wrappers included."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from grader.admission.vocabulary import MODELS


class LayerFound(NamedTuple):
    """A layer in a serialised model: its class and its name."""

    class_name: str
    name: str


def layers_of(model: Any) -> list[LayerFound]:
    """List every layer of a serialised model once, in order, models themselves left out."""
    return list(_walk(model))


def _walk(node: Any) -> Iterator[LayerFound]:
    if not isinstance(node, dict):
        return
    class_name, config = node.get("class_name"), node.get("config")
    if not isinstance(class_name, str) or not isinstance(config, dict):
        return
    if class_name not in MODELS:
        yield LayerFound(class_name, str(config.get("name", "")))
    inner = config.get("layers")
    for child in inner if isinstance(inner, list) else []:
        yield from _walk(child)
    # Wrappers (TimeDistributed, Bidirectional, SpectralNormalization) and recurrent cells.
    for key in ("layer", "cell"):
        yield from _walk(config.get(key))
