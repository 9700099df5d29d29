"""Each activation is the textbook's formula, written here for one number in plain `math`.

Guards names, defaults and constants; agreement with Keras itself is tested beside the layers.
"""

import math
from collections.abc import Callable

import numpy as np
import pytest

from reference import ACTIVATIONS, activate

POINTS = [-30.0, -4.5, -3.0, -2.0, -1.0, -0.5, -0.25, 0.0, 0.25, 0.5, 1.0, 2.0, 3.0, 5.5, 6.5, 30.0]


def logistic(x: float) -> float:
    """Return 1 / (1 + exp(-x))."""
    return 1 / (1 + math.exp(-x))


def ramp(x: float) -> float:
    """Return the hard sigmoid."""
    return min(max(x / 6 + 0.5, 0), 1)


FORMULAS: dict[str, Callable[[float], float]] = {
    "celu": lambda x: max(x, 0) + min(0, math.expm1(x)),
    "elu": lambda x: x if x > 0 else math.exp(x) - 1,
    "exponential": math.exp,
    "gelu": lambda x: x * math.erfc(-x / math.sqrt(2)) / 2,
    "hard_shrink": lambda x: x if abs(x) > 0.5 else 0,
    "hard_sigmoid": ramp,
    "hard_silu": lambda x: x * ramp(x),
    "hard_swish": lambda x: x * ramp(x),
    "hard_tanh": lambda x: sorted([-1, x, 1])[1],
    "leaky_relu": lambda x: x if x > 0 else x / 5,
    "linear": lambda x: x,
    "log_sigmoid": lambda x: math.log(logistic(x)),
    "mish": lambda x: x * math.tanh(math.log1p(math.exp(x))),
    "relu": lambda x: (x + abs(x)) / 2,
    "relu6": lambda x: sorted([0, x, 6])[1],
    "selu": lambda x: 1.05070098 * (x if x > 0 else 1.67326324 * (math.exp(x) - 1)),
    "sigmoid": logistic,
    "silu": lambda x: x * logistic(x),
    "soft_shrink": lambda x: math.copysign(max(abs(x) - 0.5, 0), x),
    "softplus": lambda x: math.log1p(math.exp(x)),
    "softsign": lambda x: x / (abs(x) + 1),
    "sparse_plus": lambda x: 0 if x <= -1 else x if x >= 1 else (x + 1) ** 2 / 4,
    "sparse_sigmoid": lambda x: sorted([0, (x + 1) / 2, 1])[1],
    "squareplus": lambda x: (x + math.hypot(x, 2)) / 2,
    "swish": lambda x: x * logistic(x),
    "tanh": lambda x: 1 - 2 / (math.exp(2 * x) + 1),
    "tanh_shrink": lambda x: x - math.tanh(x),
}
OVER_AN_AXIS = {"log_softmax", "softmax"}


def test_every_activation_has_a_formula() -> None:
    """No activation is known without being tested, and the names are sorted."""
    assert set(ACTIVATIONS) == FORMULAS.keys() | OVER_AN_AXIS
    assert sorted(ACTIVATIONS) == list(ACTIVATIONS)


@pytest.mark.parametrize("name", FORMULAS)
def test_formula(name: str) -> None:
    """An activation is its formula, value by value, in the shape of its input."""
    x = np.array(POINTS).reshape(2, 2, 2, 2)
    expected = np.vectorize(FORMULAS[name], otypes=[float])(x)

    np.testing.assert_allclose(activate(name, x), expected, rtol=1e-8, atol=1e-12)


def test_softmax_makes_probabilities() -> None:
    """A softmax is positive, sums to 1 along the last axis and keeps the order."""
    x = np.random.default_rng(6).normal(size=(3, 2, 5), scale=2)
    out = activate("softmax", x)

    assert out.min() > 0
    np.testing.assert_allclose(out.sum(axis=-1), 1)
    np.testing.assert_array_equal(np.argsort(out), np.argsort(x))


def test_softmaxes_by_hand() -> None:
    """Softmax divides exponentials by their sum, and its logarithm follows."""
    x = [[0.0, math.log(3)], [1.0, 1.0]]

    np.testing.assert_allclose(activate("softmax", x), [[0.25, 0.75], [0.5, 0.5]])
    np.testing.assert_allclose(activate("log_softmax", x), np.log([[0.25, 0.75], [0.5, 0.5]]))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", sorted(set(ACTIVATIONS) - OVER_AN_AXIS))
def test_nan_stays_nan(name: str) -> None:
    """NaN goes in, NaN comes out, and the next value is unharmed."""
    np.testing.assert_array_equal(np.isnan(activate(name, [np.nan, 1.0])), [True, False])


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.filterwarnings("error")
def test_large_values_do_not_warn(name: str) -> None:
    """Values far out are answered without a NaN and without a warning."""
    assert not np.isnan(activate(name, [-1000.0, 0.0, 1000.0])).any()


def test_linear_is_a_copy() -> None:
    """The answer never shares memory with the input."""
    x = np.ones(3)

    assert not np.shares_memory(activate("linear", x), x)


@pytest.mark.parametrize("name", ["Relu", "glu", "", "__len__"])
def test_unknown_name_is_refused(name: str) -> None:
    """An unknown activation is named in the error, with those there are."""
    with pytest.raises(ValueError, match=f"activation: got '{name}', but should be one of celu"):
        activate(name, [1.0])


def test_values_without_an_axis_are_refused() -> None:
    """A lone number has no axis for a softmax to run along, and complex numbers no order."""
    with pytest.raises(ValueError, match="x: got a single number, but should be"):
        activate("relu", 1.0)
    with pytest.raises(ValueError, match="x: got values of type complex128, but should be"):
        activate("relu", [1j])
