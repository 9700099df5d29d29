"""Which shapes pass through the layers of a serialised model: arithmetic, nothing is built.

It knows the layers that beginners use. Of any other it says what it is and no more, and the shape
is known again where the description of the next one tells it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from grader.admission.vocabulary import MODELS
from grader.model.anatomy import MOST_LAYERS, Layer

Shape = tuple[int, ...]
_LONGEST_TEXT = 60
_MOST = 10**9
_AXES = 6


class _Passed(NamedTuple):
    """What leaves a layer, how many numbers it learns, and its settings in words."""

    shape: Shape | None
    parameters: int | None = None
    words: tuple[str, ...] = ()


def layers_built(model: Mapping[str, Any], image_shape: Shape) -> tuple[Layer, ...]:
    """Describe the layers of a model that takes images of this shape, as far as there is room."""
    found: list[Layer] = []
    shape: Shape | None = image_shape
    for node in _nodes(model):
        config, class_name = node["config"], str(node["class_name"])[:_LONGEST_TEXT]
        entering = _told(node) or shape
        try:
            passed = _RULES.get(class_name, _unknown)(config, entering)
        # Nobody has built it: a description need not make sense.
        except (KeyError, TypeError, ValueError, ZeroDivisionError, OverflowError):
            passed = _Passed(None)
        shape = passed.shape if _is_possible(passed.shape) else None
        if class_name == "InputLayer":
            continue
        known = passed.parameters is not None and 0 <= passed.parameters <= _MOST
        found.append(
            Layer(
                class_name=class_name,
                name=str(config.get("name", ""))[:_LONGEST_TEXT],
                settings=", ".join(passed.words)[:_LONGEST_TEXT],
                shape=shape,
                parameters=passed.parameters if known else None,
            )
        )
        if len(found) == MOST_LAYERS:
            break
    return tuple(found)


def _nodes(model: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Find the layers of a model and of models in it, in order."""
    waiting: list[Any] = [model]
    while waiting:
        node = waiting.pop()
        config = node.get("config") if isinstance(node, Mapping) else None
        if not isinstance(config, dict):
            continue
        layers = config.get("layers")
        if node.get("class_name") in MODELS and isinstance(layers, list):
            waiting += layers[::-1]
        elif isinstance(node, dict) and isinstance(node.get("class_name"), str):
            yield node


def _told(node: Mapping[str, Any]) -> Shape | None:
    """Return what enters a layer, where Keras says it in the description."""
    built = node.get("build_config")
    shape = built.get("input_shape") if isinstance(built, dict) else None
    if not isinstance(shape, list | tuple) or not 1 < len(shape) <= _AXES:
        return None
    sides = shape[1:]
    return tuple(sides) if all(type(side) is int and side > 0 for side in sides) else None


def _is_possible(shape: Shape | None) -> bool:
    return shape is not None and all(type(side) is int and 0 < side <= _MOST for side in shape)


def _unknown(config: Mapping[str, Any], shape: Shape | None) -> _Passed:
    del config, shape
    return _Passed(None)


def _input(config: Mapping[str, Any], shape: Shape | None) -> _Passed:
    given = config.get("batch_shape", config.get("batch_input_shape"))
    return _Passed(tuple(map(_count, given[1:])) if given else shape)


def _unchanged(config: Mapping[str, Any], shape: Shape | None) -> _Passed:
    rate = config.get("rate")
    words = (f"{rate:g}",) if isinstance(rate, int | float) else ()
    return _Passed(shape, 0, words + _activation(config))


def _batch_normalization(config: Mapping[str, Any], shape: Shape | None) -> _Passed:
    learned = bool(config.get("center", True)) + bool(config.get("scale", True))
    return _Passed(shape, learned * shape[-1] if shape else None)


