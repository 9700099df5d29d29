"""Pictures that SciPy gave away: `misc.ascent()`, `misc.face()`, and the downloads of `datasets`.

`scipy.misc` lost them, and `scipy.datasets` would load them from the network, which a box has not.
Drawn pictures of their sizes stand in for them: what is graded comes as an argument, never from
there, so a program only has to get past the line.
"""

from __future__ import annotations

from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from grader.harness.compat import modules

_NAMES = ("scipy.misc", "scipy.datasets")


def install() -> None:
    """Answer a submission's imports of SciPy's pictures."""
    for name in _NAMES:
        modules.stand_in(name, _module(name), f"The pictures of {name} are answered by drawn ones")


def _module(name: str) -> ModuleType:
    module = ModuleType(name, __doc__)
    module.__dict__.update(ascent=ascent, face=face)
    return module


def ascent() -> NDArray[np.int64]:
    """Return a grey picture, (512, 512), from 0 to 255."""
    return _rings(512, 512)


def face(gray: bool = False) -> NDArray[np.uint8]:  # noqa: FBT001, FBT002 - SciPy's signature
    """Return a picture in colour, (768, 1024, 3), or in grey, (768, 1024), from 0 to 255."""
    grey = _rings(768, 1024).astype(np.uint8)
    return grey if gray else np.stack([grey, grey[::-1], grey[:, ::-1]], axis=-1)


def _rings(rows: int, columns: int) -> NDArray[np.int64]:
    y, x = np.indices((rows, columns))
    waves = np.sin((y - rows / 3) ** 2 / 900 + (x - columns / 2) ** 2 / 1700)
    return np.asarray(np.rint(127.5 + 127.5 * waves), np.int64)
