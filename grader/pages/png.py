"""Grey values as PNGs that stand in a page, as addresses that begin with `data:`."""

from __future__ import annotations

import base64
import io

from markupsafe import Markup
from PIL import Image

from grader.model.anatomy import Grey

_STEPS = 256
# Blue below zero, white at zero, orange above: told apart by whoever sees two colours at all.
_BELOW, _ZERO, _ABOVE = (33, 102, 172), (247, 247, 247), (200, 92, 8)
_LONGEST_SIDE = 512


def grey(height: int, width: int, values: bytes) -> Markup:
    """Draw grey values, row by row; what is missing of them is black."""
    return _address(Image.frombytes("L", *_sized(height, width, values)))


def signed(plane: Grey) -> Markup:
    """Draw numbers around zero: the further from it, the more colour."""
    largest = max(abs(plane.low), abs(plane.high)) or 1.0
    image = Image.frombytes("P", *_sized(plane.height, plane.width, plane.values))
    palette = bytearray()
    for step in range(_STEPS):
        value = plane.low + step / (_STEPS - 1) * (plane.high - plane.low)
        palette += _mixed(_ABOVE if value > 0 else _BELOW, min(1.0, abs(value) / largest))
    image.putpalette(bytes(palette))
    return _address(image)


def marked(height: int, width: int, values: bytes) -> Markup:
    """Draw how far two pictures are apart: white where they are not."""
    image = Image.frombytes("P", *_sized(height, width, values))
    # The square root makes small differences visible.
    shares = ((step / (_STEPS - 1)) ** 0.5 for step in range(_STEPS))
    image.putpalette(bytes(part for share in shares for part in _mixed(_ABOVE, share)))
    return _address(image)


def _mixed(colour: tuple[int, int, int], share: float) -> bytes:
    return bytes(
        round(zero + share * (full - zero)) for zero, full in zip(_ZERO, colour, strict=True)
    )


def _sized(height: int, width: int, values: bytes) -> tuple[tuple[int, int], bytes]:
    """Return width and height, and as many values as they say; a report is only a document."""
    width = max(1, min(width, _LONGEST_SIDE))
    height = max(1, min(height, _LONGEST_SIDE))
    return (width, height), values[: width * height].ljust(width * height, b"\0")


def _address(image: Image.Image) -> Markup:
    content = io.BytesIO()
    image.save(content, "PNG", optimize=True)
    encoded = base64.b64encode(content.getvalue()).decode()
    return Markup(f"data:image/png;base64,{encoded}")  # noqa: S704 - letters and digits
