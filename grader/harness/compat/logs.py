"""Logs in which old and new names of the accuracy stand side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

_ALIASES = {"acc": "accuracy", "val_acc": "val_accuracy"}


class AliasedLogs(dict[str, Any]):
    """Logs in which `acc` and `accuracy` are the same entry under two names."""

    @classmethod
    def of(cls, logs: Mapping[str, float | None]) -> AliasedLogs:
        """Copy logs, adding whichever of two names is missing; `None` becomes NaN."""
        aliased = cls({name: np.nan if value is None else value for name, value in logs.items()})
        for old, new in _ALIASES.items():
            if old in aliased:
                aliased.setdefault(new, aliased[old])
            elif new in aliased:
                aliased[old] = aliased[new]
        return aliased
