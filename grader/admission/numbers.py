"""The numbers of a request: none that no image of 28 x 28 pixels needs, and none that are weights.

A number is cheap to write and dear to obey: a pooling window of a million pixels, a metric with a
billion thresholds, a thousand steps of a recurrent layer written out. And many numbers are
weights, in whatever part of Keras they are kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

# Sizes in pixels; the first convolution of a 28 x 28 image has no use for more.
_MOST_PIXELS = 1024
_PIXELS = frozenset(
    {
        *("kernel_size", "pool_size", "strides", "dilation_rate", "padding", "cropping", "size"),
        *("height", "width", "output_size", "n"),
    }
)
# What repeats a computation, or takes memory that no weight and no output shows.
_MOST = {
    "ns_steps": 16,
    "num_thresholds": 1000,
    "num_classes": 1000,
    "gradient_accumulation_steps": 100_000,
}
# Lists of numbers that layers keep: means and variances, scales and offsets.
_KEPT = frozenset({"mean", "variance", "scale", "offset", "weights", "embeddings", "value"})
_MOST_KEPT = 32


def problem_with(model: Any) -> str | None:
    """Say which number of a serialised model is out of all proportion, or None."""
    kept = 0
    for key, value in _entries(model):
        if key in _PIXELS and any(abs(number) > _MOST_PIXELS for number in _numbers(value)):
            return f"the model is described with {key}={_short(value)}, more than an image has"
        if key in _MOST and any(number > _MOST[key] for number in _numbers(value)):
            return f"the model is described with {key}={_short(value)}, over {_MOST[key]:,}"
        if key in _KEPT and isinstance(value, list):
            kept += sum(1 for _ in _numbers(value))
    if kept > _MOST_KEPT:
        return (
            f"the model is described with {kept:,} numbers in its layers:"
            " weights cannot be brought along"
        )
    return None


def _entries(model: Any) -> Iterator[tuple[str, Any]]:
    """List the entries of all objects, wherever they stand."""
    waiting = [model]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield from node.items()
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node


def _numbers(value: Any) -> Iterator[float]:
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, int | float):
            yield node


def _short(value: Any) -> str:
    return str(value)[:40]
