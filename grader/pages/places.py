"""Which lines of a file a finding speaks of, read from its own words.

A finding names lines as the student sees them, and a message may quote a submission; a mark beside
a line that was only quoted does no harm.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.model.source import Cell

_LINES = re.compile(r"\b(?:line|lines) (\d{1,6}(?:, \d{1,6})*(?: and \d{1,6})*)")
_IN_CELL = re.compile(r"\bcell (\d{1,6})(?: \(code cell \d+\))?, line (\d{1,6})")
_MOST = 20


def lines_in(words: str, cells: Sequence[Cell]) -> tuple[int, ...]:
    """Return lines of the text that is run, in the order in which they are named."""
    if cells:
        first = {cell.number: cell.first_line for cell in cells}
        found = [
            first[int(cell)] + int(line) - 1
            for cell, line in _IN_CELL.findall(words)
            if int(cell) in first
        ]
    else:
        found = [int(n) for listed in _LINES.findall(words) for n in re.findall(r"\d+", listed)]
    return tuple(dict.fromkeys(found))[:_MOST]
