"""Words that several checks share: places, counts, and how a program ended.

What ended a program before its time is told once in full, with its remedy, by the check that asks
for what came first; the others only point at it, so that one mistake does not read like six.
"""

from __future__ import annotations

from grader.exercises.mnist_conv import hints
from grader.exercises.rubric import Rubric
from grader.model.evidence import Ending, Evidence, Record
from grader.model.report import Finding, Status
from grader.model.source import SourceFacts
from grader.protocol import Raised

FIRST = "Mend this error first; the rest can only be graded after it."
_TO_THE_END = "Let fit end by itself; a callback stops it with `self.model.stop_training = True`."


def at(source: SourceFacts, line: int | None) -> str:
    """Name a line in brackets, behind what stands there."""
    place = source.place(line)
    return f" ({place})" if place else ""


def passed(message: str) -> Finding:
    """Say that a check holds."""
    return Finding(Status.PASSED, message)


def failed(message: str, help_: str = "") -> Finding:
    """Say that a check does not hold, and what to do about it."""
    return Finding(Status.FAILED, message, help_)


def epochs(count: int) -> str:
    """Count epochs."""
    return "1 epoch" if count == 1 else f"{count} epochs"


def numbers(values: tuple[int, ...]) -> str:
    """Name the numbers of epochs, such as "1 to 8"."""
    if len(values) > 1 and values == (*range(values[0], values[0] + len(values)),):
        return f"{values[0]} to {values[-1]}"
    more = ", ..." if len(values) > 3 else ""
    return f"{', '.join(map(str, values[:3]))}{more}"


def kind(description: str) -> str:
    """Put an article before the name of a class, and leave values as they are."""
    if not description.isidentifier() or description in {"None", "True", "False", "nan", "inf"}:
        return description
    return f"{'an' if description[0].lower() in 'aeiou' else 'a'} {description}"


def raised_words(source: SourceFacts, raised: Raised) -> str:
    """Put an error and its place into words, without a full stop."""
    message = _line(raised.message)
    return f"{raised.error}{': ' if message else ''}{message}{at(source, raised.line)}"


def ended(evidence: Evidence) -> str:
    """Say why something is missing from the evidence."""
    record = evidence.record
    if record is not None and record.problem:
        return f"{_line(record.problem)}{at(evidence.source, evidence.fit_line)}"
    if evidence.collapse:
        return evidence.collapse
    if isinstance(evidence.outcome, Raised):
        return raised_words(evidence.source, evidence.outcome)
    if record is not None and record.ending is Ending.BROKEN:
        return "fit did not end, and the program went on"
    return "the program ended without it"


def untrained(evidence: Evidence, rubric: Rubric) -> str:
    """Say why no epoch was trained, or which check says it."""
    if any(check.id == "reaches_target" for check in rubric.checks):
        return "see reaches_target"
    return ended(evidence)


def broke_off(evidence: Evidence) -> bool:
    """Whether the program ended before its time, or fit did."""
    record = evidence.record
    return (
        isinstance(evidence.outcome, Raised)
        or bool(evidence.collapse)
        or (record is not None and (bool(record.problem) or record.ending is Ending.BROKEN))
    )


def remedy(evidence: Evidence, function: str) -> str:
    """Say what to do about that which ended the program or fit before its time."""
    source, raised, record = evidence.source, evidence.outcome, evidence.record
    if record is not None and record.problem:
        return hints.misnamed(source, record.problem) or FIRST
    if evidence.collapse:
        return "Mend first what ended the program; the rest can only be graded after it."
    if not isinstance(raised, Raised):
        caught = hints.raised_and_caught(source, evidence.fit_line)
        return caught or hints.hidden_error(source) or _TO_THE_END
    if raised.line is None and raised.message.endswith("is not callable"):
        return hints.rebound(source, function) or FIRST
    found = hints.known_error(source, raised)
    if not found and raised.phase == "call":
        found = hints.broken_callback(source, evidence.fit_line, raised.line)
    return found or FIRST


def pointer(evidence: Evidence) -> str:
    """Point at what ended the program, for the checks that need not tell it again."""
    raised = evidence.outcome
    if isinstance(raised, Raised) and not evidence.collapse:
        return f"Mend the error first{at(evidence.source, raised.line)}."
    return "Mend first what ended it."


def why_below(evidence: Evidence, record: Record, best: float, rubric: Rubric) -> str:
    """Say why a model may not have reached the target."""
    source, fit_line, target = evidence.source, evidence.fit_line, rubric.target
    if record.ending is Ending.BROKEN:
        found = remedy(evidence, rubric.function)
        return pointer(evidence) if found == FIRST else found
    slow = hints.slow_learning(source, fit_line, best, target.max_epochs)
    if record.ending is Ending.STOPPED:
        stop = (
            f"A callback stopped the training after epoch {len(record.epochs)}: let it wait for"
            f" {target.accuracy:.10g}."
        )
        return hints.early_stop(source, fit_line, target.accuracy) or f"{stop} {slow}".rstrip()
    return slow


def _line(text: str) -> str:
    """Make one line of a text, without the full stop that the sentence around it brings."""
    return " ".join(text.split()).rstrip(" .")
