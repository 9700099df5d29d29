"""Arrays of a frame as NumPy has them; apart from the rest, which needs no NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.protocol.channel import Frame, split
from grader.protocol.messages import ArraySpec


def arrays_of(frame: Frame[Any], specs: Sequence[ArraySpec]) -> list[NDArray[Any]]:
    """Return the arrays that a frame's message describes, as views of its blob."""
    parts = split(frame.blob, specs)
    return [
        np.frombuffer(part, spec.dtype).reshape(spec.shape)
        for spec, part in zip(specs, parts, strict=True)
    ]
