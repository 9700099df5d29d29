"""Reads a file of questions; every key is validated."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

from grader.checks.questions import (
    NUMBERED,
    PLACE,
    Choice,
    ChoiceQuestion,
    Question,
    Questions,
    SizeQuestion,
    Thought,
    comparable,
)
from grader.documents import converted, read_document, unusable

_FEWEST, _MOST = 2, 8
_MOST_QUESTIONS = 100
_LARGEST_SIDE = 1000
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
# Names that stand for something else in a file of answers, or in a report.
_TAKEN = ("answers", "interface")


class _Document(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"questions": "question"}
):
    questions: tuple[Question, ...]


def read_questions(path: Path) -> Questions:
    """Read a file of questions.

    Raises:
        SettingsError: It cannot be read, or a value cannot be used; file and key are named, and
            what is allowed.
    """
    questions = converted(read_document(path), _Document, path).questions
    for problem in _problems(questions):
        raise unusable(path, problem)
    return Questions(questions)


def _problems(questions: tuple[Question, ...]) -> Iterator[str]:
    counts = Counter(question.name for question in questions)
    if not 1 <= len(questions) <= _MOST_QUESTIONS:
        yield f"question has {len(questions)} entries, but should have 1 to {_MOST_QUESTIONS}"
    for number, question in enumerate(questions):
        key = f"question[{number}]"
        if not _NAME.fullmatch(question.name) or NUMBERED.fullmatch(question.name):
            yield (
                f"{key}.name is '{question.name}', but should be small letters, digits and"
                " underscores, beginning with a letter, at most 40, and no number of a question"
            )
        if question.name in _TAKEN:
            yield f"{key}.name is '{question.name}', which has a meaning of its own"
        if counts[question.name] > 1:
            yield f"{key}.name is '{question.name}' again; each may stand once"
        yield from _empty(key, question, "text")
        if isinstance(question, ChoiceQuestion):
            yield from _problems_of_choices(f"{key}.choice", question.choices)
        else:
            yield from _problems_of_size(key, question)


def _problems_of_choices(key: str, choices: tuple[Choice, ...]) -> Iterator[str]:
    if not _FEWEST <= len(choices) <= _MOST:
        yield f"{key} has {len(choices)} entries, but should have {_FEWEST} to {_MOST}"
    if (right := sum(choice.right for choice in choices)) != 1:
        yield f"{key}: {right} of them have right = true, but one should"
    texts = Counter(comparable(choice.text) for choice in choices)
    for number, choice in enumerate(choices):
        yield from _empty(f"{key}[{number}]", choice, "text", "why")
        if texts[comparable(choice.text)] > 1:
            yield f"{key}[{number}].text is '{choice.text}' again; each may stand once"
        if choice.right and choice.share:
            yield f"{key}[{number}].share is for wrong choices; a right one earns all"
        yield from _problems_of_share(f"{key}[{number}]", choice.share)


def _problems_of_size(key: str, question: SizeQuestion) -> Iterator[str]:
    yield from _empty(key, question, "why", "help")
    for name, pair in (("image", question.image), ("window", question.window)):
        if not all(1 <= side <= _LARGEST_SIDE for side in pair):
            yield f"{key}.{name} is {[*pair]}, but should have sides from 1 to {_LARGEST_SIDE}"
    for name in ("text", "help"):
        text = getattr(question, name)
        yield from _problems_of_places(f"{key}.{name}", text, ("image", "window"))
    yield from _problems_of_places(f"{key}.why", question.why, ("image", "window", "size"))
    counts = Counter(thought.name for thought in question.thoughts)
    for number, thought in enumerate(question.thoughts):
        place = f"{key}.thought[{number}]"
        yield from _empty(place, thought, "name", "why")
        if counts[thought.name] > 1:
            yield f"{place}.name is '{thought.name}' again; each may stand once"
        yield from _problems_of_share(place, thought.share)
        yield from _problems_of_places(f"{place}.why", thought.why, ("image", "window", "size"))


def _problems_of_places(key: str, text: str, known: tuple[str, ...]) -> Iterator[str]:
    for name in PLACE.findall(text):
        if name not in known:
            allowed = ", ".join(f"{{{each}}}" for each in known)
            yield f"{key} has {{{name}}}, but can have {allowed}"


def _problems_of_share(key: str, share: float) -> Iterator[str]:
    # Written so that NaN is outside, too.
    if not 0 <= share < 1:
        yield f"{key}.share is {share:g}, but should be at least 0 and below 1"


def _empty(key: str, value: Question | Choice | Thought, *names: str) -> Iterator[str]:
    for name in names:
        if not getattr(value, name).strip():
            yield f"{key}.{name} is empty, but should be a text"
