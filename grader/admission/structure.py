"""Which layers a serialised model holds, nested models and wrappers included."""

from __future__ import annotations

from typing import Any, NamedTuple

from grader.admission.vocabulary import MODELS

_LONGEST_NAME = 100


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
                name = config.get("name", "")
                words = name[:_LONGEST_NAME] if isinstance(name, str) else ""
                found.append(LayerFound(class_name[:_LONGEST_NAME], words))
            waiting += [child for key, child in node.items() if key != "compile_config"][::-1]
        elif isinstance(node, list):
            waiting += node[::-1]
    return found


def calls_of(model: dict[str, Any], most: int) -> int:
    """Count how often layers are called in one pass through a serialised model, up to `most`.

    A layer that is shared is called once for each place that it has, and a nested model calls all
    of its own each time. The model must not be nested deeper than recursion goes.
    """
    config = model.get("config")
    layers = config.get("layers") if isinstance(config, dict) else None
    if not isinstance(layers, list):
        return 1
    total = 0
    for layer in layers:
        if isinstance(layer, dict) and total <= most:
            nodes = layer.get("inbound_nodes")
            places = max(1, len(nodes)) if isinstance(nodes, list) else 1
            total += places * calls_of(_unwrapped(layer), most)
    return total


def _unwrapped(layer: dict[str, Any]) -> dict[str, Any]:
    """Return the layer in a wrapper such as TimeDistributed, where there is one."""
    config = layer.get("config")
    inner = config.get("layer") if isinstance(config, dict) else None
    return _unwrapped(inner) if isinstance(inner, dict) else layer


def _is_layer(node: dict[str, Any]) -> bool:
    """Whether an object is a layer: one of Keras's, or of a class that is not Keras's at all."""
    module = node.get("module")
    name = module if isinstance(module, str) else ""
    built_in = name == "keras" or name.startswith("keras.")
    return node["class_name"] not in MODELS and (name == "keras.layers" or not built_in)
