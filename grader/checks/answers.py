"""Checks of answers: an exercise makes one for each of its questions, and one for the file.

Every answer is explained, a right one as well: who was right by chance reads why. A wrong one gets
the explanation of its own misunderstanding, and not the right answer.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import Protocol

from grader.checks.findings import at, failed, listed, passed
from grader.checks.questions import (
    Answer,
    ChoiceQuestion,
    Pair,
    Question,
    Questions,
    SizeQuestion,
    by_pixels,
    filled,
    text_of,
)
from grader.checks.said import Unclear, chosen, letters_of, quoted, size_of
from grader.model.report import Finding
from grader.model.rubric import Rubric
from grader.model.source import SourceFacts

_ALIKE = 0.6
_MOST_NAMED = 3
# Of the points for the file, where it answers questions and holds something else as well.
_MOSTLY = 0.5


class Answered(Protocol):
    """Evidence of a file of answers."""

    @property
    def source(self) -> SourceFacts:
        """What reading it told."""

    @property
    def given(self) -> Mapping[str, str]:
        """The answers by the names that the file has for their questions."""

    @property
    def doubled(self) -> tuple[str, ...]:
        """Names that stand twice."""


Check = Callable[[Answered, Rubric], Finding]
# From the sizes of an image and of a window to another size.
Way = Callable[[Pair, Pair], Pair]


def interface(questions: Questions) -> Check:
    """Return the check of the file itself."""

    def check(evidence: Answered, rubric: Rubric) -> Finding:
        """The file can be read, and answers questions of the exercise by their names, each once."""
        del rubric
        source, form = evidence.source, _form(questions)
        if source.problem:
            help_ = source.problem_help or form
            return failed(f"{source.problem}{at(source, source.problem_line)}.", help_)
        found = questions.sorted(evidence.given)
        answered = [name for name in found.answers if _is_given(found.answers[name])]
        share = _MOSTLY if answered else 0.0
        if found.unknown:
            return failed(*_unknown(source, questions, found.unknown), share)
        if evidence.doubled:
            name = evidence.doubled[0]
            return failed(
                f"{quoted(name)} stands twice in the file{at(source, source.defined.get(name))}.",
                "Keep one answer for each question.",
                share,
            )
        if not answered:
            return failed("The file answers no question.", form)
        if len(answered) == len(questions):
            return passed(f"The file answers all {len(questions)} questions.")
        return passed(f"The file answers {len(answered)} of {len(questions)} questions.")

    return _named(check, "interface")


def choice(questions: Questions, name: str) -> Check:
    """Return the check of a question with choices."""
    question = questions.named(name)
    if not isinstance(question, ChoiceQuestion):
        raise TypeError(f"the question {name} is of the form size")

    def judge(source: SourceFacts, answer: Answer) -> Finding:
        letter = chosen(answer.text, question)
        if isinstance(letter, Unclear):
            return _unclear(source, answer, letter)
        found = question.lettered[letter]
        if found.right:
            return passed(f"{letter} is right: {_one_line(found.why)}")
        given = f"{letter}{_place(source, answer)}, {quoted(found.text)}"
        return _wrong(given, found.why, found.share)

    return _answered(questions, question, judge)


def size(questions: Questions, name: str, right: Way, thoughts: Mapping[str, Way]) -> Check:
    """Return the check of a question for a size.

    Args:
        questions: All questions.
        name: The one for a size.
        right: Computes the right answer.
        thoughts: Compute what others answer, by the names that the questions have for it.
    """
    question = questions.named(name)
    if not isinstance(question, SizeQuestion):
        raise TypeError(f"the question {name} is of the form choice")
    if unknown := [each.name for each in question.thoughts if each.name not in thoughts]:
        raise ValueError(
            f"the question {name} explains the thought {unknown[0]}; those that are computed are"
            f" {', '.join(thoughts)}"
        )

    def judge(source: SourceFacts, answer: Answer) -> Finding:
        got = size_of(answer.text)
        if isinstance(got, Unclear):
            return _unclear(source, answer, got)
        expected = right(question.image, question.window)
        if got == expected:
            why = _one_line(filled(question.why, question, size=expected))
            return passed(f"{by_pixels(got)} is right: {why}")
        given = f"{quoted(answer.text)}{_place(source, answer)}"
        for thought in question.thoughts:
            if thoughts[thought.name](question.image, question.window) == got:
                return _wrong(given, filled(thought.why, question, size=got), thought.share)
        return _wrong(given, filled(question.help, question), 0.0)

    return _answered(questions, question, judge)


def _answered(
    questions: Questions, question: Question, judge: Callable[[SourceFacts, Answer], Finding]
) -> Check:
    """Return the check that judges a question's answer, if there is one and no other."""

    def check(evidence: Answered, rubric: Rubric) -> Finding:
        del rubric
        source = evidence.source
        answers = questions.sorted(evidence.given).answers.get(question.name, ())
        given = [answer for answer in answers if answer.text.strip()]
        if not given:
            return failed(
                f"There is no answer to {quoted_question(question)}",
                f"Write {_example(question)}.",
            )
        if len(given) > 1 or given[0].name in evidence.doubled:
            words = listed([f"{quoted(each.text)}{_place(source, each)}" for each in given])
            return failed(
                f"There is more than one answer: {words}." if len(given) > 1
                else f"There is more than one answer under the name {quoted(given[0].name)}.",
                "Keep one answer for each question.",
            )  # fmt: skip
        return judge(source, given[0])

    check.__doc__ = f"The answer to question {questions.names.index(question.name) + 1} is right."
    return _named(check, question.name)


