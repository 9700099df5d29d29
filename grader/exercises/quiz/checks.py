"""What `quiz` asks about each answer; the two sizes are computed by the reference."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from grader.checks.answers import Way, choice, interface, size
from grader.checks.question_file import read_questions
from grader.checks.questions import Pair

QUESTIONS = read_questions(Path(__file__).with_name("questions.toml"))


def filtered(image: Pair, window: Pair, **settings: Any) -> Pair:
    """Return the size of what the reference's convolution makes of an image."""
    # Who only asks the questions has no NumPy.
    from reference import conv2d  # noqa: PLC0415

    pixels = [[[[0.0]] * image[1]] * image[0]]
    taps = [[[[0.0]]] * window[1]] * window[0]
    _, rows, columns, _ = conv2d(pixels, taps, **settings).shape
    return rows, columns


def pooled(image: Pair, window: Pair, **settings: Any) -> Pair:
    """Return the size of what the reference's pooling makes of an image."""
    from reference import max_pool2d  # noqa: PLC0415 - as above

    pixels = [[[[0.0]] * image[1]] * image[0]]
    _, rows, columns, _ = max_pool2d(pixels, window, **settings).shape
    return rows, columns


# How people come to other sizes, by the names that questions.toml explains.
NOT_FILTERED: dict[str, Way] = {
    "padded": lambda image, window: filtered(image, window, padding="same"),
    "whole_filter_lost": lambda image, window: (image[0] - window[0], image[1] - window[1]),
    "one_side": lambda image, window: (image[0] - window[0] // 2, image[1] - window[1] // 2),
    "grown": lambda image, window: (image[0] + window[0] - 1, image[1] + window[1] - 1),
    "in_steps": lambda image, window: filtered(image, window, strides=window),
    "as_pooling": lambda image, _: pooled(image, (2, 2)),
    "only_filter": lambda _, window: window,
    "area": lambda image, window: _area(filtered(image, window)),
}
NOT_POOLED: dict[str, Way] = {
    "unchanged": lambda image, _: image,
    "one_by_one": lambda image, window: pooled(image, window, strides=1),
    "as_filter": lambda image, _: filtered(image, (3, 3)),
    "quartered": lambda image, window: pooled(pooled(image, window), window),
    "unfiltered": lambda image, window: pooled((image[0] + 2, image[1] + 2), window),
    "only_window": lambda _, window: window,
    "area": lambda image, window: _area(pooled(image, window)),
}


def _area(size: Pair) -> Pair:
    """Return the size that one number of pixels is taken for."""
    return size[0] * size[1], size[0] * size[1]


CHECKS = (
    interface(QUESTIONS),
    choice(QUESTIONS, "convolution"),
    choice(QUESTIONS, "pooling"),
    choice(QUESTIONS, "recognition"),
    size(QUESTIONS, "size_after_filter", filtered, NOT_FILTERED),
    size(QUESTIONS, "size_after_pooling", pooled, NOT_POOLED),
    choice(QUESTIONS, "speed"),
)
