"""What reading a submission's file tells, without running it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Cell(NamedTuple):
    """A code cell of a notebook: its place among all cells and among those with code, from 1.

    `unrun` is its code where a magic such as `%%writefile` keeps it from being run.
    """

    number: int
    code_number: int
    first_line: int
    unrun: str = ""


@dataclass(frozen=True)
class SourceFacts:
    """What reading the file tells, without running it.

    Attributes:
        text: The Python that is run; of a notebook, its code cells one after another.
        cells: Of a notebook, where in `text` each code cell begins.
        problem: Why the file cannot be read as Python at all, with its line where one is known.
        problem_help: What to do about it, in one sentence.
        defined: Where each asked name is bound last, as an import would find it, if it is.
        functions: Names of all functions and methods that the file defines, in its order.
        classes: Names of all classes that the file defines, in its order.
        is_driven: Whether the exercise's own program calls fit, so that no fit in the file counts.
    """

    text: str = ""
    cells: tuple[Cell, ...] = ()
    problem: str | None = None
    problem_line: int | None = None
    problem_help: str = ""
    functions: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    defined: Mapping[str, int] = field(default_factory=dict, hash=False)
    is_driven: bool = False

    def place(self, *lines: int | None) -> str:
        """Name lines of `text` as the student sees them, such as "lines 14 and 17"."""
        known = [line for line in lines if line]
        if self.cells:
            return " and ".join(map(self._place_in_cell, known))
        words = " and ".join(map(str, known)).replace(" and ", ", ", max(0, len(known) - 2))
        return f"{'lines' if len(known) > 1 else 'line'} {words}" if known else ""

    def placed(self, words: str, line: int | None) -> str:
        """Put the place of a line behind words, where it is known."""
        place = self.place(line)
        return f"{words} ({place})" if place else words

    def line_if_any(self, line: int | None) -> int | None:
        """Return a line that somebody claims, if the text has it."""
        return line if line is not None and line <= self.text.count("\n") + 1 else None

    def _place_in_cell(self, line: int) -> str:
        cell = next((c for c in reversed(self.cells) if c.first_line <= line), self.cells[0])
        also = f" (code cell {cell.code_number})" if cell.code_number != cell.number else ""
        return f"cell {cell.number}{also}, line {line - cell.first_line + 1}"
