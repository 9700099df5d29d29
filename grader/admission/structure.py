"""Which layers a serialised model holds, nested models and wrappers included."""

from __future__ import annotations

from typing import Any, NamedTuple

from grader.admission.vocabulary import MODELS

_LONGEST_NAME = 100
# More than may be admitted; a count of calls of calls need not grow without end.
_MOST_CALLS = 1000


class LayerFound(NamedTuple):
    """A layer in a serialised model.

    `calls` counts its places on the way from input to output; `window` has the sides of a kernel
    or a pool, in pixels.
    """

    class_name: str
    name: str
    calls: int = 1
    window: tuple[int, ...] = ()


def layers_of(model: Any) -> list[LayerFound]:
    """List every layer of a serialised model once, in order, models themselves left out.

    Layers are found wherever they stand: in models, in wrappers, in the place of an activation.
    """
    found = []
    # A stack and not recursion: a hostile description may be nested as deep as JSON goes.
    waiting: list[tuple[Any, int]] = [(model, 1)]
    while waiting:
        node, calls = waiting.pop()
        if isinstance(node, dict):
            class_name, config = node.get("class_name"), node.get("config")
            # A nested model calls all of its layers each time that it is called itself.
            calls = min(calls * _places(node), _MOST_CALLS)
            if isinstance(class_name, str) and isinstance(config, dict) and _is_layer(node):
                name = config.get("name", "")
                words = name[:_LONGEST_NAME] if isinstance(name, str) else ""
                found.append(
                    LayerFound(class_name[:_LONGEST_NAME], words, calls, _window_of(config))
                )
            children = [child for key, child in node.items() if key != "compile_config"]
            waiting += [(child, calls) for child in children[::-1]]
        elif isinstance(node, list):
            waiting += [(child, calls) for child in node[::-1]]
    return found


def uncompiled(node: Any) -> Any:
    """Return a copy of a model's description without what it, or a model in it, is compiled with.

    Only the outermost model is trained, and what one inside was compiled with may not even be
    rebuilt. Keras empties a description while it reads it, so nothing is shared with the copy.
    """
    if isinstance(node, dict):
        return {
            key: None if key == "compile_config" else uncompiled(child)
            for key, child in node.items()
        }
    return [uncompiled(child) for child in node] if isinstance(node, list) else node


def _places(node: dict[str, Any]) -> int:
    """Count the places of a layer in the model around it; Keras keeps those that are used."""
    nodes = node.get("inbound_nodes")
    return max(1, len(nodes)) if isinstance(nodes, list) else 1


def _window_of(config: dict[str, Any]) -> tuple[int, ...]:
    sizes = config.get("kernel_size", config.get("pool_size", ()))
    sizes = sizes if isinstance(sizes, list | tuple) else [sizes]
    return tuple(int(size) for size in sizes[:3] if isinstance(size, int))


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
            total += _places(layer) * calls_of(_unwrapped(layer), most)
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
