"""The quiz: every answer that can be given is explained, and no size is written down."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

import grader.exercises
from grader.checks import answers
from grader.checks.questions import ChoiceQuestion, Questions, SizeQuestion, by_pixels, text_of
from grader.exercises import load_exercise
from grader.exercises.quiz import checks as quiz
from grader.grading import Grader
from grader.kinds.answers import AnswersKind
from grader.model.report import Report, Status, Verdict
from grader.model.source import SourceFacts
from grader.model.submission import Attempt, Submission
from grader.preflight import Reader

EXERCISE = load_exercise("quiz")
QUESTIONS = quiz.QUESTIONS
FOLDER = Path(grader.exercises.__file__).parent / "quiz"
SIZES = {"size_after_filter": quiz.NOT_FILTERED, "size_after_pooling": quiz.NOT_POOLED}
RIGHT = {"size_after_filter": quiz.filtered, "size_after_pooling": quiz.pooled}
CHOICES = [question for question in QUESTIONS if isinstance(question, ChoiceQuestion)]
LETTERS = [(question.name, letter) for question in CHOICES for letter in question.lettered]


@pytest.fixture(scope="module")
def grader_() -> Iterator[Grader]:
    """A grader of this exercise, as a worker holds it."""
    made = Grader({"quiz": EXERCISE}, {"answers": AnswersKind(Reader())})
    made.warm_up()
    yield made
    made.close()


def graded(grader_: Grader, **given: str) -> Report:
    """Grade a file of answers."""
    source = "".join(f'{name} = "{answer}"\n' for name, answer in given.items()).encode()
    submission = Submission(exercise="quiz", student="ada", file="answers.toml", source=source)
    return grader_.grade(Attempt(submission=submission, number=1), lambda _: None)


def found(report: Report, check: str) -> tuple[Status, float, str, str]:
    """Return what a report says of one check."""
    (result,) = (each for each in report.checks if each.id == check)
    return result.status, result.points, result.message, result.help


def size_question(name: str) -> SizeQuestion:
    """Return one of the two questions for a size."""
    question = QUESTIONS.named(name)
    assert isinstance(question, SizeQuestion)
    return question


def test_the_points_are_those_of_a_lesson() -> None:
    """A hundred in all, a check for each question in its order, and five right ones pass."""
    rubric = EXERCISE.rubric

    assert rubric.max_score == 100
    assert [check.id for check in rubric.checks] == ["interface", *QUESTIONS.names]
    assert not any(check.required or check.gate for check in rubric.checks)
    assert rubric.passing_score == 80
    assert (rubric.kind, rubric.names, rubric.data) == ("answers", (), "none")


@pytest.mark.parametrize(("name", "letter"), LETTERS)
def test_every_choice_is_explained(grader_: Grader, name: str, letter: str) -> None:
    """The right one says why it is right; each wrong one what it overlooks."""
    question = QUESTIONS.named(name)
    assert isinstance(question, ChoiceQuestion)
    choice = question.lettered[letter]
    status, points, message, help_ = found(graded(grader_, **{name: letter}), name)
    why = " ".join(choice.why.split())

    assert (status is Status.PASSED) is choice.right
    assert points == (15 if choice.right else 15 * choice.share)
    assert why in (message if choice.right else help_)
    assert len(why) > 40
    assert why.endswith(".")


def test_no_explanation_stands_twice() -> None:
    """Each answers to one misunderstanding."""
    texts = [choice.why for question in CHOICES for choice in question.choices]
    for name in SIZES:
        texts += [thought.why for thought in size_question(name).thoughts if thought.name != "area"]

    assert len({*texts}) == len(texts)


def test_the_right_letters_are_not_all_the_same() -> None:
    """Who answers each question with one letter does not get far."""
    right = [next(x for x, c in each.lettered.items() if c.right) for each in CHOICES]

    assert len({*right}) == len(right)


@pytest.mark.parametrize("name", SIZES)
def test_sizes_are_computed_by_the_reference(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are those of the lesson, for what the lesson asks, and change with what is asked."""
    question = size_question(name)
    right = RIGHT[name](question.image, question.window)
    wider = RIGHT[name]((40, 30), question.window)

    assert right == {"size_after_filter": (26, 26), "size_after_pooling": (13, 13)}[name]
    assert wider == {"size_after_filter": (38, 28), "size_after_pooling": (20, 15)}[name]

    monkeypatch.setattr("reference.conv2d", lambda *_: _Shaped(1, 7, 5, 1))
    monkeypatch.setattr("reference.max_pool2d", lambda *_: _Shaped(1, 7, 5, 1))

    assert RIGHT[name](question.image, question.window) == (7, 5)


@dataclasses.dataclass(init=False)
class _Shaped:
    shape: tuple[int, ...]

    def __init__(self, *shape: int) -> None:
        self.shape = shape


