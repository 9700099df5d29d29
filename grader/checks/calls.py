"""Checks of functions that were called: they run, and give the type, shape and values asked.

An exercise says of each function what is right, by its reference, and which mistakes are usual.
A mistake is a function as well: what somebody's code gives who makes it. So it is told from what
came out of the calls, whatever the code looks like, and only where it explains every number.

Each property is asked of the calls in which the one before it held. Where that is less than half
of them, it is not asked: who returns one right answer has not shown much.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader import hints
from grader.checks import interface as loading
from grader.checks.findings import at, failed, listed, passed, skipped
from grader.checks.interface import raised_words
from grader.kinds.calls import CallsEvidence, Ended, Made, Planned
from grader.model.report import Finding, Status
from grader.model.rubric import Rubric
from grader.model.source import SourceFacts

Array = NDArray[Any]
Check = Callable[[CallsEvidence, Rubric], Finding]
# Which numbers of a result count as those of another; of one shape.
Comparison = Callable[[Planned, Array, Array], NDArray[np.bool_]]

_RELATIVE = 1e-6


@dataclass(frozen=True)
class Mistake:
    """A usual mistake: what a function gives that makes it, and what to do about it."""

    help: str
    result: Callable[[Planned], Array]


@dataclass(frozen=True)
class Helps:
    """What is said where no mistake is recognised, for each property, in a sentence."""

    type: str = ""
    shape: str = ""
    values: str = ""


def same_type(planned: Planned) -> tuple[str, ...]:
    """Ask for the type of the first argument."""
    return (planned.arrays[0].dtype.name,)


def equal(planned: Planned, expected: Array, got: Array) -> NDArray[np.bool_]:
    """Compare numbers: whole ones exactly, others to a millionth."""
    del planned
    if expected.dtype.kind in "iub" and got.dtype.kind in "iub":
        return np.asarray(expected == got)
    reals = expected.astype(np.float64)
    return np.isclose(got.astype(np.float64), reals, rtol=_RELATIVE, atol=_RELATIVE)


def no_blame(planned: Sequence[Planned], fine: Sequence[Planned]) -> str:
    """Say nothing about which calls went wrong."""
    del planned, fine
    return ""


@dataclass(frozen=True)
class Expectation:
    """What a function must give.

    Attributes:
        function: Its name.
        result: The right result of a call.
        types: The types of numbers that a call's result may have, the one that is asked first.
        right: Which numbers of a result count as right.
        mistakes: The usual mistakes, the likelier ones first.
        blame: Says what the calls that went wrong have in common, beside those that did not.
        helps: What else is said.
    """

    function: str
    result: Callable[[Planned], Array]
    types: Callable[[Planned], tuple[str, ...]] = same_type
    right: Comparison = equal
    mistakes: Sequence[Mistake] = ()
    blame: Callable[[Sequence[Planned], Sequence[Planned]], str] = no_blame
    helps: Helps = Helps()


def checks_of(expectation: Expectation, prefix: str) -> tuple[Check, Check, Check, Check]:
    """Return the checks `<prefix>_runs`, `_type`, `_shape` and `_values` of a function."""
    return (
        _named(f"{prefix}_runs", runs(expectation), expectation),
        _named(f"{prefix}_type", gives_type(expectation), expectation),
        _named(f"{prefix}_shape", gives_shape(expectation), expectation),
        _named(f"{prefix}_values", gives_values(expectation), expectation),
    )


def interface(evidence: CallsEvidence, rubric: Rubric) -> Finding:
    """The file can be loaded, and defines the functions that are asked."""
    source = evidence.source
    finding = loading.interface(evidence, rubric)
    if finding.status is Status.FAILED:
        missing = [each for each in rubric.defines if each.name not in source.defined]
        wrap = hints.loops_to_wrap(source, missing) if missing and not source.problem else ""
        return failed(finding.message, wrap) if wrap else finding
    if evidence.collapse:
        return failed(
            f"The file could not be loaded: {evidence.collapse}.",
            hints.endless_loop(source)
            or "Keep only the functions in the file; what tries them out is not needed.",
        )
    if evidence.missing:
        name = evidence.missing[0]
        return failed(
            f"{name}{at(source, source.defined.get(name))} is no function once the file has run.",
            hints.rebound(source, name) or "Give its name to nothing else.",
        )
    return finding


def inputs_kept(evidence: CallsEvidence, rubric: Rubric) -> Finding:
    """No function changes the arrays that it is given."""
    del rubric
    if not evidence.made:
        return _uncalled(evidence)
    if 2 * sum(each.raised is None for each in evidence.made) < len(evidence.made):
        return skipped("Too few calls ended without an error.")
    changed = dict.fromkeys(made.planned.function for made in evidence.made if made.has_changed)
    if not changed:
        return passed("What was given to the functions is as it was before.")
    name = next(iter(changed))
    were = "it was" if len(changed) == 1 else "they were"
    return failed(
        f"{listed([*changed])} changed what {were} given.",
        hints.changed_argument(evidence.source, name)
        or f"Let {name} work on a copy, such as `np.copy(image)`.",
    )


def runs(expectation: Expectation) -> Check:
    """Return the check that every call of a function ends, and returns numbers."""
    function = expectation.function

    def check(evidence: CallsEvidence, rubric: Rubric) -> Finding:
        """Every call ends without an error, and returns numbers."""
        made, source = evidence.of(function), evidence.source
        end = evidence.end_of(function)
        raised = [each for each in made if each.raised is not None]
        if raised and (error := raised[0].raised) is not None:
            return failed(
                f"{_sentence(raised_words(source, error))}, in {_of(raised, made)}, such as for"
                f" {raised[0].planned.title}.",
                _head_help(error.error, error.message, rubric, function)
                or _blamed(expectation, made)
                or hints.known_error(source, error)
                or "Try it with a small picture of this size, and mend what it says.",
            )
        if end is not None:
            return _unended(source, end)
        if not made:
            return _uncalled(evidence, function)
        empty = [each for each in made if each.result is None]
        if empty:
            first = empty[0]
            return failed(
                f"{function} returned {first.returned or 'nothing'} in {_of(empty, made)}, such as"
                f" for {first.planned.title}; an array of numbers is asked.",
                hints.no_return(source, function) or expectation.helps.type,
            )
        return passed(f"{function} ran {_times(len(made))} without an error.")

    return check


def _unended(source: SourceFacts, end: Ended) -> Finding:
    function, title = end.planned.function, end.planned.title
    if not end.is_limit:
        return failed(
            f"{function} gave no answer for {title}: {end.why}.",
            "Leave out what ends the whole program, and let it return its result.",
        )
    return failed(
        f"{function} did not end for {title}: {end.why}.",
        hints.endless_loop(source, function)
        or "Look for a loop in it that never ends, or for what grows without end.",
    )


def gives_type(expectation: Expectation) -> Check:
    """Return the check that results are arrays of the type asked."""
    function = expectation.function

    def check(evidence: CallsEvidence, rubric: Rubric) -> Finding:
        """Every result is an array of the type that is asked."""
        del rubric
        judged = _answered(evidence, function)
        if len(judged) * 2 < evidence.asked(function) or not judged:
            return _unjudged(evidence, function, is_shape=False)
        wrong = [each for each in judged if not _is_typed(expectation, each)]
        if not wrong:
            return passed(f"{function} gives arrays of the type that is asked.")
        first = wrong[0]
        asked = expectation.types(first.planned)[0]
        return failed(
            f"{function} returned {first.returned or 'something'} in {_of(wrong, judged)}, such as"
            f" for {first.planned.title}; an array of {asked} is asked.",
            expectation.helps.type,
        )

    return check


def gives_shape(expectation: Expectation) -> Check:
    """Return the check that results have the sizes asked."""
    function = expectation.function

    def check(evidence: CallsEvidence, rubric: Rubric) -> Finding:
        """Every result has the size that is asked."""
        del rubric
        judged = _answered(evidence, function)
        if len(judged) * 2 < evidence.asked(function) or not judged:
            return _unjudged(evidence, function, is_shape=False)
        wrong = [each for each in judged if not _is_shaped(expectation, each)]
        if not wrong:
            return passed(f"{function} gives arrays of the size that is asked.")
        first = wrong[0]
        return failed(
            f"{function} gives {sized(first.result)} for {first.planned.title};"
            f" {sized(expectation.result(first.planned))} is asked. So in {_of(wrong, judged)}.",
            _explained(expectation, judged, only_shape=True)
            or _blamed(expectation, evidence.of(function))
            or expectation.helps.shape,
        )

    return check


def gives_values(expectation: Expectation) -> Check:
    """Return the check that results are the reference's."""
    function = expectation.function

    def check(evidence: CallsEvidence, rubric: Rubric) -> Finding:
        """Every number is the reference's."""
        del rubric
        judged = [each for each in _answered(evidence, function) if _is_shaped(expectation, each)]
        if len(judged) * 2 < evidence.asked(function) or not judged:
            return _unjudged(evidence, function, is_shape=bool(_answered(evidence, function)))
        wrong = [each for each in judged if not _is_right(expectation, each)]
        if not wrong:
            return passed(f"{function} gives the reference's numbers in {_of(judged, judged)}.")
        first = min(wrong, key=lambda each: each.planned.arrays[0].size)
        return failed(
            f"{function} gives other numbers than the reference in {_of(wrong, judged)}. For"
            f" {first.planned.title}, {_difference(expectation, first)}.",
            _explained(expectation, judged)
            or hints.early_return(evidence.source, function)
            or (
                any(each.has_changed for each in wrong) and _reads_what_it_wrote(evidence, function)
            )
            or _blamed(expectation, evidence.of(function))
            or expectation.helps.values,
        )

    return check


