"""Hints: known mistakes, found in the source and said in a sentence or two, with their places.

A hint decides nothing. A check asks for one once it has failed, and shows its general help where
there is none. A hint that is shown for a program without that mistake is a defect, so what is not
plain in the source is not said: a name that is bound twice, a list that grows, a condition of
another form.
"""

from __future__ import annotations

from grader.exercises.mnist_conv.hints.callbacks import broken_callback, early_stop, late_stop
from grader.exercises.mnist_conv.hints.function import (
    missing_function,
    missing_metrics,
    needed_arguments,
    wrong_return,
)
from grader.exercises.mnist_conv.hints.images import (
    few_images,
    foreign_labels,
    no_fit,
    other_data,
    test_images,
)
from grader.exercises.mnist_conv.hints.layers import layer_lines
from grader.exercises.mnist_conv.hints.learning import slow_learning

__all__ = [
    "broken_callback",
    "early_stop",
    "few_images",
    "foreign_labels",
    "late_stop",
    "layer_lines",
    "missing_function",
    "missing_metrics",
    "needed_arguments",
    "no_fit",
    "other_data",
    "slow_learning",
    "test_images",
    "wrong_return",
]
