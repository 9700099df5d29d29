"""Names as people and platforms write them: shown without tricks, compared without accents."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator

_LONGEST = 200
# Each is turned to the front.
_MOST_WORDS = 12
_LEAST_SHARED = 3
# They turn the text after them around, so that `exe.py` may read `yp.exe`.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NOT_SHOWN = frozenset({"Cc", "Cs", "Zl", "Zp"})
# Letters that Unicode does not take apart into a plain one and a mark.
_PLAIN = str.maketrans(
    {
        "ß": "ss",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "\u0131": "i",
    }
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
# Belongs to the word around it: O'Brien is one.
_WITHIN_A_WORD = re.compile("['\u2019\u02bc`\u00b4.]")
_BETWEEN_WORDS = re.compile(r"[\W_]+")


def shown(name: str) -> str:
    """Return a name as it can be shown: one line, nothing hidden, not endless."""
    # Names on disk are bytes of any encoding.
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    text = unicodedata.normalize("NFC", text)
    visible = "".join(f"\\u{ord(each):04x}" if _is_hidden(each) else each for each in text)
    return visible if len(visible) <= _LONGEST else f"{visible[: _LONGEST - 1]}…"


def _is_hidden(character: str) -> bool:
    return character in _TURNING or unicodedata.category(character) in _NOT_SHOWN


def folded(text: str) -> str:
    """Return a text without accents and case."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    return "".join(each for each in apart if not unicodedata.combining(each))


def words(name: str) -> list[str]:
    """Return the words of a name, in small letters."""
    text = unicodedata.normalize("NFC", name).casefold()
    return [each for each in _BETWEEN_WORDS.split(_WITHIN_A_WORD.sub("", text)) if each]


def spellings(name: str) -> frozenset[str]:
    """Return the ways to write a name that count as one.

    The words may begin anywhere, since a family name stands first or last; blanks do not count;
    `Müller` is `Muller` and `Mueller`.
    """
    written = words(name)[:_MOST_WORDS]
    turned = (written[at:] + written[:at] for at in range(len(written)))
    return frozenset(itertools.chain.from_iterable(_without_accents("".join(t)) for t in turned))


def share_a_word(name: str, other: str) -> bool:
    """Whether a word of a name, if not too short, stands in another that may have no blanks."""
    whole = set(_without_accents("".join(words(other)[:_MOST_WORDS])))
    return any(
        spelling in each
        for word in words(name)
        if len(word) >= _LEAST_SHARED
        for spelling in _without_accents(word)
        for each in whole
    )


def _without_accents(text: str) -> Iterator[str]:
    yield folded(text)
    yield folded(text.translate(_UMLAUTS))
