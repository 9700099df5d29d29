"""A rubric is an instructor's file: what is wrong in it is said, never guessed around."""

from __future__ import annotations

from pathlib import Path

import pytest

import grader.exercises
from grader.errors import SettingsError
from grader.exercises import load_exercise

OWN = Path(grader.exercises.__file__).parent / "mnist_conv" / "exercise.toml"


def test_the_default_points_are_the_asked_ones() -> None:
    """Ids, order, points and gates are those of the exercise."""
    rubric = load_exercise("mnist-conv").rubric

    assert {check.id: check.points for check in rubric.checks} == {
        "interface": 5,
        "data": 5,
        "one_conv": 15,
        "one_pool": 15,
        "reaches_target": 20,
        "within_epochs": 10,
        "stops_on_target": 10,
        "conv_output": 5,
        "pool_output": 5,
        "returns_history": 10,
    }
    assert rubric.max_score == 100
    assert [check.id for check in rubric.checks if check.gate] == ["data", "one_conv", "one_pool"]
    assert all(check.required for check in rubric.checks)


def test_every_check_says_what_holds() -> None:
    """A check's docstring is one sentence for the reader of the documentation."""
    for check in load_exercise("mnist-conv").checks.values():
        assert check.__doc__
        assert check.__doc__.strip().endswith(".")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("points = 20", 'points = "many"', "points"),
        ("points = 20", "points = -1", "from 0 to"),
        ("points = 20", "points = inf", "from 0 to"),
        ("points = 20", "points = nan", "from 0 to"),
        ("accuracy = 0.998", "accuracy = 99.8", "at most 1"),
        ("max_epochs = 20", "max_epochs = 0", "1 to 100"),
        ("min_images = 50000", "min_images = 70000", "60000"),
        ('id = "data"', 'id = "interface"', "once"),
        ('id = "data"', 'id = "elegance"', "elegance"),
        ("points = 5\ngate = true", "points = 5\ngates = true", "gates"),
        ('exercise = "mnist-conv"', 'exercise = "quiz"', "quiz"),
        ("[target]", "[target", "rubric"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    """Each mistake in a copy of the rubric is an error that names it."""
    text = OWN.read_text()

    assert old in text

    copy = tmp_path / "rubric.toml"
    copy.write_text(text.replace(old, new, 1))
    with pytest.raises(SettingsError, match=words):
        load_exercise("mnist-conv", copy)


@pytest.mark.parametrize("name", ["nothing", "../mnist_conv", "", "mnist conv"])
def test_an_exercise_that_does_not_exist_is_named(name: str) -> None:
    """A name is looked up among the folders and nowhere else."""
    with pytest.raises(SettingsError):
        load_exercise(name)


@pytest.mark.parametrize(
    "text", [b"exercise = '\xe9'", b"a = " + b"[" * 100_000, b"a = " + b"9" * 5000]
)
def test_what_is_no_toml_is_said(tmp_path: Path, text: bytes) -> None:
    """Latin-1, lists in lists and digits without end are mistakes in a file, not bugs."""
    path = tmp_path / "rubric.toml"
    path.write_bytes(text)

    with pytest.raises(SettingsError, match=r"rubric\.toml cannot be used"):
        load_exercise("mnist-conv", path)