def differences(expectation: Expectation, made: Made) -> NDArray[np.bool_] | None:
    """Return where a result is not right, or nothing if its shape is not."""
    if made.result is None or not _is_shaped(expectation, made):
        return None
    return ~expectation.right(made.planned, expectation.result(made.planned), made.result)


def sized(array: Array | None) -> str:
    """Say a size, such as "3 x 4"."""
    if array is None:
        return "nothing"
    return " x ".join(map(str, array.shape)) or "one number"


def _named(name: str, check: Check, expectation: Expectation) -> Check:
    """Give a check its id, and let what it says of itself say of which function."""
    check.__name__ = name
    check.__doc__ = f"{expectation.function}: {(check.__doc__ or '').lower()}"
    return check


def _answered(evidence: CallsEvidence, function: str) -> list[Made]:
    return [each for each in evidence.of(function) if each.result is not None]


def _blamed(expectation: Expectation, made: Sequence[Made]) -> str:
    """Say what all calls that went wrong have in common, in whatever way, and no other has."""
    fine = [each.planned for each in made if _is_right(expectation, each)]
    return expectation.blame(
        [each.planned for each in made if not _is_right(expectation, each)], fine
    )


def _is_typed(expectation: Expectation, made: Made) -> bool:
    # A list of lists has numbers that can be compared, but it is no array.
    is_array = made.returned.startswith("an array of ")
    result = made.result
    return is_array and result is not None and result.dtype.name in expectation.types(made.planned)