def _convolution(config: Mapping[str, Any], shape: Shape | None) -> _Passed:
    filters, window = _count(config["filters"]), _pair(config["kernel_size"])
    words = (f"{filters} filters of {_sides(window)}", *_padding(config), *_activation(config))
    if (picture := _picture(config, shape)) is None:
        return _Passed(None, None, words)
    weights = math.prod(window) * (picture[2] // _count(config.get("groups", 1))) * filters
    strides, apart = _pair(config.get("strides", 1)), _pair(config.get("dilation_rate", 1))
    return _Passed(
        (*_slid(config, picture, window, strides, apart), filters),
        weights + filters * bool(config.get("use_bias", True)),
        words,
    )


def _pooling(config: Mapping[str, Any], shape: Shape | None) -> _Passed:
    window = _pair(config.get("pool_size", 2))
    words = (_sides(window), *_padding(config))
    if (picture := _picture(config, shape)) is None:
        return _Passed(None, 0, words)
    strides = _pair(config["strides"]) if config.get("strides") else window
    return _Passed((*_slid(config, picture, window, strides, (1, 1)), picture[2]), 0, words)


def _over_all(config: Mapping[str, Any], shape: Shape | None) -> _Passed:
    picture = None if config.get("keepdims") else _picture(config, shape)
    return _Passed(picture[2:] if picture else None, 0)


def _flattened(config: Mapping[str, Any], shape: Shape | None) -> _Passed:
    del config
    return _Passed((math.prod(shape),) if shape is not None else None, 0)


def _reshaped(config: Mapping[str, Any], shape: Shape | None) -> _Passed:
    target = [_count(side) for side in config["target_shape"]]
    if -1 in target:
        if shape is None:
            return _Passed(None, 0)
        known = math.prod(side for side in target if side != -1)
        target[target.index(-1)] = math.prod(shape) // known
    return _Passed(tuple(target), 0)


def _dense(config: Mapping[str, Any], shape: Shape | None) -> _Passed:
    units = _count(config["units"])
    words = (f"{units} units", *_activation(config))
    if not shape:
        return _Passed(None, None, words)
    weights = shape[-1] * units + units * bool(config.get("use_bias", True))
    return _Passed((*shape[:-1], units), weights, words)


def _picture(config: Mapping[str, Any], shape: Shape | None) -> Shape | None:
    """Return a shape if it is rows, columns and channels."""
    last = config.get("data_format") != "channels_first"
    return shape if last and shape is not None and len(shape) == 3 else None


def _slid(
    config: Mapping[str, Any], picture: Shape, window: Shape, strides: Shape, apart: Shape
) -> Shape:
    """Return in how many places a window stands, going down and across."""
    sides = zip(picture, window, strides, apart, strict=False)
    if config.get("padding") == "same":
        return tuple(-(-side // step) for side, _, step, _ in sides)
    return tuple((side - (taps - 1) * by - 1) // step + 1 for side, taps, step, by in sides)


def _count(number: Any) -> int:
    if type(number) is not int:
        raise TypeError
    return number


def _pair(sizes: Any) -> Shape:
    first, second = sizes if isinstance(sizes, list | tuple) else (sizes, sizes)
    return _count(first), _count(second)


def _sides(window: Shape) -> str:
    return " x ".join(map(str, window))


def _padding(config: Mapping[str, Any]) -> tuple[str, ...]:
    return ("padded",) if config.get("padding") == "same" else ()


def _activation(config: Mapping[str, Any]) -> tuple[str, ...]:
    name = config.get("activation")
    return (name,) if isinstance(name, str) and name != "linear" else ()


_RULES: Mapping[str, Callable[[Mapping[str, Any], Shape | None], _Passed]] = {
    "InputLayer": _input,
    "Conv2D": _convolution,
    "MaxPooling2D": _pooling,
    "AveragePooling2D": _pooling,
    "GlobalMaxPooling2D": _over_all,
    "GlobalAveragePooling2D": _over_all,
    "Flatten": _flattened,
    "Reshape": _reshaped,
    "Dense": _dense,
    "BatchNormalization": _batch_normalization,
    **dict.fromkeys(
        (
            *("Dropout", "SpatialDropout2D", "AlphaDropout", "GaussianDropout", "GaussianNoise"),
            *("Activation", "ReLU", "LeakyReLU", "ELU", "Softmax", "Rescaling"),
        ),
        _unchanged,
    ),
}
