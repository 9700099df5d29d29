"""Shares as percentages that never round across a target: what falls short never looks like it."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal

_CLOSE_TO_ALL = Decimal("0.99")


def percent(share: float) -> str:
    """Show a share, cut off and not rounded, with three places where targets are."""
    exact = Decimal(repr(float(share)))
    if not exact.is_finite():
        return str(share)
    places = Decimal("0.001") if exact > _CLOSE_TO_ALL else Decimal("0.01")
    return f"{(exact * 100).quantize(places, ROUND_FLOOR)}%"


def goal(target: float) -> str:
    """Show a target with all the places that it has, such as "99.8%"."""
    return f"{(Decimal(repr(target)) * 100).normalize():f}%"