def _is_shaped(expectation: Expectation, made: Made) -> bool:
    return made.result is not None and made.result.shape == expectation.result(made.planned).shape


def _is_right(expectation: Expectation, made: Made) -> bool:
    wrong = differences(expectation, made)
    return wrong is not None and not wrong.any()


def _explained(
    expectation: Expectation, judged: Sequence[Made], *, only_shape: bool = False
) -> str:
    """Return what is said of the first mistake that explains all that came out."""
    for mistake in expectation.mistakes:
        if all(map(_explains(expectation, mistake), judged)):
            return mistake.help
    if not only_shape:
        return ""
    for mistake in expectation.mistakes:
        if all(
            each.result is not None and mistake.result(each.planned).shape == each.result.shape
            for each in judged
        ):
            return mistake.help
    return ""


def _explains(expectation: Expectation, mistake: Mistake) -> Callable[[Made], bool]:
    def explains(made: Made) -> bool:
        got = made.result
        if got is None:
            return False
        expected = mistake.result(made.planned)
        return expected.shape == got.shape and bool(
            expectation.right(made.planned, expected, got).all()
        )

    return explains


def _difference(expectation: Expectation, made: Made) -> str:
    """Name the first number that is not right."""
    wrong, got = differences(expectation, made), made.result
    if wrong is None or got is None:  # never: only results of the right shape get here
        raise AssertionError
    place = tuple(int(axis) for axis in np.argwhere(wrong)[0])
    expected = expectation.result(made.planned)[place]
    return f"at {list(place)} it gives {_number(got[place])}, and {_number(expected)} is right"


def _number(value: Any) -> str:
    return f"{value:.6g}" if np.asarray(value).dtype.kind == "f" else str(value)


def _reads_what_it_wrote(evidence: CallsEvidence, function: str) -> str:
    where = hints.changed_argument(evidence.source, function)
    return f"It reads pixels that it has written before. {where}" if where else ""


def _head_help(error: str, message: str, rubric: Rubric, function: str) -> str:
    """Say how a function is defined that does not take what it is given."""
    if error != "TypeError" or f"{function}() " not in message:
        return ""
    heads: Iterator[str] = (each.head for each in rubric.defines if each.name == function)
    return (
        f"Define it as `{next(heads, function)}`, so that it takes these arguments in this order."
    )


def _unjudged(evidence: CallsEvidence, function: str, *, is_shape: bool) -> Finding:
    if not evidence.of(function):
        return _uncalled(evidence, function)
    if is_shape:
        return skipped(f"Too few results of {function} have the size that is asked.")
    return skipped(f"Too few calls of {function} returned numbers.")


def _uncalled(evidence: CallsEvidence, function: str = "") -> Finding:
    """Say why nothing was called."""
    end = evidence.end_of(function) or next(iter(evidence.ends), None)
    if end is not None:
        name = end.planned.function
        return skipped(f"The program ended in {name}, before this was tried.")
    if function and function not in evidence.source.defined:
        return skipped(f"{function} is not defined.")
    return skipped("Nothing was called; see interface.")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _of(some: Sequence[Made], all_: Sequence[Made]) -> str:
    if len(some) == len(all_):
        return "the only call" if len(all_) == 1 else f"all {len(all_)} calls"
    return f"{len(some)} of {len(all_)} calls"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
