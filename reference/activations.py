"""Keras's built-in activations, by Keras's names and with Keras's defaults.

All but the softmaxes act on each value alone; those act along the last axis.
Not here: `glu`, which halves its input; `threshold`, which has no defaults; and `sparsemax`, for
which Keras 3.15 computes something else than the published function: it need not sum to 1.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from reference.arguments import Floats, as_reals, refusal

# The fixed point of Klambauer et al. (2017): mean 0 and variance 1 stay so from layer to layer.
_SELU_SCALE = 1.0507009873554805
_SELU_ALPHA = 1.6732632423543772


def _elu(x: Floats) -> Any:
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0)))


def _hard_sigmoid(x: Floats) -> Any:
    return np.clip(x + 3, 0, 6) / 6


def _softplus(x: Floats) -> Any:
    return np.logaddexp(0, x)


_DEFINITIONS: Mapping[str, Callable[[Floats], Any]] = MappingProxyType(
    {
        "celu": _elu,  # alpha is 1
        "elu": _elu,
        "exponential": np.exp,
        "gelu": lambda x: x * special.ndtr(x),
        "hard_shrink": lambda x: np.where(np.abs(x) <= 0.5, 0, x),
        "hard_sigmoid": _hard_sigmoid,
        "hard_silu": lambda x: x * _hard_sigmoid(x),
        "hard_swish": lambda x: x * _hard_sigmoid(x),
        "hard_tanh": lambda x: np.clip(x, -1, 1),
        "leaky_relu": lambda x: np.where(x > 0, x, 0.2 * x),
        "linear": np.copy,
        "log_sigmoid": lambda x: -_softplus(-x),
        "log_softmax": lambda x: special.log_softmax(x, axis=-1),
        "mish": lambda x: x * np.tanh(_softplus(x)),
        "relu": lambda x: np.maximum(x, 0),
        "relu6": lambda x: np.clip(x, 0, 6),
        "selu": lambda x: _SELU_SCALE * np.where(x > 0, x, _SELU_ALPHA * _elu(x)),
        "sigmoid": special.expit,
        "silu": lambda x: x * special.expit(x),
        "soft_shrink": lambda x: x - np.clip(x, -0.5, 0.5),
        "softmax": lambda x: special.softmax(x, axis=-1),
        "softplus": _softplus,
        "softsign": lambda x: x / (1 + np.abs(x)),
        "sparse_plus": lambda x: np.where(x < 1, np.maximum(x + 1, 0) ** 2 / 4, x),
        "sparse_sigmoid": lambda x: np.clip((x + 1) / 2, 0, 1),
        "squareplus": lambda x: (x + np.sqrt(x**2 + 4)) / 2,
        "swish": lambda x: x * special.expit(x),
        "tanh": np.tanh,
        "tanh_shrink": lambda x: x - np.tanh(x),
    }
)

ACTIVATIONS = tuple(_DEFINITIONS)
"""The names that `activate` knows, sorted."""


def activate(name: str, x: npt.ArrayLike) -> Floats:
    """Return an activation of `x`.

    Parameters
    ----------
    name : str
        One of `ACTIVATIONS`.
    x : array_like
        Of any shape; at least one axis.

    Returns
    -------
    ndarray of float64
        Of the shape of `x`.

    Raises
    ------
    ValueError
        If the name is unknown, or `x` has no axis.

    Notes
    -----
    For finite `x`, and NaN answers NaN (Keras's `hard_shrink` alone answers 0).
    At infinity a formula such as ``x * sigmoid(x)`` may be NaN where a limit exists, as in Keras.

    Examples
    --------
    >>> activate('relu', [-1, 0, 2])
    array([0., 0., 2.])
    >>> activate('softmax', [[0, 0], [0, np.log(3)]])
    array([[0.5 , 0.5 ],
           [0.25, 0.75]])
    """
    definition = _DEFINITIONS.get(name)
    if definition is None:
        raise refusal("activation", repr(name), f"one of {', '.join(ACTIVATIONS)}")
    values = as_reals("x", x)
    if values.ndim == 0:
        raise refusal("x", "a single number", "an array with at least one axis")
    # Overflow to infinity is the answer that float64 has for exp(1000), not an accident.
    # NaN is invalid to some formulas, and still answered with NaN.
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(definition(values), dtype=np.float64)
