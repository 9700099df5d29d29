"""The limits of what a message may hold, and what brings an honest text or number within them."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from msgspec import Meta

MAX_DOCUMENT_BYTES = 1 << 20
MAX_BLOB_BYTES = 1 << 28
# What a sandbox sends along are row numbers, and what two layers make of two images.
MAX_SANDBOX_BLOB_BYTES = 1 << 26
# What one call of a function may give: half a million numbers of the widest type.
MAX_RESULT_BYTES = 1 << 22
MAX_TEXT = 2000
MAX_TEXTS = 200
MAX_NUMBER = 1 << 53

Text: TypeAlias = Annotated[str, Meta(max_length=MAX_TEXT)]
Texts: TypeAlias = Annotated[tuple[Text, ...], Meta(max_length=MAX_TEXTS)]
Number: TypeAlias = Annotated[int, Meta(ge=-MAX_NUMBER, le=MAX_NUMBER)]
Numbers: TypeAlias = Annotated[tuple[Number, ...], Meta(max_length=1000)]
Line: TypeAlias = Annotated[int, Meta(ge=1, le=1 << 24)]
Shape: TypeAlias = Annotated[
    tuple[Annotated[int, Meta(ge=0, le=MAX_BLOB_BYTES)], ...], Meta(max_length=64)
]


def clipped(text: str) -> str:
    """Return a text as it may stand in a message: whole characters, and not too many of them."""
    return text[:MAX_TEXT].encode("utf-8", "replace").decode()


def clipped_number(number: int) -> int:
    """Return a number as it may stand in a message: the nearest one within the limits."""
    return max(-MAX_NUMBER, min(MAX_NUMBER, number))
