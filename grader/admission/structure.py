"""Which layers a serialised model holds, nested models and wrappers included."""

from __future__ import annotations

from typing import Any, NamedTuple

from grader.admission.vocabulary import MODELS


class LayerFound(NamedTuple):
    """A layer in a serialised model: its class and its name."""

    class_name: str
    name: str


def layers_of(model: Any) -> list[LayerFound]:
    """List every layer of a serialised model once, in order, models themselves left out.

    Layers are found wherever they stand: in models, in wrappers, in the place of an activation.
    """
    found = []
    # A stack and not recursion: a hostile description may be nested as deep as JSON goes.
    waiting = [model]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            class_name, config = node.get("class_name"), node.get("config")
            if isinstance(class_name, str) and isinstance(config, dict) and _is_layer(node):
                found.append(LayerFound(class_name, str(config.get("name", ""))))
            waiting += [child for key, child in node.items() if key != "compile_config"][::-1]
        elif isinstance(node, list):
            waiting += node[::-1]
    return found


def _is_layer(node: dict[str, Any]) -> bool:
    """Whether an object is a layer: one of Keras's, or of a class that is not Keras's at all."""
    module = str(node.get("module"))
    built_in = module == "keras" or module.startswith("keras.")
    return node["class_name"] not in MODELS and (module == "keras.layers" or not built_in)
