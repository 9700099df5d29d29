"""Puts what a function gave into a few words, for messages."""

from __future__ import annotations

from typing import Any

import numpy as np

_LONGEST = 500
_SHOWN = 3


def described(value: Any) -> str:
    """Name what a value is: a plain one by itself, anything else by its class."""
    if isinstance(value, tuple | list):
        inside = ", ".join(described(item) for item in value[:_SHOWN])
        more = ", ..." if len(value) > _SHOWN else ""
        return f"{type(value).__name__} of {len(value)} ({inside}{more})"[:_LONGEST]
    if value is None or isinstance(value, int | float | str | np.number):
        return repr(value)[:100]
    return type(value).__name__[:100]
