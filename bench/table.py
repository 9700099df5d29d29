"""What was measured, as a table and as a document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal, NamedTuple

RESULTS = Path(__file__).parent / "results"


class Row(NamedTuple):
    """One measured number against its target.

    Attributes:
        what: What was measured.
        value: A ratio (x) or seconds (s).
        unit: Which of the two.
        target: What it should be.
        wants: Whether it should be at least, or at most, that.
        how: The two numbers behind it, and what was extrapolated.
    """

    what: str
    value: float
    unit: Literal["x", "s"]
    target: float
    wants: Literal["at least", "at most"]
    how: str

    @property
    def holds(self) -> bool:
        """Whether the target is met."""
        at_least = self.wants == "at least"
        return self.value >= self.target if at_least else self.value <= self.target


def print_row(row: Row) -> None:
    """Print one line as soon as it is known."""
    mark = "ok" if row.holds else "NO"
    sign = ">=" if row.wants == "at least" else "<="
    value, target = f"{row.value:.2f} {row.unit}", f"{sign} {row.target:g} {row.unit}"
    print(f"{mark}  {row.what:<46}{value:>10}   {target:<9}  {row.how}", flush=True)


def write(name: str, machine: dict[str, Any], rows: list[Row]) -> Path:
    """Write the results down."""
    path = RESULTS / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    document = {
        "machine": machine,
        "rows": [{**row._asdict(), "holds": row.holds} for row in rows],
    }
    path.write_text(json.dumps(document, indent=1) + "\n")
    return path
