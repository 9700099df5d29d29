"""Who has the same program under other names is named, and who has the usual one is not."""

from __future__ import annotations

import random
from collections.abc import Iterator

import msgspec
import pytest

from grader.pages import Handed
from grader.pages.twins import twins
from grader.preflight import Outline, Reader
from tests.conftest import ROOT
from tests.pages.sample import class_, renamed

_SAMPLES = ROOT / "submissions"
_ANY = class_()[0]


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    """Return a reader."""
    reader = Reader()
    yield reader
    reader.close()


def handed(student: str, source: bytes, reader: Reader) -> tuple[Handed, Outline]:
    """Return a submission of a student, with its outline."""
    entry = msgspec.structs.replace(_ANY.entry, student=student, id=student)
    return Handed(entry, source, _ANY.report), reader.read_outlined(source, "solution.py")[1]


def names(
    pairs: list[tuple[Handed, Outline]], given: list[Outline] | None = None
) -> list[set[str]]:
    """Return who is found to have the same program."""
    found = twins(pairs, given or [])
    return [{pair.first.entry.student, pair.second.entry.student} for pair in found]


def samples(exercise: str, reader: Reader) -> list[tuple[Handed, Outline]]:
    """Return the samples of an exercise, each by a student of its own."""
    paths = sorted((_SAMPLES / exercise).glob("*/*/solution.py"))
    return [handed(path.parent.name, path.read_bytes(), reader) for path in paths]


def source(name: str) -> bytes:
    """Return a sample."""
    return (_SAMPLES / f"mnist-conv/{name}/solution.py").read_bytes()


@pytest.mark.parametrize("exercise", ["mnist-conv", "mnist-callback", "c1w3"])
def test_a_lesson_that_all_have_read_accuses_nobody(exercise: str, reader: Reader) -> None:
    """The samples are variations of a lesson's program, with a mistake each."""
    class_ = samples(exercise, reader)

    assert len(class_) > 20
    assert names(class_) == []


@pytest.mark.parametrize("size", [2, 6, 12, 40])
@pytest.mark.parametrize(
    "name", ["correct/tf_data_pipeline", "correct/main_guard", "correct/learning_rate_scheduler"]
)
def test_a_copy_under_other_names_is_found(size: int, name: str, reader: Reader) -> None:
    """In a small class and a large one, and nobody else is named."""
    others = samples("mnist-conv", reader)
    original = handed("original", source(name), reader)
    copy = handed("copy", renamed(source(name)), reader)
    chosen = random.Random(5).sample(others, size - 2)  # noqa: S311 - not a secret
    chosen = [each for each in chosen if each[0].source != original[0].source]

    assert names([*chosen, original, copy]) == [{"original", "copy"}]


def test_a_copy_among_four_is_found_four_times(reader: Reader) -> None:
    """Who copied from whom is not for us to say."""
    others = samples("mnist-conv", reader)[:20]
    text = source("correct/main_guard")
    copies = [handed(f"copy {n}", text, reader) for n in range(4)]

    assert len(names([*others, *copies])) == 6


def test_a_template_accuses_nobody(reader: Reader) -> None:
    """Where all of a class, or half of it, has filled in the same file, it weighs nothing."""
    template = source("correct/main_guard")
    filled = [
        handed(f"student {n}", template + f"\nown_{n} = {n} * 3\n".encode(), reader)
        for n in range(10)
    ]
    others = samples("mnist-conv", reader)[:8]

    assert names(filled) == []
    assert names([*filled, *others]) == []


def test_code_that_was_given_accuses_nobody(reader: Reader) -> None:
    """Even in a class so small that nothing in it is usual."""
    template = source("correct/main_guard")
    two = [handed(name, template, reader) for name in ("one", "other")]

    assert names(two) == [{"one", "other"}]
    assert names(two, [two[0][1]]) == []


def test_a_student_is_no_twin_of_their_own(reader: Reader) -> None:
    """Who hands in twice has the same program, of course."""
    text = source("correct/main_guard")

    assert names([handed("one", text, reader), handed("one", text, reader)]) == []


def test_programs_without_statements_are_no_twins(reader: Reader) -> None:
    """Two files that cannot be read are not the same program."""
    assert names([handed(name, b"x = (", reader) for name in ("one", "other")]) == []
