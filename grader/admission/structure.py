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
    """Find layers wherever they stand: in models, in wrappers, in the place of an activation."""
    if isinstance(node, dict):
        class_name, config = node.get("class_name"), node.get("config")
        named = isinstance(class_name, str) and isinstance(config, dict)
        if named and _is_layer(node):
            yield LayerFound(str(class_name), str(node["config"].get("name", "")))
        for key, child in node.items():
            if key != "compile_config":
                yield from _walk(child)
    elif isinstance(node, list):
        for child in node:
            yield from _walk(child)


def _is_layer(node: dict[str, Any]) -> bool:
    """Whether an object is a layer: one of Keras's, or of a class that is not Keras's at all."""
    module = str(node.get("module"))
    built_in = module == "keras" or module.startswith("keras.")
    return node["class_name"] not in MODELS and (module == "keras.layers" or not built_in)
