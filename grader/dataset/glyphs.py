"""How the ten digits are written: each in a few ways, each way as a few strokes.

A stroke is a smooth curve through control points, written in thousandths, x to the right, y down.
A glyph is compiled once into matrices that take its control points, however they have been moved,
to the places where ink is laid: a thousand different samples of it are one matrix product.
Control points that coincide are one point, so strokes that touch still touch after being moved.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]
Stroke = tuple[Point, ...]
Floats = NDArray[np.float64]

INK_POINTS = 88  # per glyph: about one for every 0.7 pixels of the longest


@dataclass(frozen=True)
class Glyph:
    """One way to write a digit, ready to be moved and drawn."""

    control: Floats  # (points, 2)
    ink: Floats  # (INK_POINTS, points): where ink is laid
    step: Floats  # (INK_POINTS, points): from the start to the end of each piece of stroke


GLYPHS: tuple[tuple[str, ...], ...] = (
    (  # 0: round, narrow, and closed with an overlap
        "500,20 733,161 830,500 733,839 500,980 267,839 170,500 267,161 500,20",
        "500,20 656,161 720,500 656,839 500,980 344,839 280,500 344,161 500,20",
        "603,88 364,110 212,391 242,754 435,969 669,900 797,590 736,236 526,62",
    ),
    (  # 1: a bar, a bar with a flag, and one with a foot
        "500,20 500,350 500,650 500,980",
        "340,220 520,20 / 520,20 520,500 520,980",
        "320,200 500,20 / 500,20 500,500 500,960 / 280,960 500,960 720,960",
    ),
    (  # 2: with a straight foot, with a loop, and angular
        "200,250 320,60 550,20 750,160 740,400 500,700 180,960 / 180,960 500,950 840,940",
        "220,200 420,30 680,100 720,350 520,680 280,940 150,880 260,760 500,860 680,970 880,900",
        "200,120 450,20 720,120 660,420 200,920 / 200,920 800,960",
    ),
    (  # 3: round, with a flat top, and with a small loop at the waist
        "220,140 450,20 700,120 680,360 420,470 / 420,470 720,550 780,780 550,970 200,880",
        "220,50 500,40 760,40 / 760,40 580,240 420,430 / 420,430 700,480 780,720 560,960 200,880",
        "240,120 500,20 700,180 550,420 380,500 420,420 680,520 740,780 480,970 180,840",
    ),
    (  # 4: open, closed, and open with a round corner
        "260,60 200,320 180,540 / 180,540 500,540 820,500 / 680,40 660,500 620,980",
        "620,20 380,340 140,660 / 140,660 500,660 860,640 / 620,20 620,500 620,980",
        "240,40 180,360 260,540 480,540 720,420 / 760,40 720,420 640,980",
    ),
    (  # 5: with a bar, in one sweep, and with a flat belly
        (
            "320,60 540,50 800,40 / 320,60 290,240 260,440 / 260,440 520,380 760,560 700,860 "
            "440,970 180,870"
        ),
        "780,40 480,60 300,200 360,400 620,540 720,760 500,960 200,900",
        "300,50 760,20 / 300,50 280,460 / 280,460 600,440 740,660 600,920 220,960",
    ),
    (  # 6: a wide curve, a straight back, and a tight loop
        "680,50 420,200 260,500 280,820 500,970 720,840 700,620 500,540 300,660",
        "520,20 380,300 280,600 320,880 540,960 740,800 620,600 420,620 300,760",
        "420,20 280,350 270,700 400,940 640,940 680,760 500,680 320,800",
    ),
    (  # 7: plain, with a hook, with a bar, and bent
        "180,60 500,60 800,50 / 800,50 600,500 420,980",
        "200,200 220,70 / 220,70 500,80 800,50 / 800,50 620,480 500,980",
        "200,70 500,60 780,50 / 780,50 600,500 400,980 / 360,520 600,500 800,480",
        "200,120 480,40 740,100 700,320 580,640 540,980",
    ),
    (  # 8: two rings, one figure, and one left open at the top
        (
            "500,490 344,423 280,260 344,97 500,30 656,97 720,260 656,423 500,490 / 500,490 "
            "691,560 770,730 691,900 500,970 309,900 230,730 309,560 500,490"
        ),
        "660,140 460,20 280,180 440,420 680,660 660,900 440,970 260,820 400,580 640,360 660,140",
        "720,80 460,20 280,160 400,380 640,620 660,880 460,980 300,840 400,600 620,380 740,200",
    ),
    (  # 9: a ring and a stem, a ring and a tail, and one sweep
        (
            "720,280 650,103 480,30 310,103 240,280 310,457 480,530 650,457 720,280 / 720,280 "
            "700,600 660,980"
        ),
        (
            "730,280 657,103 480,30 303,103 230,280 303,457 480,530 657,457 730,280 / 730,280 "
            "720,600 580,900 300,960"
        ),
        "700,140 460,20 240,220 340,460 600,380 720,140 680,460 560,740 420,980",
    ),
)


@cache
def compiled() -> tuple[tuple[Glyph, ...], ...]:
    """Return the glyphs of each digit, ready to be drawn."""
    return tuple(tuple(compile_glyph(text) for text in variants) for variants in GLYPHS)


def compile_glyph(text: str) -> Glyph:
    """Lay a glyph's ink points along its strokes at even distances."""
    strokes = _strokes(text)
    unique = list(dict.fromkeys(point for stroke in strokes for point in stroke))
    control = np.array(unique)
    lengths = [_length(_curve(stroke, unique, 200) @ control) for stroke in strokes]
    shares = np.cumsum([0.0, *lengths]) / sum(lengths) * INK_POINTS
    pieces = np.diff(np.round(shares).astype(int))
    ink, step = [], []
    for stroke, count in zip(strokes, pieces, strict=True):
        edges = _even(stroke, unique, 2 * int(count))
        ink.append(edges[1::2])
        step.append(edges[2::2] - edges[:-2:2])
    return Glyph(control, np.concatenate(ink), np.concatenate(step))


