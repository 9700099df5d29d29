"""The first check of every exercise with a program: the file defines what is asked."""

from __future__ import annotations

from typing import Protocol

from grader import hints
from grader.checks.findings import at, failed, kind, listed, passed
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
        return _missing(source, missing, asked)
    raised = evidence.outcome
    if isinstance(raised, Raised) and raised.phase == "import":
        return failed(
            f"The file could not be loaded: {raised_words(source, raised)}.",
            hints.known_error(source, raised) or _must_load(source),
        )
    if isinstance(raised, Raised) and raised.phase == "call":
        for definition in asked:
            finding = _unfit(source, raised, definition)
            if finding is not None:
                return finding
    names = [definition.name for definition in asked]
    lines = [source.defined[name] for name in names]
    return passed(
        f"{listed(names)} {'is' if len(names) == 1 else 'are'} defined{at(source, *lines)}."
    )


def raised_words(source: SourceFacts, raised: Raised) -> str:
    """Put an error and its place into words, without a full stop."""
    message = " ".join(raised.message.split()).rstrip(" .")
    parts = (raised.error, message) if message else (raised.error,)
    return f"{': '.join(filter(None, parts))}{at(source, raised.line)}"


def _missing(
    source: SourceFacts, missing: list[Definition], asked: tuple[Definition, ...]
) -> Finding:
    found = listed([f"no {each.form} {each.name}" for each in missing])
    is_alone = len(asked) == 1
    names = [each.name for each in asked]
    help_ = " ".join(filter(None, (_instead(source, each, names) for each in missing)))
    if is_alone:
        name = missing[0].name
        help_ = hints.unrun_cell(source, name) or help_
    heads = listed([f"`{each.head}`" for each in missing])
    return failed(
        f"The file defines {found}.",
        help_ or f"Put what is asked into {heads}, at the left margin{_arguments(missing)}.",
    )


def _instead(source: SourceFacts, missing: Definition, asked: list[str]) -> str:
    """Say what the file has that may be meant."""
    if missing.form == "class":
        return hints.missing_class(source, missing.name)
    if len(asked) == 1:
        return hints.missing_function(source, missing.name)
    return hints.missing_part(source, missing.name, missing.arguments, asked)


def _arguments(missing: list[Definition]) -> str:
    return "" if any(each.arguments for each in missing) else ", without arguments"


def _unfit(source: SourceFacts, raised: Raised, asked: Definition) -> Finding | None:
    """Say what is wrong with how something is defined, if that is what ended the program."""
    name = asked.name
    got = raised.message.removeprefix(f"{name} returned ")
    if not raised.error and got != raised.message:
        return _gives_other(source, asked, got)
    if raised.error != "TypeError":
        return None
    if any(f"{called}()" in raised.message for called in (name, f"{name}.__init__")):
        return _not_callable(source, raised, asked)
    is_object = raised.line is None and raised.message.endswith("is not callable")
    if is_object and (help_ := hints.rebound(source, name)):
        return failed(f"{name} cannot be called: {raised.message}.", help_)
    return None


def _not_callable(source: SourceFacts, raised: Raised, asked: Definition) -> Finding:
    name, place = asked.name, at(source, source.defined.get(asked.name))
    if asked.form == "class":
        return failed(
            f"{name}() cannot be made: {raised.message}.",
            f"Give every parameter of its `__init__`{place} a default: the grader writes"
            f" `{name}()`.",
        )
    if not asked.arguments:
        return failed(
            f"{name} cannot be called without arguments: {raised.message}.",
            hints.needed_arguments(source, name)
            or f"Define it as `{asked.head}`; the grader calls it with nothing in the brackets.",
        )
    return failed(
        f"{name} cannot be called as asked: {raised.message}.",
        f"Define it as `{asked.head}`, so that it takes these arguments in this order.",
    )


def _gives_other(source: SourceFacts, asked: Definition, got: str) -> Finding:
    """Say that what is defined gives something else than is asked."""
    name, place = asked.name, at(source, source.defined.get(asked.name))
    if asked.form == "class":
        return failed(
            f"{name}(){place} is {kind(got)}, but should be {asked.returns}.",
            f"Begin it with `{asked.head}`.",
        )
    return failed(
        f"{name}{place} returned {kind(got)}, but should return {asked.returns}.",
        hints.no_return(source, name) or f"End it with a `return` of {asked.returns}, alone.",
    )


def _must_load(source: SourceFacts) -> str:
    if source.cells:
        return "Restart the kernel and run all cells: the notebook must run from the top."
    return "Run the file by itself once in a fresh Python: it must load without an error."
