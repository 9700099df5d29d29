"""Pictures of what convolution and pooling do, and of what a function made of a picture."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from grader.model.anatomy import Feature, Grey, Maps, Stage
from grader.model.report import Picture
from grader.pages import png


@dataclass(frozen=True)
class Compared:
    """The student's picture, the reference's and the difference; without one where there is none.

    `width` and `height` are in pixels of the picture.
    """

    width: int
    height: int
    got: Markup
    expected: Markup
    difference: Markup | None


@dataclass(frozen=True)
class FeatureShown:
    """A filter and what it makes of the digit; `low` and `high` are its weights."""

    number: int
    filter: Markup
    low: float
    high: float
    convolved: Compared
    pooled: Compared | None


@dataclass(frozen=True)
class MapsShown:
    """The digit, the way through the layers in sides of pictures, and some features."""

    digit: Markup
    sides: tuple[str, ...]
    filters: int
    features: tuple[FeatureShown, ...]

    @property
    def is_as_expected(self) -> bool:
        """Whether the reference agrees with all that is shown."""
        stages = [stage for each in self.features for stage in (each.convolved, each.pooled)]
        return all(stage.difference is None for stage in stages if stage)


@dataclass(frozen=True)
class PictureShown:
    """What a function made of a picture, and how many of its values are not the reference's."""

    title: str
    place: str
    compared: Compared
    wrong: int
    values: int


def maps_shown(maps: Maps) -> MapsShown:
    """Draw maps."""
    return MapsShown(
        digit=png.grey(maps.digit.height, maps.digit.width, maps.digit.values),
        sides=tuple(f"{height} x {width}" for height, width in maps.sides),
        filters=maps.filters,
        features=tuple(map(_feature, maps.features)),
    )


def picture_shown(picture: Picture) -> PictureShown:
    """Draw a picture of a report."""
    height, width = picture.height, picture.width
    wrong = sum(value > 0 for value in picture.differs)
    is_part = picture.top or picture.left
    return PictureShown(
        title=picture.title,
        place=f"from row {picture.top} and column {picture.left}" if is_part else "",
        compared=Compared(
            width=width,
            height=height,
            got=png.grey(height, width, picture.got),
            expected=png.grey(height, width, picture.expected),
            difference=png.marked(height, width, picture.differs) if wrong else None,
        ),
        wrong=wrong,
        values=height * width,
    )


def _feature(feature: Feature) -> FeatureShown:
    return FeatureShown(
        number=feature.number,
        filter=png.signed(feature.filter),
        low=feature.filter.low,
        high=feature.filter.high,
        convolved=_compared(feature.convolved),
        pooled=_compared(feature.pooled) if feature.pooled else None,
    )


def _compared(stage: Stage) -> Compared:
    got = png.grey(stage.got.height, stage.got.width, stage.got.values)
    expected, difference = got, None
    if stage.expected is not None:
        expected = png.grey(stage.expected.height, stage.expected.width, stage.expected.values)
        difference = png.marked(*_apart(stage.got, stage.expected))
    return Compared(stage.got.width, stage.got.height, got, expected, difference)


def _apart(one: Grey, other: Grey) -> tuple[int, int, bytes]:
    """Return how far two planes of the same scale are apart, step by step."""
    steps = (abs(a - b) for a, b in zip(one.values, other.values, strict=False))
    return one.height, one.width, bytes(steps)
