"""Questions as data: their texts, what to choose from, and an explanation for every answer.

A question of the form `choice` has its choices, lettered in their order, one of them right. One of
the form `size` asks for the size of an image after something was done to it; its file says which
image and which window, and no size: that is computed where it is judged. What people are known to
answer instead are its *thoughts*, each a way to compute another size.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from string import ascii_lowercase

import msgspec

from grader.documents import converted, read_document, unusable
from grader.preflight.answers import straight

_FEWEST, _MOST = 2, 8
_MOST_QUESTIONS = 100
_LARGEST_SIDE = 1000
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_NUMBERED = re.compile(r"(?:q|question)?_?(\d{1,3})")
_APART = re.compile(r"[\s_-]+")
# Names that stand for something else in a file of answers, or in a report.
_TAKEN = ("answers", "interface")
_PLACE = re.compile(r"\{(\w*)\}")

Pair = tuple[int, int]


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text to choose, why it is right or wrong, and the share of the points that it earns."""

    text: str
    why: str
    right: bool = False
    share: float = 0.0


class ChoiceQuestion(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    tag_field="form",
    tag="choice",
    rename={"choices": "choice"},
):
    """A question with one right choice among several."""

    name: str
    text: str
    choices: tuple[Choice, ...]

    @property
    def lettered(self) -> dict[str, Choice]:
        """Return the choices by their letters."""
        return dict(zip(ascii_lowercase, self.choices, strict=False))


class Thought(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A way to get a wrong size, why it is wrong, and the share of the points that it earns."""

    name: str
    why: str
    share: float = 0.0


class SizeQuestion(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    tag_field="form",
    tag="size",
    rename={"thoughts": "thought"},
):
    """A question for a size; `{image}`, `{window}` and `{size}` stand for sizes in its texts.

    `why` explains the right size; `help` is for whoever gives one that nobody has thought of.
    """

    name: str
    text: str
    image: Pair
    window: Pair
    why: str
    help: str
    thoughts: tuple[Thought, ...] = ()


Question = ChoiceQuestion | SizeQuestion


class Answer(msgspec.Struct, frozen=True):
    """An answer, and the name under which it was given."""

    name: str
    text: str


class Sorted(msgspec.Struct, frozen=True):
    """Answers by question, and those that belong to none."""

    answers: Mapping[str, tuple[Answer, ...]]
    unknown: tuple[Answer, ...]


class Questions(Sequence[Question]):
    """Questions in their order, each with a name."""

    def __init__(self, questions: Sequence[Question]) -> None:
        """Hold questions whose names differ."""
        self._questions = tuple(questions)
        self._by_name = {question.name: question for question in questions}

    def __getitem__(self, index: int) -> Question:  # type: ignore[override] # slices are not needed
        """Return a question by its place."""
        return self._questions[index]

    def __len__(self) -> int:
        """Count the questions."""
        return len(self._questions)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all questions, in their order."""
        return tuple(self._by_name)

    def named(self, name: str) -> Question:
        """Return a question by its name.

        Raises:
            KeyError: There is none.
        """
        return self._by_name[name]

    def meant(self, name: str) -> str | None:
        """Return the name of the question that a student's own spelling, or number, means."""
        spelled = _APART.sub("_", name.strip().casefold()).strip("_")
        if spelled in self._by_name:
            return spelled
        numbered = _NUMBERED.fullmatch(spelled)
        if numbered and 1 <= int(numbered[1]) <= len(self):
            return self[int(numbered[1]) - 1].name
        return None

    def sorted(self, given: Mapping[str, str]) -> Sorted:
        """Find out which question each answer is for."""
        answers: dict[str, tuple[Answer, ...]] = {}
        unknown = []
        for name, text in given.items():
            meant = self.meant(name)
            if meant is None:
                unknown.append(Answer(name, text))
            else:
                answers[meant] = (*answers.get(meant, ()), Answer(name, text))
        return Sorted(answers, tuple(unknown))


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


def by_pixels(size: Pair) -> str:
    """Write a size, such as "28 x 28"."""
    return f"{size[0]} x {size[1]}"


def filled(text: str, question: SizeQuestion, **sizes: Pair) -> str:
    """Put sizes into the places that a text has for them."""
    known = {"image": question.image, "window": question.window, **sizes}
    return _PLACE.sub(lambda found: by_pixels(known[found[1]]), text)


def text_of(question: Question) -> str:
    """Return what is asked, in one line."""
    text = filled(question.text, question) if isinstance(question, SizeQuestion) else question.text
    return " ".join(text.split())


def _problems(questions: tuple[Question, ...]) -> Iterator[str]:
    counts = Counter(question.name for question in questions)
    if not 1 <= len(questions) <= _MOST_QUESTIONS:
        yield f"question has {len(questions)} entries, but should have 1 to {_MOST_QUESTIONS}"
    for number, question in enumerate(questions):
        key = f"question[{number}]"
        if not _NAME.fullmatch(question.name) or _NUMBERED.fullmatch(question.name):
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
    for name in _PLACE.findall(text):
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


def comparable(text: str) -> str:
    """Return a text without what two people may write differently: case, spaces, a full stop."""
    return " ".join(straight(text.casefold()).split()).strip(" .,;:!?\"'")