def test_no_size_that_answers_is_written_down() -> None:
    """Neither the right ones, nor those that people give in their place."""
    documents = tomllib.loads((FOLDER / "questions.toml").read_text())["question"]
    for document in documents:
        if document["form"] == "size":
            question = size_question(document.pop("name"))
            image, window = document.pop("image"), document.pop("window")
            text = str(document)

            assert (tuple(image), tuple(window)) == (question.image, question.window)
            assert not re.search(r"\b(26|13|28|27|25|24|14|30|9|12|676|169)\b", text)


@pytest.mark.parametrize("name", SIZES)
def test_every_thought_is_wrong_and_explained(grader_: Grader, name: str) -> None:
    """Each leads to a size of its own, which is not the right one, and gets its explanation."""
    question = size_question(name)
    image, window = question.image, question.window
    sizes = {
        thought.name: SIZES[name][thought.name](image, window) for thought in question.thoughts
    }

    assert {*sizes} == {*SIZES[name]}
    assert len({*sizes.values()}) == len(sizes)
    assert RIGHT[name](image, window) not in sizes.values()

    for thought in question.thoughts:
        size = sizes[thought.name]
        given = by_pixels(size) if thought.name != "area" else str(size[0])
        status, points, message, help_ = found(graded(grader_, **{name: given}), name)

        assert (status, points) == (Status.FAILED, 15 * thought.share)
        assert message == f'The answer is "{given}" (line 1), which is not right.' or thought.share
        assert help_.startswith(thought.why.split("{")[0].split("\n")[0])
        assert "{" not in help_


@pytest.mark.parametrize(
    ("name", "answers_"),
    [
        ("size_after_filter", ("26 x 26", "26x26", "(26, 26)", "[26, 26]", "26", "26 X 26 pixels")),
        ("size_after_pooling", ("13 x 13", "13x13", "(13, 13)", "[13, 13]", "13")),
    ],
)
def test_a_size_may_be_written_in_many_ways(
    grader_: Grader, name: str, answers_: tuple[str, ...]
) -> None:
    """All of them are right, and are told why."""
    for answer in answers_:
        status, points, message, _ = found(graded(grader_, **{name: answer}), name)

        assert (status, points) == (Status.PASSED, 15)
        assert " is right: " in message


def test_another_image_needs_no_other_code() -> None:
    """An instructor's question is judged by the same computation."""
    asked = msgspec.structs.replace(size_question("size_after_filter"), image=(32, 20))
    check = answers.size(Questions([asked]), asked.name, quiz.filtered, quiz.NOT_FILTERED)
    evidence = _Evidence({asked.name: "30 x 18"})

    assert check(evidence, EXERCISE.rubric).status is Status.PASSED
    assert "32 x 20" in text_of(asked)


@dataclasses.dataclass(frozen=True)
class _Evidence:
    given: dict[str, str]
    doubled: tuple[str, ...] = ()
    source: SourceFacts = dataclasses.field(default_factory=SourceFacts)


def test_parts_add_up(grader_: Grader) -> None:
    """Four right answers and a half are not enough; five are."""
    four = {"convolution": "b", "pooling": "a", "recognition": "c", "speed": "c"}
    sizes = {"size_after_filter": "26", "size_after_pooling": "169"}
    report = graded(grader_, **four, **sizes)
    five = graded(grader_, **four | {"speed": "d"}, **sizes)

    assert (report.verdict, report.score) == (Verdict.FAILED, 10 + 60 + 15 * 0.5)
    assert (five.verdict, five.score) == (Verdict.PASSED, 10 + 75 + 15 * 0.5)


def test_a_file_that_cannot_be_read_earns_nothing(grader_: Grader) -> None:
    """Its questions are skipped, and not answered wrongly."""
    report = graded(grader_, convolution='b"b')

    assert (report.verdict, report.score) == (Verdict.FAILED, 0)
    assert {check.status for check in report.checks[1:]} == {Status.SKIPPED}
    assert report.checks[1].message == "Skipped, because the file cannot be read."


def test_grading_takes_no_time(grader_: Grader) -> None:
    """Far below what a student would notice."""
    given = dict.fromkeys(QUESTIONS.names, "b")
    began_s = time.process_time()
    for _ in range(20):
        graded(grader_, **given)

    assert (time.process_time() - began_s) / 20 < 0.1


def test_who_only_asks_needs_no_numpy() -> None:
    """A student's installation has neither NumPy nor the worker's other packages."""
    missing = ("numpy", "scipy", "psutil", "pyseccomp", "tensorflow", "matplotlib", "pandas")
    script = (
        f"import sys; sys.modules.update(dict.fromkeys({missing!r}))\n"
        "import grader.cli.app, grader.cli.quiz\n"
        "from grader.exercises import Catalogue\n"
        "asked = grader.cli.quiz.chosen(Catalogue(), '')\n"
        "print(asked.rubric.exercise, len(asked.questions))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )

    assert done.stdout == "quiz 6\n", done.stderr
