"""What a model would cost, found without building it.

Inside a `StatelessScope` Keras records the shapes of variables and allocates none, so a model of a
terabyte is weighed as cheaply as a small one. It is weighed on images of the shape that it will
be trained on, call by call: a layer that is called a hundred times costs a hundred times.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import keras
from keras import StatelessScope

from grader.admission import uncompiled
from grader.admission.vocabulary import POOLINGS, RECURRENT
from grader.engine.blame import ImpossibleError

MAX_PARAMETERS = 20_000_000
MAX_FLOPS_PER_IMAGE = 500_000_000
MAX_ACTIVATIONS_PER_IMAGE = 5_000_000
MAX_ACTIVATIONS_PER_BATCH = 500_000_000
# Updating the weights once, and all else that a step does whatever its size, in operations that
# take as long on one core: 45 ms for 20 million parameters, 1 ms for nothing.
_PER_PARAMETER = 225
_PER_STEP = 100_000_000

_Shape = tuple[int, ...]


@dataclass
class _Bill:
    """What the calls of all layers add up to for one image."""

    flops: int = 0
    activations: int = 0

    def add(self, layer: keras.layers.Layer, entering: list[_Shape], leaving: list[_Shape]) -> None:
        """Add one call of a layer with the shapes of what goes in and comes out, batch aside."""
        kind = type(layer).__name__
        values = sum(map(math.prod, leaving))
        steps = entering[0][0] if kind in RECURRENT and entering and entering[0] else 1
        kernels = sum(math.prod(weight.shape) for weight in layer.weights if len(weight.shape) > 1)
        # Every weight meets every position of the output once.
        positions = max((math.prod(shape[:-1]) for shape in leaving), default=1)
        self.flops += values + 2 * kernels * positions * steps
        if kind in POOLINGS:
            self.flops += values * math.prod(getattr(layer, "pool_size", (1,)))
        self.activations += values * steps


class Price(NamedTuple):
    """What a model costs: its parameters, and operations and values between layers for one image.

    Operations are counted as if a processor did nothing else, so that they mean the same on every
    machine; what a step takes beside its products is counted in them, too.
    """

    parameters: int
    flops: int
    activations: int

    def of_epoch(self, images: int, batch_size: int) -> int:
        """Return the operations of an epoch over so many images."""
        steps = math.ceil(images / batch_size)
        forward_and_back = 3 * self.flops * images
        return forward_and_back + steps * (_PER_STEP + _PER_PARAMETER * self.parameters)


def weigh(document: dict[str, Any], image_shape: _Shape) -> Price:
    """Say what a serialised model costs for images of this shape.

    Raises:
        ImpossibleError: It does not put out one row of numbers for each image.
    """
    with StatelessScope(initialize_variables=False):
        model = keras.saving.deserialize_keras_object(uncompiled(document))
        if not model.built:
            model.build((None, *image_shape))
        parameters = sum(math.prod(variable.shape) for variable in model.variables)
        # What is over the limit by its weights alone is not asked for more.
        bill = _Bill() if parameters > MAX_PARAMETERS else _weighed(model, image_shape)
    return Price(parameters, bill.flops, bill.activations)


def excess(price: Price, batch_size: int) -> str | None:
    """Say which budget a model exceeds that is trained on so many images at once, or None."""
    if price.parameters > MAX_PARAMETERS:
        return f"{price.parameters:,} parameters, over the limit of {MAX_PARAMETERS:,}"
    if price.flops > MAX_FLOPS_PER_IMAGE:
        return f"{price.flops:,} operations for an image, over the limit of {MAX_FLOPS_PER_IMAGE:,}"
    activations = price.activations
    if activations > MAX_ACTIVATIONS_PER_IMAGE:
        return (
            f"{activations:,} values for an image, over the limit of {MAX_ACTIVATIONS_PER_IMAGE:,}"
        )
    if activations * batch_size > MAX_ACTIVATIONS_PER_BATCH:
        return f"{activations:,} values for an image, too many for batches of {batch_size:,}"
    return None


def _weighed(model: keras.Model, image_shape: _Shape) -> _Bill:
    bill = _Bill()
    for layer in model._flatten_layers(include_self=False):  # noqa: SLF001 - nested models too
        if not isinstance(layer, keras.Model):
            layer.compute_output_spec = _billed(layer, bill)
    # One image, and not any number of them: what a model remembers of the shape for which it was
    # made is then of no use to it, and each layer is asked again.
    image = keras.KerasTensor((1, *_entering(model, image_shape)), dtype="float32")
    made = keras.tree.flatten(model.compute_output_spec(image))
    if len(made) != 1 or len(made[0].shape) != 2:
        shapes = " and ".join(str((None, *tensor.shape[1:])) for tensor in made)
        raise ImpossibleError(
            f"the model puts out {shapes}, but should put out one row of numbers for each image"
        )
    return bill


def _entering(model: keras.Model, image_shape: _Shape) -> _Shape:
    """Return the shape in which an image enters: Keras adds or drops a last axis of one."""
    asked = keras.tree.flatten(getattr(model, "inputs", None) or [])
    more = len(asked[0].shape) - 1 - len(image_shape) if asked else 0
    if more == 1:
        return (*image_shape, 1)
    return image_shape[:-1] if more == -1 and image_shape[-1] == 1 else image_shape


def _billed(layer: keras.layers.Layer, bill: _Bill) -> Callable[..., Any]:
    """Return the layer's own question for shapes, which now goes on the bill."""
    own = layer.compute_output_spec

    def compute_output_spec(*args: Any, **options: Any) -> Any:
        made = own(*args, **options)
        bill.add(layer, _shapes(args), _shapes(made))
        return made

    return compute_output_spec


def _shapes(tensors: Any) -> list[_Shape]:
    """Shapes without the batch; what is not known counts as one."""
    return [
        tuple(size or 1 for size in tensor.shape[1:])
        for tensor in keras.tree.flatten(tensors)
        if hasattr(tensor, "shape")
    ]
