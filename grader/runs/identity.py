"""What makes two trainings the same: a chain of digests, one for every epoch.

The first link is the request, its arrays and all that the digits depend on; every further one is
the last and the decision on it. Runs with a common beginning so have the same keys up to where
they part. How many epochs `fit` asks for is not in it: it only says where a run ends.

Layers are renamed before they are trained. Keras numbers them by what a program built before, so
the same model has other names in a program that calls itself first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import msgspec

from grader.protocol import Decision, Train

Key = str
# The type of numbers is described as an object with a name, too.
_NUMBERS = "DTypePolicy"
_POINTERS = frozenset({"keras_history", "input_layers", "output_layers"})


def first_key(training: Train, arrays: bytes, context: str, before: Key = "") -> Key:
    """Return the key of a training's first epoch.

    Args:
        training: A training of renamed layers.
        arrays: The bytes of its arrays.
        context: All else that the digits depend on, such as the data set and the version.
        before: Key of where the last fit of the same model left off.
    """
    request = msgspec.structs.replace(training.request, epochs=0)
    # How much is left to be paid is the submission's own, and what it stops is not trained.
    identity = msgspec.structs.replace(training, request=request, max_epochs=0, most_operations=0)
    document = msgspec.json.encode(identity, order="sorted")
    return _digest(context.encode(), before.encode(), document, arrays)


def next_key(key: Key, decision: Decision) -> Key:
    """Return the key of what follows an epoch after this decision."""
    return _digest(key.encode(), msgspec.json.encode(decision))


def with_plain_names(document: dict[str, Any]) -> dict[str, Any]:
    """Return a serialised, compiled model whose parts are named by their order."""
    compiled = dict(document.get("compile_config") or {})
    optimizer = compiled.get("optimizer")
    if isinstance(optimizer, dict):
        config = {**optimizer["config"], "name": optimizer["class_name"].lower()}
        compiled["optimizer"] = {**optimizer, "config": config}
    names: dict[str, str] = {}
    for node in _objects(document):
        names.setdefault(node["config"]["name"], f"part_{len(names)}")
    return {**_renamed({**document, "compile_config": None}, names), "compile_config": compiled}


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    """Find the layers and models of a description: what has a class and a name."""
    if isinstance(node, dict):
        named = isinstance(node.get("config"), dict) and isinstance(node["config"].get("name"), str)
        if named and node.get("class_name") != _NUMBERS:
            yield node
        for key, child in node.items():
            if key != "compile_config":
                yield from _objects(child)
    elif isinstance(node, list):
        for child in node:
            yield from _objects(child)


def _renamed(node: Any, names: dict[str, str], place: str = "") -> Any:
    """Rename where Keras writes names: in `name`, and first in what points to a layer."""
    if isinstance(node, dict) and node.get("class_name") == _NUMBERS:
        return node
    if isinstance(node, dict):
        return {key: _renamed(child, names, key) for key, child in node.items()}
    if isinstance(node, list) and node and place in _POINTERS and isinstance(node[0], str):
        return [names.get(node[0], node[0]), *node[1:]]
    if isinstance(node, list):
        return [_renamed(child, names, place) for child in node]
    return names.get(node, node) if place == "name" and isinstance(node, str) else node


def _digest(*parts: bytes) -> Key:
    digest = hashlib.sha256()
    for part in parts:
        # With its length, so that two parts never read like two others.
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
