"""What every check is said in: that it holds or not, and places in a file."""

from __future__ import annotations

from collections.abc import Sequence

from grader.model.report import Finding, Status
from grader.model.source import SourceFacts


def at(source: SourceFacts, *lines: int | None) -> str:
    """Name lines in brackets, behind what stands there."""
    place = source.place(*lines)
    return f" ({place})" if place else ""


def passed(message: str) -> Finding:
    """Say that a check holds."""
    return Finding(Status.PASSED, message)


def failed(message: str, help_: str = "", share: float = 0.0) -> Finding:
    """Say that a check does not hold, what to do about it, and which share it earns even so."""
    return Finding(Status.FAILED, message, help_, share)


def skipped(message: str) -> Finding:
    """Say why a check was not asked."""
    return Finding(Status.SKIPPED, message)


def listed(words: Sequence[str], last: str = "and") -> str:
    """Join words as in a sentence, such as "a, b and c"."""
    *most, end = words
    return f"{', '.join(most)} {last} {end}" if most else end


def kind(description: str) -> str:
    """Put an article before the name of a class, and leave values as they are."""
    if not description.isidentifier() or description in {"None", "True", "False", "nan", "inf"}:
        return description
    return f"{'an' if description[0].lower() in 'aeiou' else 'a'} {description}"
