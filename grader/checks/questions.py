"""Questions as data: their texts, what to choose from, and an explanation for every answer.

A question of the form `choice` has its choices, lettered in their order, one of them right. One of
the form `size` asks for the size of an image after something was done to it; its file says which
image and which window, and no size: that is computed where it is judged. What people are known to
answer instead are its *thoughts*, each a way to compute another size.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from string import ascii_lowercase

import msgspec

from grader.preflight.answers import straight

NUMBERED = re.compile(r"(?:q|question)?_?(\d{1,3})")
_APART = re.compile(r"[\s_-]+")
PLACE = re.compile(r"\{(\w*)\}")

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
        numbered = NUMBERED.fullmatch(spelled)
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


def by_pixels(size: Pair) -> str:
    """Write a size, such as "28 x 28"."""
    return f"{size[0]} x {size[1]}"


def filled(text: str, question: SizeQuestion, **sizes: Pair) -> str:
    """Put sizes into the places that a text has for them."""
    known = {"image": question.image, "window": question.window, **sizes}
    return PLACE.sub(lambda found: by_pixels(known[found[1]]), text)


def text_of(question: Question) -> str:
    """Return what is asked, in one line."""
    text = filled(question.text, question) if isinstance(question, SizeQuestion) else question.text
    return " ".join(text.split())


def comparable(text: str) -> str:
    """Return a text without what two people may write differently: case, spaces, a full stop."""
    return " ".join(straight(text.casefold()).split()).strip(" .,;:!?\"'")
