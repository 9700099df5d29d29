"""Trains the lesson's kind of model in compiled code: an epoch is one call into `compiled.c`.

TensorFlow computes a step by some forty operations that hand whole arrays to each other, and most
of a step is spent moving them. Most who do this exercise train the same kind of model, though, and
a program for that kind alone moves far less (docs/adr/0008-compiled-steps.md). The mathematics is
Keras's, rounded differently. What is not of that kind, down to the last option, is left to
TensorFlow.
"""

from __future__ import annotations

import ctypes
import math
from functools import cache
from importlib.util import find_spec
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from grader.engine.blame import blaming_its_size
from grader.engine.data import TrainingData
from grader.engine.measure import OwnAccuracy
from grader.engine.steps import Order, RunSteps, build_all

LIBRARIES = ("grader.engine._compiled_avx512", "grader.engine._compiled_avx2")
_ALIGNMENT = 64
_BYTES = 256
# For each filter: nine weights, a bias, and zeros up to a whole vector.
_FILTER, _BIAS = 16, 9
# What is free to choose; every other option has to be as in `_is_of_the_kind`.
_FREE = frozenset({"name", "filters", "units", "kernel_initializer", "bias_initializer"})
_RATES = frozenset({"beta_1", "beta_2", "epsilon"})
_FREE_OF_ADAM = frozenset({"name", "learning_rate", *_RATES})
_NUMBERS = (
    keras.losses.sparse_categorical_crossentropy,
    keras.losses.SparseCategoricalCrossentropy,
    keras.metrics.SparseCategoricalAccuracy,
)
_ONE_HOT = (
    keras.losses.categorical_crossentropy,
    keras.losses.CategoricalCrossentropy,
    keras.metrics.CategoricalAccuracy,
)


class _Network(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_int32) for name in ("height", "width", "filters", "dense")),
        *((name, ctypes.c_void_p) for name in ("units", "values", "momentums", "velocities")),
    )


class _Adam(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_double) for name in ("learning_rate", "beta_1", "beta_2", "epsilon")),
        ("iterations", ctypes.c_int64),
    )


class _Data(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_void_p) for name in ("images", "table", "labels", "order")),
        ("count", ctypes.c_int64),
        ("batch_size", ctypes.c_int32),
    )


class _Result(ctypes.Structure):
    _fields_ = (("loss", ctypes.c_double), ("correct", ctypes.c_int64))


def compiled_steps(model: keras.Model, data: TrainingData, batch_size: int) -> RunSteps | None:
    """Return a function that trains images in the given order, or None if TensorFlow has to.

    After it the model, its optimizer and its metrics are as if Keras had trained.

    Raises:
        ImpossibleError: Keras refuses the model, the loss and the labels together.
    """
    found = library()
    if found is None or not _is_of_the_kind(model, data):
        return None
    build_all(model, data)
    labels = _labels(model, data)
    if labels is None:
        return None
    with blaming_its_size():
        layout = _Layout(model, data.images.shape, found.panel())
    # `compiled.c` relies on these shapes and checks none. A model that was built for other images,
    # or that uses a layer twice, has others.
    if [variable.shape for variable in model.trainable_variables] != layout.shapes:
        return None
    units = np.array(layout.units, np.int32)
    images, table = np.ascontiguousarray(data.images), np.ascontiguousarray(data.table)

    def run_steps(order: Order) -> None:
        optimizer, result = model.optimizer, _Result()
        held = (model.trainable_variables, optimizer._momentums, optimizer._velocities)  # noqa: SLF001
        with blaming_its_size():
            packed = [layout.pack(variables) for variables in held]
        network = _Network(
            *images.shape[1:3],
            layout.filters,
            len(units),
            *(array.ctypes.data for array in (units, *packed)),
        )
        adam = _Adam(
            float(optimizer.learning_rate),
            optimizer.beta_1,
            optimizer.beta_2,
            optimizer.epsilon,
            int(optimizer.iterations),
        )
        arrays = (images, table, labels, np.ascontiguousarray(order, np.int64))
        batches = _Data(*(array.ctypes.data for array in arrays), len(order), batch_size)
        with blaming_its_size():
            if found.train(*map(ctypes.byref, (network, adam, batches, result))):
                raise MemoryError
        for variables, array in zip(held, packed, strict=True):
            layout.unpack(array, variables)
        optimizer.iterations.assign_add(math.ceil(len(order) / batch_size))
        for metric, total in _totals(model, result):
            metric.total.assign_add(total)
            metric.count.assign_add(len(order))

    return run_steps


@cache
def library() -> ctypes.CDLL | None:
    """Return the library for this processor; None where none was compiled or none can run."""
    for name in LIBRARIES:
        spec = find_spec(name)
        if spec is not None and spec.origin is not None:
            loaded = ctypes.CDLL(spec.origin)
            if loaded.panel():
                return loaded
    return None


