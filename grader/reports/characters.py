"""Words of a submission as characters, which no reader obeys."""

from __future__ import annotations

import re
import unicodedata

LONG = 4_000
SHORT = 200

# What GitHub, Azure and TeamCity take for commands in a log: `::error`, `##[error]`, `##vso[...]`.
_COMMAND = re.compile(r"(?<=:)(?=:)|(?<=##)(?=\w*\[)")


def visible(text: str, at_most: int = LONG) -> str:
    """Return what can be seen of a text: its lines, without what turns, hides or erases them."""
    shown = text[:at_most].replace("\r\n", "\n").replace("\r", "\n")
    left_out = f" ... ({len(text) - at_most} more characters)" if len(text) > at_most else ""
    # Few characters stand in a long text many times.
    return shown.translate({ord(each): _seen(each) for each in set(shown)}) + left_out


def one_line(text: str, at_most: int = LONG) -> str:
    """Return what can be seen of a text, in one line."""
    return " ".join(visible(text, at_most).split())


def logged(text: str, at_most: int = LONG) -> str:
    """Return what can be seen of a text, in one line that holds no command to a build's log."""
    return _COMMAND.sub(" ", one_line(text, at_most))


def _seen(character: str) -> str:
    if character in "\n\t" or character.isprintable():
        return character
    # Spaces of other widths and the ends of lines of other systems part words all the same.
    return " " if unicodedata.category(character) in ("Zs", "Zl", "Zp") else "\ufffd"
