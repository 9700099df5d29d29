"""What a trained model looks like inside: its layers, and what they make of one digit.

It is for looking at and decides nothing. Everything is bounded, so that a report stays small
whatever a submission trains: few features, sides that are cut, numbers in 256 steps.
"""

from __future__ import annotations

import msgspec

MOST_LAYERS = 40
MOST_FEATURES = 6
# A picture of MNIST has 28 pixels a side; what a model enlarges is cut.
LONGEST_SIDE = 56


class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """A layer of the graded model, in the order in which it describes itself.

    `settings` are those that one talks of, such as "64 filters of 3 x 3, relu". `shape` is what
    leaves it for one picture, `parameters` how many numbers it learns; unset where not known.
    """

    class_name: str
    name: str = ""
    settings: str = ""
    shape: tuple[int, ...] | None = None
    parameters: int | None = None


class Grey(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers in rows and columns, each as one of 256 steps from `low` to `high`, row by row."""

    height: int
    width: int
    low: float
    high: float
    values: bytes


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """What a layer of the submission made of the digit; `expected` only where that is another."""

    got: Grey
    expected: Grey | None = None


class Feature(msgspec.Struct, frozen=True, kw_only=True):
    """A filter, counted from 1, with the digit behind it, and behind the pooling if it follows."""

    number: int
    filter: Grey
    convolved: Stage
    pooled: Stage | None = None


class Maps(msgspec.Struct, frozen=True, kw_only=True):
    """A digit on its way through a convolution and a pooling, seen through a few of `filters`.

    `sides` are the rows and columns of the digit, and of what leaves either layer.
    """

    digit: Grey
    sides: tuple[tuple[int, int], ...]
    filters: int
    features: tuple[Feature, ...]


class Anatomy(msgspec.Struct, frozen=True, kw_only=True):
    """The layers of the graded model, and its maps where it has both layers and could be run."""

    layers: tuple[Layer, ...] = ()
    maps: Maps | None = None
