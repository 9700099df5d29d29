"""What stands on a page is what the reports say."""

from __future__ import annotations

import base64
import io
import itertools

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from grader.model.anatomy import Grey
from grader.model.report import Decision, Status, Verdict
from grader.model.source import Cell, SourceFacts
from grader.pages import Handed, png
from grader.pages.atlas import atlas
from grader.pages.curve import chart
from grader.pages.distribution import distribution
from grader.pages.findings import outcome, shown
from grader.pages.listing import listing
from grader.pages.maps import maps_shown, picture_shown
from grader.pages.mistakes import mistakes
from grader.pages.places import lines_in
from grader.pages.rendering import percent
from grader.pages.submission import submission_page
from tests.pages.sample import ASKED, class_, picture

CLASS = class_()
_CELLS = (Cell(2, 1, 1), Cell(5, 2, 10))


@pytest.mark.parametrize(
    ("words", "cells", "lines"),
    [
        ("The model has one (line 14).", (), (14,)),
        ("in lines 3, 14 and 17, and line 3 again", (), (3, 14, 17)),
        ("a deadline 12, lines of code, 5 lines, line x", (), ()),
        ("(cell 5 (code cell 2), line 3)", _CELLS, (12,)),
        ("cell 2, line 4 and cell 5 (code cell 2), line 1", _CELLS, (4, 10)),
        ("cell 9, line 1 and line 7", _CELLS, ()),
    ],
)
def test_places_are_read_from_words(
    words: str, cells: tuple[Cell, ...], lines: tuple[int, ...]
) -> None:
    """Lines of a file, or of a notebook's cells, as findings name them."""
    assert lines_in(words, cells) == lines


def test_lines_in_question_are_marked() -> None:
    """By the checks that failed, and not by what others say."""
    failed = msgspec.structs.replace(
        CLASS[0].report.checks[0], status=Status.FAILED, message="no (line 2)", help="see line 99"
    )
    passed = msgspec.structs.replace(failed, id="other", status=Status.PASSED)
    [block] = (laid := listing(SourceFacts(text="a\nb\nc\n"), (failed, passed))).blocks

    assert [line.marks for line in block.lines] == [(), (failed.id,), ()]
    assert laid.places == {failed.id: (2,)}
    assert laid.left_out == 0


def test_cells_are_numbered_as_in_the_notebook() -> None:
    """Each from line 1 on."""
    facts = SourceFacts(text="a\nb\nc\nd", cells=(Cell(2, 1, 1), Cell(5, 2, 3)))
    blocks = listing(facts, ()).blocks

    assert [(block.cell, [line.number for line in block.lines]) for block in blocks] == [
        (2, [1, 2]),
        (5, [1, 2]),
    ]


_curves = st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=120)


@given(_curves, st.lists(_curves, max_size=4), st.none() | st.floats(0.01, 1))
def test_curves_stay_in_their_picture(
    own: list[float], others: list[list[float]], target: float | None
) -> None:
    """Whatever numbers a record holds."""
    drawn = chart(own, others, target, (330, 270))
    points = [pair.split(",") for line in (drawn.own, *drawn.others) for pair in line.split()]

    assert all(drawn.left <= float(x) <= drawn.right for x, _ in points)
    assert all(drawn.top - 1 <= float(y) <= drawn.bottom + 1 for _, y in points)
    places = sorted(tick.at for tick in [*drawn.levels, *([drawn.target] if drawn.target else [])])
    assert all(b - a >= 14 for a, b in itertools.pairwise(places))


def test_what_is_better_stands_higher() -> None:
    """And from 90 % to 99 % it is as far as from 99 % to 99.9 %."""
    drawn = chart([0.9, 0.99, 0.999], [], 0.99, (600, 300))
    first, second, third = (y for _, y in drawn.dots)

    assert first > second > third
    assert first - second == pytest.approx(second - third, abs=0.2)
    assert drawn.target is not None
    assert drawn.target.at == second
    assert drawn.end == drawn.dots[-1]


def test_pictures_are_png_of_their_size() -> None:
    """Grey values as they are; a document that says too few of them is drawn all the same."""
    address = png.grey(2, 3, bytes([0, 50, 100, 150, 200]))
    image = Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2])))

    assert (image.size, image.format) == ((3, 2), "PNG")
    assert [image.getpixel((x, y)) for y in range(2) for x in range(3)] == [0, 50, 100, 150, 200, 0]


def test_signs_are_told_by_colour() -> None:
    """Blue below zero, orange above, and nearly white at zero, on a scale of its own."""
    plane = Grey(height=1, width=3, low=-1.0, high=1.0, values=bytes([0, 128, 255]))
    image = Image.open(io.BytesIO(base64.b64decode(png.signed(plane).partition(",")[2])))
    below, zero, above = np.asarray(image.convert("RGB"))[0]

    assert below[2] > 150 > below[0]
    assert above[0] > 150 > above[2]
    assert zero.min() > 235


