"""What a student's words say: which choice, or which size; or what is unclear about them."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from grader.checks.findings import listed
from grader.checks.questions import ChoiceQuestion, Pair, comparable

_LONGEST_QUOTE = 60
_LETTER = re.compile(r"\W*(?:(?:answer|choice|option)\W+)?([a-z])\W*")
_LETTER_AND_TEXT = re.compile(r"\W*([a-z])\s*[).:\]-]+\s*(.+)", re.DOTALL)
_BETWEEN = re.compile(r"\W+|\band\b|\bor\b")
_MARKS = "()[]{}<>\"'`. \t\n"
# "26 x 26", "26, 26", "26 by 26", "26*26"; in front the images of a batch, behind the channels.
_SIDE = r"(\d{1,6})(?:\.0+)?\s*(?:pixels?|px)?"
_TIMES = r"\s*(?:[x\u00d7*,;/]|by|\s)\s*"
_SIZE = re.compile(
    rf"(?:none{_TIMES})?{_SIDE}(?:{_TIMES}{_SIDE})?(?:{_TIMES}{_SIDE})?(?:{_TIMES}{_SIDE})?",
    re.IGNORECASE,
)


class Unclear(NamedTuple):
    """What is unclear, and what is asked instead."""

    found: str
    asked: str


def quoted(text: str) -> str:
    """Quote a student's words, on one line and not many of them."""
    words = " ".join(text.split()).replace('"', "'")
    return f'"{words[:_LONGEST_QUOTE]}..."' if len(words) > _LONGEST_QUOTE else f'"{words}"'


def letters_of(question: ChoiceQuestion) -> str:
    """Name the letters of a question, such as "a to d"."""
    first, *_, last = question.lettered
    return f"{first} to {last}"


def chosen(text: str, question: ChoiceQuestion) -> str | Unclear:
    """Return the letter that an answer means: it may be a letter, the text behind it, or both."""
    letters, lower = question.lettered, text.casefold()
    by_text = {comparable(choice.text): letter for letter, choice in letters.items()}
    if letter := by_text.get(comparable(text)):
        return letter
    if (found := _LETTER.fullmatch(lower)) and found[1] in letters:
        return found[1]
    named = None
    if found := _LETTER_AND_TEXT.fullmatch(lower):
        named = by_text.get(comparable(found[2]))
        if found[1] == named:
            return found[1]
    reason = (
        f"The letter is {found[1]}, and the text is that of {named}"
        if found and named
        else _unchosen(text, letters)
    )
    asked = f"Write one letter, from {letters_of(question)}, or the whole text of one choice."
    return Unclear(reason, asked)


def _unchosen(text: str, letters: Collection[str]) -> str:
    parts = [part for part in _BETWEEN.split(text.casefold()) if part]
    if len(parts) == 1:
        parts = [*parts[0]]
    if len(parts) > 1 and all(part in letters for part in parts):
        return f"There are several answers, {listed(sorted({*parts}))}; one is asked"
    if _LETTER.fullmatch(text.casefold()):
        return f"{quoted(text)} is none of the choices"
    return f"{quoted(text)} is neither a letter nor the text of a choice"


def size_of(text: str) -> Pair | Unclear:
    """Return the size that an answer means, as (rows, columns); one number is both."""
    asked = "Write rows and columns in whole pixels, such as `12 x 34`, or one number for a square."
    found = _SIZE.fullmatch(" ".join(text.split()).strip(_MARKS))
    if found is None:
        return Unclear(f"{quoted(text)} is not a size", asked)
    sides = [int(side) for side in found.groups() if side]
    has_channels_first = len(sides) == 3 and sides[0] == 1
    if len(sides) == 4 or has_channels_first:
        sides = sides[1:]
    return (sides[0], sides[0]) if len(sides) == 1 else (sides[0], sides[1])
