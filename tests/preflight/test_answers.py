"""Whatever a file of answers holds, reading it gives facts in time, and never an exception."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.model.source import SourceFacts
from grader.preflight import Reader
from grader.preflight.answers import MAX_ANSWERS_BYTES, Answers, read_answers
from tests.redteam.mutation import JSON, effort, spoiled

GOOD = b'# mine\nfirst = "b"\nsecond = [26, 26]\n\n[more]\nthird = 1.5\n'
GOOD_JSON = b'{"first": "b", "second": [26, 26], "answers": {"third": null, "fourth": true}}'
NAMES = st.sampled_from(["answers.toml", "answers.json", "answers", "ANSWERS.TXT"])
# Far more than any file takes on an idle machine.
_MOST_S = 3.0


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    """A process that reads, closed afterwards."""
    made = Reader()
    yield made
    made.close()


def require_sound(facts: SourceFacts, answers: Answers) -> None:
    """See that facts can be sent, stored and shown."""
    texts = [facts.text, facts.problem or "", *answers.given, *answers.given.values()]

    assert all(text.encode() is not None for text in texts)
    assert all(len(name) <= 100 for name in answers.given)
    assert all(len(text) <= 310 for text in answers.given.values())
    assert len(answers.given) <= 200
    assert not (facts.problem and answers.given)
    assert {*answers.doubled, *facts.defined} <= {*answers.given}


@effort
@given(source=st.binary(max_size=2000), name=NAMES)
def test_any_bytes_are_read(source: bytes, name: str) -> None:
    """Facts come of them, and at worst a problem."""
    require_sound(*read_answers(source, name))


@effort
@given(source=spoiled(GOOD, GOOD_JSON), name=NAMES)
def test_a_spoiled_file_is_read_in_time(source: bytes, name: str) -> None:
    """What began as answers is at worst a problem, too."""
    began_s = time.process_time()
    require_sound(*read_answers(source, name))

    assert time.process_time() - began_s < _MOST_S


@effort
@given(document=JSON)
def test_any_json_is_read(document: object) -> None:
    """Numbers of thousands of digits and tables in tables among it."""
    try:
        source = json.dumps(document).encode()
    except ValueError:
        # Python refuses to write what it refuses to read.
        return
    require_sound(*read_answers(source, "answers.json"))


@pytest.mark.parametrize(
    ("name", "source", "given"),
    [
        ("a.toml", 'one = "b"\ntwo = 26', {"one": "b", "two": "26"}),
        ("a.toml", "one = [26, 26.0]", {"one": "26, 26.0"}),
        ("a.toml", "one = [[26, 26]]", {"one": "{...}"}),
        ("a.toml", 'one = {a = "b"}', {"one": "{...}"}),
        ("a.toml", "one = true\ntwo = 1979-05-27", {"one": "true", "two": "1979-05-27"}),
        ("a.toml", '[answers]\none = "b"', {"one": "b"}),
        ("a.toml", 'name = "Ada"\n[answers]\none = "b"', {"name": "Ada", "one": "b"}),
        ("a.toml", 'answers.one = "b"', {"one": "b"}),
        ("a.toml", '{"one": "b"}', {"one": "b"}),
        ("a.txt", '[answers]\none = "b"', {"one": "b"}),
        ("a.toml", "\ufeffone = “b”\r\n“two” = „c“\r\n", {"one": "b", "two": "c"}),
        ("a.toml", 'one = "a “b” c"', {"one": "a “b” c"}),
        ("a.json", '{"one": null, "two": ["b"]}', {"one": "", "two": "b"}),
        ("a.json", '{"one": "\\ud800"}', {"one": "?"}),
        ("a.json", '{"one": 1' + "0" * 50 + "}", {"one": "a number of many digits"}),
        ("A.JSON", '  {"answers": {"one": "b"}}', {"one": "b"}),
    ],
)
def test_answers_are_read_however_they_are_written(
    name: str, source: str, given: dict[str, str]
) -> None:
    """TOML, JSON, tables around, numbers, lists and round quotes."""
    facts, answers = read_answers(source.encode(), name)

    assert facts.problem is None
    assert answers.given == given


def test_lines_are_known() -> None:
    """Where an answer stands is told in either form."""
    facts, _ = read_answers(b'# mine\n\none = "b"\n  "two" : 1 = 3\n', "a.toml")

    assert facts.defined == {}

    facts, _ = read_answers(b'# mine\n\none = "b"\n"two" = 3\n', "a.toml")

    assert facts.defined == {"one": 3, "two": 4}

    facts, _ = read_answers(b'{\n  "one": "b",\n  "two": 3}', "a.json")

    assert facts.defined == {"one": 2, "two": 3}


@pytest.mark.parametrize(
    ("name", "source", "problem", "line"),
    [
        ("a.toml", b"", "The file is empty", None),
        ("a.toml", b" \r\n\t\0", "The file is empty", None),
        ("a.toml", b"one = b", "not valid TOML: invalid value", 1),
        ("a.toml", b'x = "b"\none', "not valid TOML: expected", 2),
        ("a.toml", b'one = "a"\none = "b"', "A question is answered twice", 2),
        ("a.toml", b'answers = {one = "a", one = "b"}', "A question is answered twice", 1),
        ("a.json", b'{"one": "b"\n"two": 1}', "not valid JSON: expecting ',' delimiter", 2),
        ("a.json", b'["b"]', "holds a list", None),
        ("a.json", b'"b"', "holds a list", None),
        ("a.json", b'{"nbformat": 4, "cells": []}', "is a notebook", None),
        ("a.toml", b"\xff\xfeo", "not text in UTF-8", None),
        ("a.toml", "one = 'ä'".encode("latin-1"), "not text in UTF-8", None),
        ("a.toml", b"%PDF-1.7", "is a PDF document", None),
        ("a.toml", b"import os\none = 'b'", "is a program", None),
        ("a.toml", b"a" * (MAX_ANSWERS_BYTES + 1), "larger than 16 KiB", None),
        ("a.toml", b"one = " + b"[" * 9000, "more than answers need", None),
        ("a.json", b'{"one": ' + b"[" * 9000, "more than answers need", None),
        ("a.toml", b"one = " + b"9" * 9000, "more than answers need", None),
        ("a.toml", b".".join([b"a"] * 8000) + b" = 1", "more than answers need", None),
        ("a.toml", b"".join(b"q%d = 1\n" % n for n in range(201)), "more than 200 answers", None),
    ],
)
def test_what_is_wrong_with_a_file_is_said(
    name: str, source: bytes, problem: str, line: int | None
) -> None:
    """With the line, where there is one, and soon."""
    began_s = time.process_time()
    facts, answers = read_answers(source, name)

    assert facts.problem
    assert problem in facts.problem
    assert facts.problem_line == line
    assert answers.given == {}
    assert time.process_time() - began_s < _MOST_S


def test_names_that_stand_twice_are_told() -> None:
    """JSON keeps the last of them, and so do we, but not silently."""
    facts, answers = read_answers(
        b'{"one": "a", "two": "c", "one": "b", "answers": {"two": "d"}}', "a.json"
    )

    assert facts.problem is None
    assert answers.given == {"one": "b", "two": "d"}
    assert answers.doubled == ("one", "two")


@pytest.mark.parametrize("source", [GOOD, GOOD_JSON, b"", b"one = b", b'{"one": "\\ud800"}'])
def test_a_reader_says_what_reading_says(reader: Reader, source: bytes) -> None:
    """Nothing is lost on the way from the process to the worker."""
    assert reader.read_answers(source, "answers") == read_answers(source, "answers")


def test_programs_and_answers_are_read_by_one_reader(reader: Reader) -> None:
    """Each is asked for by itself."""
    assert reader.read(b"def f(): pass", ("f",), "a.py").defined == {"f": 1}
    assert reader.read_answers(b'f = "b"', "a.toml")[1].given == {"f": "b"}
