"""The worker counts images itself: a claim that does not add up is a problem, not a fact."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.kinds.training.data_facts import read_claim
from grader.protocol import ArraySpec, DataClaim, FitAsked, Frame
from tests.examples import request

SCALED = (np.arange(256) / 255).astype(np.float32)


def asked(rows: Any = (), table: Any = SCALED, **claim: Any) -> Frame[FitAsked]:
    """Return a frame that claims to train on these rows."""
    table, rows = np.asarray(table, np.float32), np.asarray(rows, np.int32)
    claim = {"image_shape": (28, 28, 1)} | claim
    message = FitAsked(
        request=request(data=DataClaim(**claim)),
        line=3,
        arrays=(ArraySpec("float32", table.shape), ArraySpec("int32", rows.shape)),
    )
    return Frame(message, table.tobytes() + rows.tobytes())


def test_images_in_order_are_counted() -> None:
    """The first images in order need no row numbers."""
    facts = read_claim(asked(count=60_000, in_order=True))

    assert (facts.training_images, facts.test_images, facts.problem) == (60_000, 0, None)


def test_repeated_images_count_once() -> None:
    """A few images repeated often are a few images."""
    assert read_claim(asked([1, 2, 1, 2], count=4)).training_images == 2


def test_test_images_are_counted_apart() -> None:
    """Rows from 60,000 on are test images."""
    facts = read_claim(asked([5, 60_000, 69_999], count=3))

    assert (facts.training_images, facts.test_images) == (1, 2)


@pytest.mark.parametrize(
    "frame",
    [
        asked([1, 2], count=3),
        asked([-1], count=1),
        asked([70_000], count=1),
        asked([], count=0),
        asked([1] * 60_001, count=60_001),
        asked([1] * 70_001, count=70_001),
        asked([1, 2], count=2, in_order=True),
        asked(count=60_001, in_order=True),
        asked(count=10**12, in_order=True),
        asked(count=-5, in_order=True),
        asked(count=5, in_order=True, image_shape=(28, 27)),
        asked(count=5, in_order=True, image_shape=(-28, -28)),
        asked(count=5, in_order=True, image_shape=(784, *[1] * 50)),
        asked(count=5, in_order=True, label_shape=(3,)),
        asked(count=5, in_order=True, label_shape=(1,), one_hot=True),
        asked(count=5, in_order=True, table=SCALED[:10]),
        asked(count=5, in_order=True, table=np.zeros(256)),
        asked(count=5, in_order=True, table=np.full(256, np.nan)),
        asked(count=5, in_order=True, table=np.random.default_rng(1).random(256)),
        asked(count=5, in_order=True, table=SCALED > 0.5),
        asked(count=5, problem="it says so itself"),
    ],
)
def test_a_claim_that_does_not_add_up_is_a_problem(frame: Frame[FitAsked]) -> None:
    """Forged counts, rows out of range and tables that are no rescaling are named."""
    assert read_claim(frame).problem


@pytest.mark.parametrize("table", [np.arange(256), 255 - np.arange(256), SCALED * 2 - 1])
def test_any_rescaling_is_a_rescaling(table: Any) -> None:
    """Scale, offset and direction are free."""
    assert read_claim(asked(count=5, in_order=True, table=table)).problem is None
