"""The published schema describes the documents that are written."""

from __future__ import annotations

import json
from typing import Any, get_args

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.model.anatomy import Anatomy, Feature, Grey, Layer, Maps, Stage
from grader.model.report import (
    CheckResult,
    EpochResult,
    Picture,
    Report,
    Status,
    Timing,
    Training,
    Verdict,
)
from grader.protocol import EngineName
from grader.reports.document import document
from grader.reports.schema import schema, text
from tests.conftest import ROOT
from tests.reports.samples import ATTACKING, ORDINARY

PUBLISHED = ROOT / "docs/report.schema.json"
VALIDATOR = jsonschema.Draft202012Validator(schema())

_words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_numbers = st.floats(0, 1e6)
_checks = st.builds(
    CheckResult,
    id=_words,
    status=st.sampled_from(Status),
    points=_numbers,
    max_points=_numbers,
    message=_words,
    help=_words,
)
_training = st.builds(
    Training,
    epochs=st.lists(st.builds(EpochResult, _numbers, st.none() | _numbers), max_size=3).map(tuple),
    stopped_after=st.integers(0, 50),
    cut=st.booleans(),
    engine=st.sampled_from(["", *get_args(EngineName)]),
)
_pictures = st.builds(
    Picture,
    title=_words,
    height=st.integers(0, 9),
    width=st.integers(0, 9),
    top=st.integers(0, 9),
    left=st.integers(0, 9),
    got=st.binary(max_size=9),
    expected=st.binary(max_size=9),
    differs=st.binary(max_size=9),
)
_greys = st.builds(
    Grey,
    height=st.integers(0, 9),
    width=st.integers(0, 9),
    low=_numbers,
    high=_numbers,
    values=st.binary(max_size=9),
)
_stages = st.builds(Stage, got=_greys, expected=st.none() | _greys)
_features = st.builds(
    Feature, number=st.integers(1, 9), filter=_greys, convolved=_stages, pooled=st.none() | _stages
)
_sides = st.tuples(st.integers(0, 99), st.integers(0, 99))
_maps = st.builds(
    Maps,
    digit=_greys,
    sides=st.lists(_sides, max_size=3).map(tuple),
    filters=st.integers(0, 99),
    features=st.lists(_features, max_size=2).map(tuple),
)
_layers = st.builds(
    Layer,
    class_name=_words,
    name=_words,
    settings=_words,
    shape=st.none() | st.lists(st.integers(1, 99), max_size=3).map(tuple),
    parameters=st.none() | st.integers(0, 10**9),
)
_anatomies = st.builds(
    Anatomy, layers=st.lists(_layers, max_size=2).map(tuple), maps=st.none() | _maps
)
REPORTS = st.builds(
    Report,
    submission_id=_words,
    exercise=_words,
    student=_words,
    file=_words,
    verdict=st.sampled_from(Verdict),
    score=_numbers,
    max_score=_numbers,
    checks=st.lists(_checks, max_size=3).map(tuple),
    training=_training,
    anatomy=_anatomies,
    pictures=st.lists(_pictures, max_size=2).map(tuple),
    notes=st.lists(_words, max_size=2).map(tuple),
    timing=st.builds(Timing, queued_s=_numbers, graded_s=_numbers, trained_s=_numbers),
)


def test_the_published_schema_is_current() -> None:
    """`python -m grader.reports.schema > docs/report.schema.json` would change nothing."""
    assert PUBLISHED.read_text() == text()


def test_the_schema_is_one() -> None:
    """A validator takes it for a schema."""
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("report", ORDINARY + ATTACKING)
def test_a_report_is_what_the_schema_says(report: Report) -> None:
    """Reports of every verdict validate, whatever they say."""
    VALIDATOR.validate(json.loads(document(report)))


@settings(deadline=None)
@given(report=REPORTS)
def test_any_report_is_what_the_schema_says(report: Report) -> None:
    """So does every report that can be made, and it reads as it was written."""
    written = document(report)

    VALIDATOR.validate(json.loads(written))
    assert Report.from_json(written) == report


@pytest.mark.parametrize(
    "change",
    [{"schema_version": 2}, {"verdict": "zero"}, {"score": "0"}, {"checks": {}}, {"student": None}],
)
def test_what_is_no_report_is_told(change: dict[str, Any]) -> None:
    """The schema refuses documents of another version, and other documents."""
    told = json.loads(document(ORDINARY[0])) | change

    assert not VALIDATOR.is_valid(told)


def test_a_report_of_an_older_grader_is_read() -> None:
    """What is said today and was not said then is empty."""
    document = json.loads(ORDINARY[0].to_json())
    del document["anatomy"], document["pictures"], document["exercise"]
    report = Report.from_json(json.dumps(document))

    assert (report.anatomy, report.pictures, report.exercise) == (Anatomy(), (), "")
    assert report.checks == ORDINARY[0].checks
