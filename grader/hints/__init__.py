"""Hints: known mistakes, found in the source and said in a sentence or two, with their places.

A hint decides nothing. A check asks for one once it has failed, and shows its general help where
there is none. A hint that is shown for a program without that mistake is a defect, so what is not
plain in the source is not said: a name that is bound twice, a list that grows, a condition of
another form.
"""

from __future__ import annotations

from grader.hints.callbacks import (
    broken_callback,
    early_stop,
    late_stop,
    raised_and_caught,
)
from grader.hints.errors import hidden_error, known_error, misnamed, rebound
from grader.hints.function import (
    in_return,
    missing_class,
    missing_function,
    missing_metrics,
    missing_part,
    needed_arguments,
    never_runs,
    no_return,
    unrun_cell,
    wrong_return,
)
from grader.hints.images import (
    few_images,
    foreign_labels,
    no_fit,
    other_data,
    test_images,
)
from grader.hints.layers import layer_lines
from grader.hints.learning import slow_learning
from grader.hints.loops import changed_argument, early_return, endless_loop, loops_to_wrap
from grader.hints.pixels import other_form

__all__ = [
    "broken_callback",
    "changed_argument",
    "early_return",
    "early_stop",
    "endless_loop",
    "few_images",
    "foreign_labels",
    "hidden_error",
    "in_return",
    "known_error",
    "late_stop",
    "layer_lines",
    "loops_to_wrap",
    "misnamed",
    "missing_class",
    "missing_function",
    "missing_metrics",
    "missing_part",
    "needed_arguments",
    "never_runs",
    "no_fit",
    "no_return",
    "other_data",
    "other_form",
    "raised_and_caught",
    "rebound",
    "slow_learning",
    "test_images",
    "unrun_cell",
    "wrong_return",
]