def _is_of_the_kind(model: keras.Model, data: TrainingData) -> bool:
    """Compare the images, the layers and the optimizer, option by option, with what is compiled."""
    shape = data.images.shape
    grey = len(shape) == 4 and min(shape[1:3]) >= 4 and shape[3] == 1
    if not grey or data.table.shape != (_BYTES,):
        return False
    if type(model) is not keras.Sequential or len(model.layers) < 4:
        return False
    between = [keras.layers.Dense(1, activation="relu") for _ in model.layers[4:]]
    kind = [
        keras.layers.Conv2D(1, 3, activation="relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        *between,
        keras.layers.Dense(1, activation="softmax"),
    ]
    return (
        all(map(_is_alike, model.layers, kind))
        and _is_alike(model.optimizer, keras.optimizers.Adam(), _FREE_OF_ADAM)
        # Else it is a schedule.
        and isinstance(model.optimizer.get_config()["learning_rate"], float)
        and all(type(getattr(model.optimizer, name)) is float for name in _RATES)
        # A smaller one is zero to the processor, and zero moments would be divided by it.
        and model.optimizer.epsilon >= np.finfo(np.float32).tiny
    )


def _is_alike(part: Any, expected: Any, free: frozenset[str] = _FREE) -> bool:
    if not isinstance(part, type(expected)):
        return False
    config, expected_config = part.get_config(), expected.get_config()
    return all(
        config.get(option) == expected_config.get(option)
        for option in config.keys() | expected_config.keys()
        if option not in free
    )


def _labels(model: keras.Model, data: TrainingData) -> NDArray[np.int32] | None:
    """Return what each image shows as a number, or None if the model does not ask just for that.

    What Keras refuses is left to TensorFlow, which has words for it.
    """
    count, units = len(data.images), model.layers[-1].units
    one_hot = units > 1 and data.labels.shape == (count, units)
    if not one_hot and data.labels.shape not in ((count,), (count, 1)):
        return None
    function, of_class, accuracy = _ONE_HOT if one_hot else _NUMBERS
    metrics = model._compile_metrics  # noqa: SLF001
    if not (
        (model.loss in (function.__name__, function) or _is_same_loss(model.loss, of_class()))
        and model.get_compile_config()["loss_weights"] is None
        and metrics is not None
        and metrics.built
        and {(type(metric), metric.dtype) for metric in metrics.metrics}
        <= {(OwnAccuracy, "float32"), (accuracy, "float32")}
    ):
        return None
    labels = data.labels.argmax(1) if one_hot else data.labels.ravel()
    if labels.min() < 0 or labels.max() >= units:
        return None
    return np.ascontiguousarray(labels, np.int32)


def _is_same_loss(loss: Any, expected: Any) -> bool:
    """Compare two losses, also in what Keras does not say of them."""
    return (
        _is_alike(loss, expected)
        and loss.dtype == expected.dtype
        and loss._fn_kwargs == expected._fn_kwargs  # noqa: SLF001
    )


def _totals(model: keras.Model, result: _Result) -> list[tuple[Any, float]]:
    """Return each metric with what is to be added to its total."""
    metrics = model._compile_metrics.metrics  # noqa: SLF001
    return [
        (model._loss_tracker, result.loss),  # noqa: SLF001
        *((metric, float(result.correct)) for metric in metrics),
    ]


class _Layout:
    """How `compiled.c` holds a model's variables, or a moment of them, in one array.

    `shapes` are those that the variables must have for images of the given shape, in Keras's order.
    """

    def __init__(self, model: keras.Model, images: tuple[int, ...], panel: int) -> None:
        self.filters = filters = model.layers[0].filters
        self.units = [layer.units for layer in model.layers[3:]]
        self.shapes: list[tuple[int, ...]] = [(3, 3, 1, filters), (filters,)]
        # Of each dense kernel and bias: groups, panels, rows, units of a panel. A bias is one row;
        # only the features of the first layer are grouped.
        self._panels: list[tuple[int, int, int, int]] = []
        groups, rows = filters, math.prod((side - 2) // 2 for side in images[1:3])
        for units in self.units:
            panels = math.ceil(units / panel)
            self.shapes += [(rows * groups, units), (units,)]
            self._panels += [(groups, panels, rows, panel), (1, panels, 1, panel)]
            groups, rows = 1, units

    def pack(self, variables: list[keras.Variable]) -> NDArray[np.float32]:
        """Return the values of the variables, and zeros between."""
        size = self.filters * _FILTER + sum(map(math.prod, self._panels))
        room = np.zeros(size + _ALIGNMENT, np.float32)
        packed = room[-room.ctypes.data % _ALIGNMENT // room.itemsize :][:size]
        for part, variable in zip(self._parts(packed), variables, strict=True):
            values = np.asarray(variable).reshape(*part.shape[:2], -1)
            fill = math.prod(part.shape[2:]) - values.shape[2]
            part[...] = np.pad(values, ((0, 0), (0, 0), (0, fill))).reshape(part.shape)
        return packed

    def unpack(self, packed: NDArray[np.float32], variables: list[keras.Variable]) -> None:
        """Assign to the variables what was packed."""
        for part, variable in zip(self._parts(packed), variables, strict=True):
            values = part.reshape(-1, math.prod(part.shape[2:]))
            variable.assign(values[:, : variable.shape[-1]].reshape(variable.shape))

    def _parts(self, packed: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Return the place of each variable in the array: its inputs in two axes, its outputs."""
        ends = np.cumsum([self.filters * _FILTER, *map(math.prod, self._panels)])
        filters, *dense = np.split(packed, ends[:-1])
        taps = filters.reshape(1, self.filters, _FILTER).transpose(0, 2, 1)
        return [
            taps[:, :_BIAS],
            taps[:, _BIAS : _BIAS + 1],
            *(
                part.reshape(shape).transpose(2, 0, 1, 3)
                for part, shape in zip(dense, self._panels, strict=True)
            ),
        ]
