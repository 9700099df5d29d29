"""Files that are no programs at all, told by their first bytes."""

from __future__ import annotations

import re
from typing import NamedTuple

_COPY = "Copy the program out of it into a plain text file whose name ends in .py."
_UNPACK = "Unpack it, and hand in the .py or .ipynb file that it holds."
_PROGRAM = "Hand in the program itself: a file whose name ends in .py or .ipynb."
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_IN_ZIP = (
    (b"word/", "a Word document", _COPY),
    (b"model.weights.h5", "a saved model", _PROGRAM),
    (b"", "a ZIP archive", _UNPACK),
)
_FORMATS = (
    (b"%PDF-", "a PDF document", _COPY),
    (b"{\\rtf", "an RTF document", _COPY),
    (b"\xd0\xcf\x11\xe0", "an Office document", _COPY),
    (b"\x89HDF", "a saved model", _PROGRAM),
    (b"\x1f\x8b", "an archive", _UNPACK),
    (b"7z\xbc\xaf", "an archive", _UNPACK),
    (b"Rar!\x1a", "an archive", _UNPACK),
    (b"\x89PNG", "a picture", _PROGRAM),
    (b"\xff\xd8\xff", "a picture", _PROGRAM),
)
_WEB_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head)\b", re.IGNORECASE)


class Format(NamedTuple):
    """What a file is in the place of a program, and what to hand in."""

    name: str
    help: str


def format_of(source: bytes) -> Format | None:
    """Name the format of a file that no Python could read."""
    if source.startswith(_ZIP):
        return next(Format(name, help_) for part, name, help_ in _IN_ZIP if part in source)
    if _WEB_PAGE.match(source):
        return Format(
            "a web page",
            "Download the file itself, on GitHub with the button for the raw file, and hand it in.",
        )
    found = (Format(name, help_) for begin, name, help_ in _FORMATS if source.startswith(begin))
    return next(found, None)
