"""Drawn digits are reproducible, balanced, all different, and shaped like MNIST."""

import numpy as np
import pytest

from grader.dataset import synthetic
from grader.dataset.folder import Arrays, content_digest
from grader.dataset.glyphs import INK_POINTS, compiled


@pytest.fixture(scope="module")
def digits() -> Arrays:
    """Draw a few hundred digits."""
    return synthetic.generate(train=1500, test=300)


def test_the_same_seed_draws_the_same_images(digits: Arrays) -> None:
    """Two runs agree to the last bit."""
    again = synthetic.generate(train=1500, test=300)

    assert all(map(np.array_equal, digits, again))


def test_the_recipe_has_not_changed(digits: Arrays) -> None:
    """The images are those of this recipe; if they are meant to change, raise `RECIPE`."""
    expected = "4458c4b260f7d3151b3cd0ede366dd76441e70e38034e8dc899c4ee4dfe27218"

    assert content_digest(synthetic.TITLE, digits) == expected


def test_another_seed_draws_other_images(digits: Arrays) -> None:
    """The seed decides both the order of the labels and the images."""
    other = synthetic.generate(train=1500, test=300, seed=1)

    assert not np.array_equal(digits.y_train, other.y_train)
    assert not np.array_equal(digits.x_train, other.x_train)


def test_shapes_and_types_are_those_of_mnist(digits: Arrays) -> None:
    """Images are 28 x 28 bytes, labels are bytes, and the sizes are those asked for."""
    shapes = [array.shape for array in digits]

    assert shapes == [(1500, 28, 28), (1500,), (300, 28, 28), (300,)]
    assert all(array.dtype == np.uint8 for array in digits)


def test_every_digit_is_drawn_equally_often_in_random_order(digits: Arrays) -> None:
    """Both splits are balanced, and neighbours are unrelated."""
    neighbours_agree = np.mean(digits.y_train[1:] == digits.y_train[:-1])

    assert np.bincount(digits.y_train).tolist() == [150] * 10
    assert np.bincount(digits.y_test).tolist() == [30] * 10
    assert 0.05 < neighbours_agree < 0.15


def test_no_two_images_are_the_same(digits: Arrays) -> None:
    """An image can be recognised by its pixels."""
    images = np.concatenate([digits.x_train, digits.x_test]).reshape(1800, -1)

    assert len(np.unique(images, axis=0)) == 1800


def test_the_ink_is_like_that_of_mnist(digits: Arrays) -> None:
    """Every image has a black stroke on empty paper, about a fifth of it inked, mostly inside."""
    images = digits.x_train
    edge = np.ones((28, 28), bool)
    edge[1:-1, 1:-1] = False

    assert images.max(axis=(1, 2)).min() > 200
    assert images.min() == 0
    assert 0.15 < (images > 0).mean() < 0.25
    assert 25 < images.mean() < 45
    assert (images[:, edge] > 0).mean() < 0.01


def test_digits_can_be_told_apart_but_not_trivially(digits: Arrays) -> None:
    """The nearest average image of a digit is mostly, but by no means always, the right one."""
    images = digits.x_train.reshape(1500, -1) / 255
    means = np.stack([images[digits.y_train == digit].mean(axis=0) for digit in range(10)])
    distances = ((digits.x_test.reshape(300, 1, -1) / 255 - means) ** 2).sum(axis=2)
    accuracy = np.mean(distances.argmin(axis=1) == digits.y_test)

    assert 0.6 < accuracy < 0.95


def test_progress_is_told_up_to_the_total() -> None:
    """Progress counts images, and ends with all of them."""
    steps: list[tuple[int, int]] = []
    synthetic.generate(train=1500, test=10, progress=lambda *step: steps.append(step))

    assert steps == [(1000, 1510), (1510, 1510)]


@pytest.mark.parametrize("digit", range(10))
def test_glyphs_lay_ink_evenly_inside_the_square(digit: int) -> None:
    """Every way to write a digit compiles to the same number of points, evenly spaced."""
    for glyph in compiled()[digit]:
        ink = glyph.ink @ glyph.control
        steps = np.linalg.norm(glyph.step @ glyph.control, axis=1)

        assert len(ink) == len(steps) == INK_POINTS
        assert ink.min() > -0.05
        assert ink.max() < 1.05
        assert steps.max() < 2 * steps.mean()
