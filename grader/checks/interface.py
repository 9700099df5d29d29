"""The first check of every exercise with a program: the file defines what is asked."""

from __future__ import annotations

from typing import Protocol

from grader import hints
from grader.checks.findings import at, failed, listed, passed
from grader.model.report import Finding
from grader.model.rubric import Definition, Rubric
from grader.model.source import SourceFacts
from grader.protocol import Raised


class Loaded(Protocol):
    """Evidence of a file that was loaded: what was read of it, and how running it ended."""

    @property
    def source(self) -> SourceFacts:
        """What reading it told."""

    @property
    def outcome(self) -> object:
        """How running it ended; a `Raised` tells whether it could be loaded."""


def interface(evidence: Loaded, rubric: Rubric) -> Finding:
    """The file can be loaded, and defines what is asked under the names that are asked."""
    source, asked = evidence.source, rubric.defines
    if source.problem:
        return failed(f"{source.problem}{at(source, source.problem_line)}.", source.problem_help)
    missing = [definition for definition in asked if definition.name not in source.defined]
    if missing:
        return _missing(source, missing, is_alone=len(asked) == 1)
    raised = evidence.outcome
    if isinstance(raised, Raised) and raised.phase == "import":
        return failed(
            f"The file could not be loaded: {raised_words(source, raised)}.",
            hints.known_error(source, raised) or _must_load(source),
        )
    if isinstance(raised, Raised) and (called := _called_otherwise(raised, asked)):
        return _not_callable(source, raised, called)
    names = [definition.name for definition in asked]
    lines = [source.defined[name] for name in names]
    return passed(
        f"{listed(names)} {'is' if len(names) == 1 else 'are'} defined{at(source, *lines)}."
    )


def raised_words(source: SourceFacts, raised: Raised) -> str:
    """Put an error and its place into words, without a full stop."""
    message = " ".join(raised.message.split()).rstrip(" .")
    return f"{raised.error}{': ' if message else ''}{message}{at(source, raised.line)}"


def _missing(source: SourceFacts, missing: list[Definition], *, is_alone: bool) -> Finding:
    found = listed([f"no {each.form} {each.name}" for each in missing])
    help_ = " ".join(filter(None, (_instead(source, each) for each in missing)))
    if is_alone:
        name = missing[0].name
        help_ = hints.unrun_cell(source, name) or help_
    heads = listed([f"`{each.head}`" for each in missing])
    return failed(
        f"The file defines {found}.",
        help_ or f"Put what is asked into {heads}, at the left margin{_arguments(missing)}.",
    )


def _instead(source: SourceFacts, asked: Definition) -> str:
    """Say what the file has that may be meant."""
    if asked.form == "class":
        return hints.missing_class(source, asked.name)
    return hints.missing_function(source, asked.name)


def _arguments(missing: list[Definition]) -> str:
    return "" if any(each.arguments for each in missing) else ", without arguments"


def _called_otherwise(raised: Raised, asked: tuple[Definition, ...]) -> Definition | None:
    if raised.error != "TypeError":
        return None
    return next((each for each in asked if f"{each.name}()" in raised.message), None)


def _not_callable(source: SourceFacts, raised: Raised, asked: Definition) -> Finding:
    if not asked.arguments:
        return failed(
            f"{asked.name} cannot be called without arguments: {raised.message}.",
            hints.needed_arguments(source, asked.name)
            or f"Define it as `{asked.head}`; the grader calls it with nothing in the brackets.",
        )
    return failed(
        f"{asked.name} cannot be called as asked: {raised.message}.",
        f"Define it as `{asked.head}`, so that it takes these arguments in this order.",
    )


def _must_load(source: SourceFacts) -> str:
    if source.cells:
        return "Restart the kernel and run all cells: the notebook must run from the top."
    return "Run the file by itself once in a fresh Python: it must load without an error."
