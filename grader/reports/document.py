"""JSON: the public document of a report, and of documents in general, in plain ASCII."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from grader.model.report import Report

_HIDDEN_COMMAND = re.compile(r"##(?=\w*\[)")
_AT_MOST = 10_000


def document(report: Report) -> str:
    """Return the public document of a report, in one line."""
    return _in_ascii(report.to_json()) + "\n"


def lines(reports: Sequence[Report]) -> str:
    """Return the public documents of reports, one a line."""
    return "".join(map(document, reports))


def line(value: dict[str, Any]) -> str:
    """Return a document of ours that is no report, in one line."""
    return _in_ascii(json.dumps(value, allow_nan=False)) + "\n"


def written(value: dict[str, Any]) -> str:
    """Return another document than ours, for people to read as well.

    Raises:
        ValueError: There is a number in it that JSON does not have.
    """
    return _in_ascii(json.dumps(value, indent=2, allow_nan=False)) + "\n"


def within(size: int, make: Callable[[int], str]) -> str:
    """Return what `make` writes of texts of some length, the longest of which `size` bytes hold.

    Should even the shortest be too long, it is returned all the same.
    """
    at_most = _AT_MOST
    while len((made := make(at_most)).encode()) > size and at_most > 1:
        at_most //= 4
    return made


def _in_ascii(text: str) -> str:
    """Write JSON so that a terminal or a build's log finds nothing in it to obey."""
    return re.sub(r"[^ -~\n]", _escaped, _HIDDEN_COMMAND.sub(r"#\\u0023", text))


def _escaped(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be").hex()
    return "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))
