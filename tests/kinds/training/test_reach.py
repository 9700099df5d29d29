"""An epoch reaches the target by counted images, and only if its model knows them when asked."""

from __future__ import annotations

import pytest

from grader.kinds.training.evidence import KNOWN_MARGIN, Reach, reach
from grader.model.percent import goal, percent
from grader.protocol import Epoch, Known
from tests.examples import epoch

TARGET = 0.998
JUST_ENOUGH = 59_880 - 60_000 * KNOWN_MARGIN


def asked(right: int, trained: int = 60_000, of_them: int | None = None) -> Known:
    """Return what a model knows: `right` of all, `of_them` of those that it was trained on."""
    known = right if of_them is None else of_them
    return Known(images=60_000, right=right, trained=trained, trained_right=known)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (epoch(0, 0.998), Reach.YES),
        (epoch(0, 59_879 / 60_000), Reach.NO),
        (epoch(0, 0.9999, known=asked(int(JUST_ENOUGH))), Reach.YES),
        (epoch(0, 0.9999, known=asked(int(JUST_ENOUGH) - 1)), Reach.DOUBTFUL),
        # Nobody has asked the model.
        (epoch(0, 0.9999, known=None), Reach.DOUBTFUL),
        (epoch(0, 0.9999, partial=True), Reach.NO),
        # Few images, perhaps chosen: all that counts is what the model knows of all.
        (epoch(0, 1.0, short=True, known=asked(59_880)), Reach.YES),
        (epoch(0, 1.0, short=True, known=asked(59_879)), Reach.NO),
        # A tenth was kept for validation, and is known as images are that were never seen.
        (epoch(0, 0.999, known=asked(54_000 + 5_900, 54_000, 54_000)), Reach.YES),
        # The images that are left out are those that it gets wrong.
        (epoch(0, 1.0, known=asked(50_000 + 9_100, 50_000, 50_000)), Reach.DOUBTFUL),
    ],
)
def test_an_epoch_counts_for_what_its_model_knows(found: Epoch, expected: Reach) -> None:
    """Each line is a way to reach the target, or only to look like it."""
    assert reach(found, TARGET) is expected


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (0.998, "99.800%"),
        (59_879 / 60_000, "99.798%"),
        (0.99799999, "99.799%"),
        (0.985, "98.50%"),
        (1.0, "100.000%"),
        (0.0, "0.00%"),
    ],
)
def test_a_percentage_never_rounds_across_a_target(share: float, shown: str) -> None:
    """What falls short of 99.8 % never reads 99.8 %."""
    assert percent(share) == shown


@pytest.mark.parametrize(
    ("target", "shown"), [(0.998, "99.8%"), (0.99875, "99.875%"), (1.0, "100%")]
)
def test_a_target_is_shown_whole(target: float, shown: str) -> None:
    """A target has all of its places."""
    assert goal(target) == shown
