"""What makes two trainings the same: a chain of digests, one for every epoch.

The first link is the request, its arrays and all that the digits depend on; every further one is
the last and the decision on it. Runs with a common beginning so have the same keys up to where
they part. How many epochs `fit` asks for is not in it: it only says where a run ends.

Names of layers are no part of it. Keras numbers them by what a program built before, so the same
model has other names in a program that calls itself first, and they do not change a digit.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from grader.protocol import Decision, Train

Key = str
# The type of numbers is described as an object with a name, too.
_NUMBERS = "DTypePolicy"
_POINTERS = frozenset({"keras_history", "input_layers", "output_layers"})
# What `compile` takes for each output by its name.
_BY_OUTPUT = frozenset({"loss", "loss_weights", "metrics", "weighted_metrics"})
_OF_A_PROCESSOR = re.compile(r"^(vendor_id|cpu family|model|flags)\s*:\s*(.*)$", re.MULTILINE)
# Kernels are chosen by them, and each adds up in an order of its own.
_KERNELS_BY = re.compile(r"avx|fma|f16c|amx|bf16")
_CODE = frozenset({".py", ".c", ".so"})


def first_key(training: Train, arrays: bytes, context: str, before: Key = "") -> Key:
    """Return the key of a training's first epoch.

    Args:
        training: A training.
        arrays: The bytes of its arrays.
        context: All else that the digits depend on, such as the data set and our code.
        before: Key of where the last fit of the same model left off.
    """
    plain = with_plain_names(training.request.model)
    request = msgspec.structs.replace(training.request, model=plain, epochs=0)
    # How much is left to be paid is the submission's own, and what it stops is not trained.
    identity = msgspec.structs.replace(training, request=request, max_epochs=0, most_operations=0)
    document = msgspec.json.encode(identity, order="sorted")
    return _digest(context.encode(), before.encode(), document, arrays)


def next_key(key: Key, decision: Decision) -> Key:
    """Return the key of what follows an epoch after this decision."""
    return _digest(key.encode(), msgspec.json.encode(decision))


def code_digest(folders: Iterable[Path]) -> str:
    """Return the digest of all code in these folders: sources, and what was compiled from them."""
    parts: list[bytes] = []
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix in _CODE:
                name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
                parts += [name.encode(), path.read_bytes()]
    return _digest(*parts)


def processor(cpuinfo: str) -> str:
    """Name what a processor's rounding depends on: its model and its instruction sets.

    Args:
        cpuinfo: What Linux says in `/proc/cpuinfo`; the first processor speaks for all.
    """
    found: dict[str, str] = {}
    for name, value in _OF_A_PROCESSOR.findall(cpuinfo):
        found.setdefault(name, value)
    flags = sorted(flag for flag in found.pop("flags", "").split() if _KERNELS_BY.search(flag))
    return " ".join([*(found[name] for name in sorted(found)), *flags])


def with_plain_names(document: dict[str, Any]) -> dict[str, Any]:
    """Return a serialised, compiled model whose parts are named by their order.

    It has a key and is never built: a name that nothing bears is marked, and not left as it is.
    """
    names: dict[str, str] = {}
    for node in _objects(document):
        names.setdefault(node["config"]["name"], f"part_{len(names)}")
    compiled = _compiled(document.get("compile_config"), names)
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


def _compiled(compiled: Any, names: dict[str, str]) -> Any:
    if not isinstance(compiled, dict):
        return compiled
    plain = {
        key: _by_output(value, names) if key in _BY_OUTPUT else value
        for key, value in compiled.items()
    }
    optimizer = compiled.get("optimizer")
    if isinstance(optimizer, dict) and isinstance(optimizer.get("config"), dict):
        # Numbered like layers, and of no other use.
        plain["optimizer"] = {**optimizer, "config": {**optimizer["config"], "name": None}}
    return plain


def _by_output(node: Any, names: dict[str, str]) -> Any:
    """Rename the outputs that losses and metrics are given for, and not what is given."""
    if isinstance(node, dict) and "class_name" not in node:
        return {_pointed(name, names): child for name, child in node.items()}
    return node


def _renamed(node: Any, names: dict[str, str], place: str = "") -> Any:
    """Rename where Keras writes names: in `name`, and in what points to a layer."""
    if isinstance(node, dict) and node.get("class_name") == _NUMBERS:
        return node
    if isinstance(node, dict):
        # What a model in a model was compiled with is of no use there.
        inner = {key: None if key == "compile_config" else child for key, child in node.items()}
        if place in _POINTERS:
            return {
                _pointed(key, names): _renamed(child, names, place) for key, child in inner.items()
            }
        return {key: _renamed(child, names, key) for key, child in inner.items()}
    if isinstance(node, list) and node and place in _POINTERS and isinstance(node[0], str):
        return [_pointed(node[0], names), *node[1:]]
    if isinstance(node, list):
        return [_renamed(child, names, place) for child in node]
    return names.get(node, node) if place == "name" and isinstance(node, str) else node


def _pointed(name: str, names: dict[str, str]) -> str:
    return names.get(name, f"nobody: {name}")


def _digest(*parts: bytes) -> Key:
    digest = hashlib.sha256()
    for part in parts:
        # With its length, so that two parts never read like two others.
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
