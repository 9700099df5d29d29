"""What a model would cost, found without building it."""

from __future__ import annotations

import copy
import math
from typing import Any

import keras
from keras import StatelessScope

MAX_PARAMETERS = 20_000_000
MAX_FLOPS_PER_IMAGE = 500_000_000
MAX_ACTIVATIONS_PER_IMAGE = 5_000_000
MAX_ACTIVATIONS_PER_BATCH = 500_000_000


def excess(document: dict[str, Any], batch_size: int) -> str | None:
    """Say which budget a serialised model exceeds, or None.

    Inside a `StatelessScope` Keras records the shapes of variables and allocates none, so a model
    of a terabyte is weighed as cheaply as a small one.
    """
    # A copy, because reviving a functional model empties the document it is revived from.
    uncompiled = copy.deepcopy({**document, "compile_config": None})
    with StatelessScope(initialize_variables=False):
        model = keras.saving.deserialize_keras_object(uncompiled)
        parameters = sum(math.prod(variable.shape) for variable in model.variables)
        layers = list(model._flatten_layers(include_self=False))  # noqa: SLF001 - nested models too
        activations = sum(_size(layer) for layer in layers)
        flops = sum(_flops(layer) for layer in layers)
    if parameters > MAX_PARAMETERS:
        return f"{parameters:,} parameters, over the limit of {MAX_PARAMETERS:,}"
    if flops > MAX_FLOPS_PER_IMAGE:
        return f"{flops:,} operations for an image, over the limit of {MAX_FLOPS_PER_IMAGE:,}"
    if activations > MAX_ACTIVATIONS_PER_IMAGE:
        return (
            f"{activations:,} values for an image, over the limit of {MAX_ACTIVATIONS_PER_IMAGE:,}"
        )
    if activations * batch_size > MAX_ACTIVATIONS_PER_BATCH:
        return f"{activations:,} values for an image, too many for batches of {batch_size:,}"
    return None


def _size(layer: keras.layers.Layer) -> int:
    """Count the values that a layer puts out for one image."""
    outputs = getattr(layer, "output", None) if getattr(layer, "_inbound_nodes", None) else None
    shapes = [tensor.shape for tensor in keras.tree.flatten(outputs) if hasattr(tensor, "shape")]
    return sum(math.prod(size or 1 for size in shape[1:]) for shape in shapes)


def _flops(layer: keras.layers.Layer) -> int:
    """Count multiplications and additions: every weight meets every position of the output once."""
    kernels = sum(math.prod(weight.shape) for weight in layer.weights if len(weight.shape) > 1)
    if not kernels or getattr(layer, "layers", None):
        return 0
    shape = layer.output.shape if getattr(layer, "_inbound_nodes", None) else (None, 1)
    positions = math.prod(size or 1 for size in shape[1:-1])
    return int(2 * kernels * positions)
