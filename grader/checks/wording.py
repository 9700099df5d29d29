"""Words that checks of a training share: counts, and how a program ended.

What ended a program before its time is told once in full, with its remedy, by the check that asks
for what came first; the others only point at it, so that one mistake does not read like six.
"""

from __future__ import annotations

from grader import hints
from grader.checks.findings import at
from grader.checks.interface import raised_words
from grader.kinds.training.evidence import Ending, Record, TrainingEvidence
from grader.model.rubric import Rubric
from grader.protocol import Raised

FIRST = "Mend this error first; the rest can only be graded after it."
_TO_THE_END = "Let fit end by itself; a callback stops it with `self.model.stop_training = True`."


def epochs(count: int) -> str:
    """Count epochs."""
    return "1 epoch" if count == 1 else f"{count} epochs"


def numbers(values: tuple[int, ...]) -> str:
    """Name the numbers of epochs, such as "1 to 8"."""
    if len(values) > 1 and values == (*range(values[0], values[0] + len(values)),):
        return f"{values[0]} to {values[-1]}"
    more = ", ..." if len(values) > 3 else ""
    return f"{', '.join(map(str, values[:3]))}{more}"


def ended(evidence: TrainingEvidence) -> str:
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


def untrained(evidence: TrainingEvidence, rubric: Rubric) -> str:
    """Say why no epoch was trained, or which check says it."""
    if any(check.id == "reaches_target" for check in rubric.checks):
        return "see reaches_target"
    return ended(evidence)


def broke_off(evidence: TrainingEvidence) -> bool:
    """Whether the program ended before its time, or fit did."""
    record = evidence.record
    return (
        isinstance(evidence.outcome, Raised)
        or bool(evidence.collapse)
        or (record is not None and (bool(record.problem) or record.ending is Ending.BROKEN))
    )


def remedy(evidence: TrainingEvidence, function: str) -> str:
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


def pointer(evidence: TrainingEvidence) -> str:
    """Point at what ended the program, for the checks that need not tell it again."""
    raised = evidence.outcome
    if isinstance(raised, Raised) and not evidence.collapse:
        return f"Mend the error first{at(evidence.source, raised.line)}."
    return "Mend first what ended it."


def why_below(evidence: TrainingEvidence, record: Record, best: float, rubric: Rubric) -> str:
    """Say why a model may not have reached the target."""
    source, fit_line, target = evidence.source, evidence.fit_line, rubric.target
    if record.ending is Ending.BROKEN:
        found = remedy(evidence, rubric.main)
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