def test_the_difference_is_shown_where_there_is_one() -> None:
    """The reference's picture stands beside the student's in any case."""
    same, other = (maps_shown(CLASS[n].report.anatomy.maps) for n in (0, 5))  # type: ignore[arg-type]

    assert same.is_as_expected
    assert all(each.convolved.got == each.convolved.expected for each in same.features)
    assert not other.is_as_expected
    assert all(each.pooled and each.pooled.difference for each in other.features)


def test_wrong_values_of_a_picture_are_counted() -> None:
    """Three columns of 48 rows."""
    drawn = picture_shown(picture())

    assert (drawn.wrong, drawn.values, drawn.place) == (3 * 48, 48 * 64, "")
    assert drawn.compared.difference is not None


def test_what_a_human_decided_counts() -> None:
    """In the verdict, in the points and in the spread; and it is said."""
    reviewed = CLASS[11]
    decision = Decision(
        verdict=Verdict.PASSED,
        score=80.0,
        reason="it is fine",
        by="Ms Noether",
        at_s=0.0,
        machine_verdict=Verdict.NEEDS_REVIEW,
        machine_score=5.0,
    )
    decided = Handed(reviewed.entry, b"", reviewed.report.decided(decision))
    before, after = outcome(reviewed), outcome(decided)
    page = submission_page(decided, ASKED, SourceFacts())

    assert (before.words, before.points, before.is_decided) == ("Needs a human review", "", False)
    assert (after.words, after.points, after.is_decided) == ("Passed", "80 of 100 points", True)
    assert distribution([decided]).bins[8].passed == 1
    assert "it is fine" in page


def test_what_costs_most_is_mended_first() -> None:
    """Checks that failed stand in the order of the points they cost."""
    checks = CLASS[3].report.checks
    costs = [check.max_points for check in shown(checks, Status.FAILED, {}, {})]

    assert costs == ["20", "10"]


def test_points_are_counted_in_tenths() -> None:
    """All points are in the last tenth, and only grades are counted."""
    spread = distribution(CLASS)

    assert sum(each.count for each in spread.bins) == spread.graded == 12
    assert spread.bins[9].count == 9
    assert spread.bins[9].passed == 8
    assert dict(spread.verdicts)[Verdict.NEEDS_REVIEW] == 1
    assert distribution([]).quartiles is None


def test_mistakes_that_differ_in_places_are_one() -> None:
    """Lines and numbers are each submission's own."""

    def says(message: str) -> Handed:
        check = msgspec.structs.replace(
            CLASS[0].report.checks[0], status=Status.FAILED, message=message
        )
        report = msgspec.structs.replace(CLASS[0].report, checks=(check,))
        return Handed(CLASS[0].entry, b"", report)

    [mistake] = mistakes(
        [says("2 layers (line 3)"), says("3 layers (lines 4 and 5)"), says("none")], ASKED
    )

    assert mistake.count == 3
    assert [(each.text, each.count) for each in mistake.wordings] == [("2 layers", 2), ("none", 1)]


def test_who_shares_a_training_stands_together() -> None:
    """The same layers and the same digits; the fastest first, those that never got there last."""
    trainings = atlas(CLASS, 0.998)
    shared = [[each.entry.student for each in training.shared_by] for training in trainings]

    assert ["Ada Lovelace", "Frances Allen"] in shared
    assert trainings[0].model == "Conv2D 96, MaxPool, Flatten, Dense 100, Dense 10"
    places = [training.reached for training in trainings if training.reached]
    assert places == sorted(places)
    assert trainings[-1].reached is None
    assert trainings[-1].cut


def test_a_percentage_never_rounds_up() -> None:
    """What is short of the target does not look like it."""
    assert [str(percent(share)) for share in (0.998, 0.99799, 0.99999, 1.0, 0.29)] == [
        "99.8&nbsp;%",
        "99.79&nbsp;%",
        "99.99&nbsp;%",
        "100&nbsp;%",
        "29&nbsp;%",
    ]


def test_a_page_is_read_by_those_who_cannot_see_it() -> None:
    """Every picture has words, every table heads, and headings leave no level out."""
    page = submission_page(CLASS[5], ASKED, SourceFacts(text="x = 1"), [(0.9, 0.99)])

    assert page.count("<img ") == page.count(' alt="')
    assert 'lang="en"' in page
    assert page.count("<h1>") == 1
    assert "others of the class" in page
    assert "Ada" not in page
