"""Cells of a table that a spreadsheet may open: words stay words, and numbers numbers."""

from __future__ import annotations

import re

from grader.reports.characters import logged

# A cell is a formula if it begins with one of these, in a cell of its own or, where a spreadsheet
# parts cells at semicolons, after one; the wide ones are how a Japanese keyboard writes them.
_FORMULA = re.compile(r"(?:(?<=;)|^)(?=\s*[=+\-@\uff1d\uff0b\uff0d\uff20])")
# A spreadsheet's cell holds 32,767 characters.
_AT_MOST = 8_000


def cell(text: str) -> str:
    """Return words as a cell that no spreadsheet calculates."""
    return _FORMULA.sub("'", logged(text, _AT_MOST))
