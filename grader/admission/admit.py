"""The rules of admission, checked on the JSON of a request."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any, NamedTuple

from grader.admission import numbers
from grader.admission.structure import calls_of, layers_of
from grader.admission.vocabulary import ACTIVATIONS, CLASSES, CONVOLUTIONS, MODELS, POOLINGS
from grader.protocol import TrainingRequest
from grader.protocol.mnist import TRAINING_IMAGES

MAX_CONFIG_BYTES = 64 * 1024
MAX_DEPTH = 32
MAX_LAYERS = 200
MAX_CALLS = 400
MAX_BATCH = TRAINING_IMAGES
_LONGEST_LIST = 64
_LONGEST_NUMBER_LIST = 16
# Of schedules, which may have a rate for every few hundred steps, and of metrics; no part keeps
# weights there.
_LONG_KEYS = frozenset({"boundaries", "values", "thresholds"})
_LONGEST = 500
_OBJECT_KEYS = frozenset({"module", "class_name", "config", "registered_name"})
_MORE_OBJECT_KEYS = frozenset(
    {"build_config", "compile_config", "name", "inbound_nodes", "shared_object_id"}
)
_ACTIVATION_KEYS = frozenset({"activation", "recurrent_activation"})
# Keras has more names for these: of policies, of numbers too coarse for the record.
_DTYPES = frozenset({"float32", "uint8", "int32", "int64", "bool"})
_NOT_REPEATED = {
    "stateful": "a recurrent layer keeps its state from batch to batch",
    "unroll": "a recurrent layer is written out step by step",
}
_ANOTHER_PRECISION = "the trainer computes in float32 only"


class Refusal(NamedTuple):
    """Why a request is not built. `needs_review`: legitimate perhaps, but nothing we can repeat."""

    reason: str
    needs_review: bool


class _RefusedError(Exception):
    """Raised inside a walk to end it at the first thing that is refused."""

    def __init__(self, reason: str, *, needs_review: bool = False) -> None:
        super().__init__(reason)
        self.refusal = Refusal(reason, needs_review)


def admit(request: TrainingRequest) -> Refusal | None:
    """Return why the request must not be built, or None when it may."""
    try:
        _check_size(request)
        _check_node(request.model, depth=0)
        _check_whole(request)
    except _RefusedError as refused:
        return refused.refusal
    except RecursionError:
        return Refusal("the model is nested too deeply", needs_review=False)
    return None


def _check_size(request: TrainingRequest) -> None:
    size = len(json.dumps(request.model))
    if size > MAX_CONFIG_BYTES:
        raise _RefusedError(
            f"the model's description takes {size:,} bytes, over {MAX_CONFIG_BYTES:,}"
        )
    if len(layers_of(request.model)) > MAX_LAYERS:
        raise _RefusedError(f"the model has more than {MAX_LAYERS} layers")
    for name in ("epochs", "batch_size", "steps_per_epoch"):
        value = getattr(request, name)
        if value is not None and value < 1:
            raise _RefusedError(f"fit is called with {name}={value}")
    if not 0 <= request.initial_epoch < request.epochs:
        raise _RefusedError(f"fit is called with initial_epoch={request.initial_epoch}")
    if request.batch_size > MAX_BATCH:
        raise _RefusedError(f"fit is called with batch_size={request.batch_size:,}")


def _check_whole(request: TrainingRequest) -> None:
    if _text(request.model, "class_name") not in MODELS:
        raise _RefusedError("what is trained is not a Keras model")
    # Counted once the depth is known to be small.
    if calls_of(request.model, MAX_CALLS) > MAX_CALLS:
        raise _RefusedError(f"the model calls its layers more than {MAX_CALLS} times")
    problem = numbers.problem_with(request.model)
    if problem:
        raise _RefusedError(problem)
    compiled = request.model.get("compile_config")
    optimizer = compiled.get("optimizer") if isinstance(compiled, dict) else None
    # What has a class is on a list by now; anything else would not be an optimizer.
    is_built_in = isinstance(optimizer, dict) and optimizer.get("module") == "keras.optimizers"
    if not isinstance(compiled, dict) or not (is_built_in or isinstance(optimizer, str)):
        raise _RefusedError(
            "the model is not compiled with a built-in optimizer", needs_review=True
        )
    losses = compiled.get("loss")
    loss = losses[0] if isinstance(losses, list) and len(losses) == 1 else losses
    if not isinstance(loss, dict | str):
        raise _RefusedError("the model is not compiled with one built-in loss", needs_review=True)


def _check_probed(name: str, config: dict[str, Any]) -> None:
    """Refuse what the reference does not define, before it is trained rather than after."""
    if config.get("data_format", "channels_last") != "channels_last":
        raise _RefusedError(f"{name} has the data format channels_first", needs_review=True)
    if not isinstance(config.get("activation", "linear"), str):
        raise _RefusedError(f"the activation of {name} is a layer", needs_review=True)


def _check_node(node: Any, depth: int, place: str = "") -> None:
    if depth > MAX_DEPTH:
        raise _RefusedError("the model is nested too deeply")
    if isinstance(node, float) and not math.isfinite(node):
        raise _RefusedError("the model is described with a number that is not finite")
    if isinstance(node, list):
        _check_list(node, place)
    if isinstance(node, dict) and ("class_name" in node or "module" in node):
        _check_object(node)
    for key, child in _children(node):
        _check_entry(key, child)
        _check_node(child, depth + 1, key)


def _check_entry(key: str, value: Any) -> None:
    if key in _ACTIVATION_KEYS and isinstance(value, str) and value not in ACTIVATIONS:
        raise _RefusedError(f"the activation '{value[:80]}' is not built in", needs_review=True)
    if key == "dtype" and isinstance(value, str) and value not in _DTYPES:
        raise _RefusedError(_ANOTHER_PRECISION, needs_review=True)
    if key in _NOT_REPEATED and value:
        raise _RefusedError(_NOT_REPEATED[key], needs_review=True)


def _children(node: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict):
        yield from node.items()
    elif isinstance(node, list):
        yield from (("", child) for child in node)


def _check_list(node: list[Any], place: str) -> None:
    numbers = sum(isinstance(item, int | float) for item in node)
    if numbers > (_LONGEST if place in _LONG_KEYS else _LONGEST_NUMBER_LIST):
        raise _RefusedError("the model is described with an array of numbers")
    if len(node) > max(_LONGEST_LIST, MAX_LAYERS, numbers):
        raise _RefusedError("the model is described with a list that is too long")


def _is_array(value: Any) -> bool:
    """Whether a value of an initializer may hold weights; a generator of seeds holds none."""
    is_generator = isinstance(value, dict) and _text(value, "class_name") == "SeedGenerator"
    return isinstance(value, list | dict) and not is_generator


def _text(node: dict[str, Any], key: str) -> str:
    """Return a short text of an object; anything else there has no meaning."""
    value = node.get(key)
    return value[:80] if isinstance(value, str) else ""


def _check_object(node: dict[str, Any]) -> None:
    name, module = _text(node, "class_name"), node.get("module")
    if name == "__keras_tensor__" and module is None:
        return
    if not isinstance(module, str) or name not in CLASSES.get(module, ()):
        kind = "custom code" if name == "function" else f"'{name}'"
        raise _RefusedError(
            f"{kind} is not a built-in part of Keras that we train", needs_review=True
        )
    if not _OBJECT_KEYS <= node.keys() <= _OBJECT_KEYS | _MORE_OBJECT_KEYS:
        raise _RefusedError(f"the description of {name} has unknown fields")
    if not isinstance(node["config"], dict):
        raise _RefusedError(f"the description of {name} has no configuration")
    # Keras writes "Functional" here for its own functional models, and a registered name for all
    # else.
    if node["registered_name"] not in (None, "Functional", "Sequential"):
        raise _RefusedError(f"'{name}' is a registered class of the submission", needs_review=True)
    if name in CONVOLUTIONS | POOLINGS:
        _check_probed(name, node["config"])
    if module == "keras.initializers" and any(map(_is_array, node["config"].values())):
        raise _RefusedError(
            f"the initializer {name} holds an array: weights cannot be brought along"
        )
    if name == "DTypePolicy" and node["config"].get("name") != "float32":
        raise _RefusedError(_ANOTHER_PRECISION, needs_review=True)