def _strokes(text: str) -> list[Stroke]:
    """Return the strokes of a glyph written as `x,y x,y / x,y x,y`, in thousandths."""
    return [
        tuple((int(x) / 1000, int(y) / 1000) for x, y in (p.split(",") for p in stroke.split()))
        for stroke in text.split("/")
    ]


def _even(stroke: Stroke, unique: list[Point], pieces: int) -> Floats:
    """Return the matrix of a stroke's points at even distances along it."""
    fine = _curve(stroke, unique, 400)
    steps = np.linalg.norm(np.diff(fine @ np.array(unique), axis=0), axis=1)
    travelled = np.concatenate([[0.0], np.cumsum(steps)])
    wanted = np.linspace(0.0, travelled[-1], pieces + 1)
    nearest = np.searchsorted(travelled, wanted).clip(0, len(fine) - 1)
    even: Floats = fine[nearest]
    return even


def _curve(stroke: Stroke, unique: list[Point], pieces: int) -> Floats:
    """Return the matrix that takes control points to a Catmull-Rom curve through the stroke's."""
    matrix = np.zeros((pieces + 1, len(unique)))
    last = len(stroke) - 1
    for row, position in enumerate(np.linspace(0.0, last, pieces + 1)):
        leg = min(int(position), last - 1)
        for offset, weight in zip((-1, 0, 1, 2), _weights(position - leg), strict=True):
            point = stroke[min(max(leg + offset, 0), last)]
            matrix[row, unique.index(point)] += weight
    return matrix


def _weights(t: float) -> tuple[float, float, float, float]:
    """Return the Catmull-Rom weights of four neighbours at `t` between the middle two."""
    return (
        (-(t**3) + 2 * t**2 - t) / 2,
        (3 * t**3 - 5 * t**2 + 2) / 2,
        (-3 * t**3 + 4 * t**2 + t) / 2,
        (t**3 - t**2) / 2,
    )


def _length(points: Floats) -> float:
    return float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum())
