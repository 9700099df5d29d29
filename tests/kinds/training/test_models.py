"""What is known of fitted models: whose weights a convolution's are, and what a human is told."""

from __future__ import annotations

import numpy as np
import pytest

from grader.kinds.training.evidence import Ending, Record
from grader.kinds.training.models import convolution_weights, doubt
from grader.protocol import Epoch, Known
from tests.examples import epoch

DENSE, OTHER_BIAS = np.ones((4, 3), np.float32), np.ones(3, np.float32)
KERNEL, BIAS = np.full((3, 3, 1, 4), 2, np.float32), np.full(4, 3, np.float32)


@pytest.mark.parametrize("before", [[], [DENSE], [DENSE, OTHER_BIAS]])
@pytest.mark.parametrize("after", [[], [DENSE], [OTHER_BIAS], [DENSE, BIAS]])
@pytest.mark.parametrize("bias", [[BIAS], []])
def test_a_bias_stands_behind_its_kernel(
    before: list[np.ndarray], bias: list[np.ndarray], after: list[np.ndarray]
) -> None:
    """Wherever the convolution stands; what only stands there and has another shape is none."""
    found = convolution_weights([*before, KERNEL, *bias, *after])

    assert found is not None
    assert found.kernel.tolist() == KERNEL.tolist()
    assert (None if found.bias is None else found.bias.tolist()) == (
        BIAS.tolist() if bias else None
    )


def test_a_model_without_a_convolution_has_no_weights_of_one() -> None:
    """Only a kernel has four axes."""
    assert convolution_weights([DENSE, OTHER_BIAS]) is None


def test_weights_are_copied() -> None:
    """The buffer that they came in is large, and goes."""
    found = convolution_weights([KERNEL, BIAS])

    assert found is not None
    assert found.bias is not None
    assert not np.shares_memory(found.kernel, KERNEL)
    assert not np.shares_memory(found.bias, BIAS)


def knowing(trained: int, trained_right: int, right: int) -> Epoch:
    """Return an epoch that says more than its model knows."""
    return epoch(0, 0.999, known=Known(60_000, right, trained, trained_right))


DOUBTED = knowing(60_000, 50_000, 50_000)


@pytest.mark.parametrize(
    ("epochs", "words"),
    [
        ((), None),
        ((epoch(0, 0.9),), None),
        ((epoch(0, 0.999),), None),
        ((DOUBTED, epoch(1, 0.999)), None),
        ((epoch(0, 0.999), DOUBTED), None),
        (
            (epoch(0, 0.9), DOUBTED, DOUBTED),
            (
                "epoch 2 says 99.900% training accuracy, but the model it left gets 50,000 of its"
                " 60,000 training images right"
            ),
        ),
        (
            (knowing(50_000, 49_000, 58_000),),
            (
                "epoch 1 says 99.900% training accuracy, but the model it left gets 49,000 of its"
                " 50,000 training images right, and 9,000 of the 10,000 others"
            ),
        ),
        (
            (epoch(0, 0.9), epoch(1, 0.999, known=None)),
            "epoch 2 says 99.900%, and its model was not asked itself",
        ),
        (
            (epoch(0, 0.999, known=Known(0, 0, 0, 0)),),
            "epoch 1 says 99.900%, and its model was not asked itself",
        ),
    ],
)
def test_a_human_is_told_what_is_doubtful(epochs: tuple[Epoch, ...], words: str | None) -> None:
    """The first epoch that is, unless another one reaches the target without a doubt."""
    assert doubt(Record(epochs, Ending.COMPLETED), 0.998) == words


def test_what_was_not_trained_is_not_doubted() -> None:
    """There is no record."""
    assert doubt(None, 0.998) is None