def quoted_question(question: Question) -> str:
    """Quote what is asked, with the mark that ends it."""
    return f'"{text_of(question)}"'


def _named(check: Check, name: str) -> Check:
    # The catalogue knows a check by the name of its function.
    check.__name__ = name
    return check


def _is_given(answers: tuple[Answer, ...]) -> bool:
    return any(answer.text.strip() for answer in answers)


def _unclear(source: SourceFacts, answer: Answer, unclear: Unclear) -> Finding:
    return failed(f"{unclear.found}{_place(source, answer)}.", unclear.asked)


def _wrong(given: str, why: str, share: float) -> Finding:
    how = "which is right in part" if share else "which is not right"
    return failed(f"The answer is {given}, {how}.", _one_line(why), share)


def _unknown(
    source: SourceFacts, questions: Questions, unknown: tuple[Answer, ...]
) -> tuple[str, str]:
    names = listed([f"{quoted(each.name)}{_place(source, each)}" for each in unknown[:_MOST_NAMED]])
    more = f", and {len(unknown) - _MOST_NAMED} more," if len(unknown) > _MOST_NAMED else ""
    is_ = "is no question" if len(unknown) == 1 else "are no questions"
    spelled = unknown[0].name.casefold().replace("-", "_").replace(" ", "_")
    close = difflib.get_close_matches(spelled, questions.names, 1, _ALIKE)
    return (
        f"{names}{more} {is_} of this exercise.",
        f"Did you mean `{close[0]}`?" if close
        else f"Leave out what is no answer; the questions are {', '.join(questions.names)}.",
    )  # fmt: skip


def _form(questions: Questions) -> str:
    return f"Write a line for each question, such as {_example(questions[0])}."


def _example(question: Question) -> str:
    """Show how an answer is written, without giving one."""
    asked = (
        f"a letter from {letters_of(question)}"
        if isinstance(question, ChoiceQuestion)
        else "rows x columns"
    )
    return f'`{question.name} = "..."`, with {asked} between the quotes'


def _place(source: SourceFacts, answer: Answer) -> str:
    return at(source, source.defined.get(answer.name))


def _one_line(text: str) -> str:
    return " ".join(text.split())
