"""The page on a class, for whoever teaches it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from grader.pages.atlas import atlas
from grader.pages.curve import chart
from grader.pages.distribution import distribution
from grader.pages.findings import outcome
from grader.pages.handed import Asked, Handed
from grader.pages.mistakes import mistakes
from grader.pages.rendering import rendered
from grader.pages.twins import twins
from grader.preflight import Outline

_WIDE, _NARROW = (880, 320), (330, 270)


def class_page(
    class_: Sequence[tuple[Handed, Outline]], asked: Asked, given: Collection[Outline] = ()
) -> str:
    """Return the page on all submissions to one exercise.

    Args:
        class_: Submissions with the outlines of their programs.
        asked: What the exercise asks for.
        given: Outlines of code that everybody was given, which makes nobody a copyist.
    """
    handed = sorted((each for each, _ in class_), key=lambda each: each.entry.student.casefold())
    trainings = atlas(handed, asked.target)
    curves = [training.accuracies for training in trainings]
    return rendered(
        "class.html",
        asked=asked,
        rows=[(each, outcome(each)) for each in handed],
        students=len({each.entry.student for each in handed}),
        spread=distribution(handed),
        mistakes=mistakes(handed, asked),
        trainings=trainings,
        charts={
            name: chart((), curves, asked.target, size) if curves else None
            for name, size in (("wide", _WIDE), ("narrow", _NARROW))
        },
        pairs=twins(class_, given),
    )
