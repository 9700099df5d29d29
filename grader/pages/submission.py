"""The page that a student gets back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from grader.model.report import Status
from grader.model.source import SourceFacts
from grader.pages.atlas import parameters_of, reached
from grader.pages.curve import chart
from grader.pages.findings import outcome, shown
from grader.pages.handed import Asked, Handed
from grader.pages.listing import listing
from grader.pages.maps import maps_shown, picture_shown
from grader.pages.rendering import rendered

_WIDE, _NARROW = (680, 320), (330, 270)
_MOST_PICTURES = 20


def submission_page(
    handed: Handed, asked: Asked, facts: SourceFacts, others: Iterable[Sequence[float]] = ()
) -> str:
    """Return the page on one submission.

    Args:
        handed: The submission.
        asked: What its exercise asks for.
        facts: What its file says.
        others: The accuracies of others of the class, epoch after epoch; nobody is named.
    """
    report = handed.report
    laid_out = listing(facts, report.checks)
    curves = [*others]
    own = handed.accuracies
    groups = {
        status.value: shown(report.checks, status, asked.checks, laid_out.places)
        for status in Status
    }
    anatomy = report.anatomy
    return rendered(
        "submission.html",
        asked=asked,
        handed=handed,
        report=report,
        outcome=outcome(handed),
        handed_in=moment(handed.entry.handed_in_at_s),
        checks=groups,
        charts={
            name: chart(own, curves, asked.target, size) if own else None
            for name, size in (("wide", _WIDE), ("narrow", _NARROW))
        },
        others=len(curves),
        epochs=report.training.epochs,
        reached=reached(own, asked.target),
        maps=maps_shown(anatomy.maps) if anatomy.maps else None,
        layers=anatomy.layers,
        parameters=parameters_of(anatomy.layers),
        pictures=[picture_shown(each) for each in report.pictures[:_MOST_PICTURES]],
        listing=laid_out,
        places={place: facts.place(place) for found in laid_out.places.values() for place in found},
    )


def moment(seconds: float) -> str:
    """Return a time as this machine's clock shows it."""
    return f"{datetime.fromtimestamp(seconds).astimezone():%Y-%m-%d %H:%M}"
