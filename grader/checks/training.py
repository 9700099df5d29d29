"""Checks of a training: what was trained on what, how far, where it stopped, what came back."""

from __future__ import annotations

import numpy as np

from grader import hints
from grader.checks.findings import at, failed, kind, passed
from grader.checks.wording import (
    FIRST,
    broke_off,
    ended,
    epochs,
    numbers,
    pointer,
    remedy,
    untrained,
    why_below,
)
from grader.kinds.training.evidence import (
    Ending,
    Reach,
    TrainingEvidence,
    best_accuracy,
    reach,
    share_of,
)
from grader.model.percent import goal, percent
from grader.model.report import Finding
from grader.model.rubric import Rubric
from grader.protocol import Epoch, Raised, Returned
from grader.protocol.mnist import TRAINING_IMAGES

_SAME_ACCURACY = 1e-6


def data(evidence: TrainingEvidence, rubric: Rubric) -> Finding:
    """It trains on MNIST's own training images with their own labels."""
    facts, source, fit_line = evidence.data, evidence.source, evidence.fit_line
    if facts is None:
        return failed(
            f"No training was asked for: {ended(evidence)}.",
            _why_unasked(evidence, rubric.main),
        )
    place = at(source, fit_line)
    if facts.problem:
        return failed(
            f"fit{place} is not given MNIST: {facts.problem}.",
            hints.other_data(source)
            or hints.other_form(source, facts.problem)
            or "Pass the images of mnist.load_data(), every pixel scaled alike, such as / 255.0.",
        )
    if facts.test_images:
        return failed(
            f"fit{place} is given {facts.test_images:,} test images among {facts.count:,}.",
            hints.test_images(source, fit_line)
            or "Train on the first pair that mnist.load_data() returns; the second is for testing.",
        )
    if facts.mislabelled:
        return failed(
            f"fit{place} is given {facts.mislabelled:,} labels that are not their image's own.",
            hints.foreign_labels(source, fit_line)
            or "Shuffle images and labels together, or not at all.",
        )
    if facts.training_images < rubric.target.min_images:
        return failed(
            f"fit{place} is given {facts.training_images:,} different images;"
            f" {rubric.target.min_images:,} are asked.",
            hints.few_images(source, fit_line, rubric.target.min_images)
            or f"Train on all {TRAINING_IMAGES:,} training images.",
        )
    return passed(f"fit is given {facts.training_images:,} training images with their labels.")


def reaches_target(evidence: TrainingEvidence, rubric: Rubric) -> Finding:
    """Some epoch reaches the target accuracy on the training images."""
    record, target = evidence.record, rubric.target.accuracy
    if record is None or not record.epochs:
        help_ = remedy(evidence, rubric.main) if broke_off(evidence) else ""
        return failed(f"No epoch was trained: {ended(evidence)}.", help_)
    reached = _reached(evidence, rubric)
    if reached:
        epoch = record.epochs[reached[0] - 1]
        return passed(f"Epoch {reached[0]} has {percent(epoch.accuracy)} training accuracy.")
    last = record.epochs[-1]
    required = share_of(target)
    if last.partial and last.right >= required * last.images:
        return failed(
            f"Epoch {len(record.epochs)} ended before all images were seen."
            f" Its {percent(last.accuracy)} are those of a few images, not of an epoch.",
            "Decide in on_epoch_end, not after a batch, and leave steps_per_epoch out of fit.",
        )
    if last.short and last.right >= required * last.images:
        return failed(_short(len(record.epochs), last), "Leave steps_per_epoch out of fit.")
    best = best_accuracy(record)
    return failed(
        f"The best of {epochs(len(record.epochs))} has {percent(best)} training accuracy;"
        f" {goal(target)} is asked.",
        why_below(evidence, record, best, rubric)
        or "Train longer, or give the layers more filters or units; scaled pixels learn faster.",
    )


def within_epochs(evidence: TrainingEvidence, rubric: Rubric) -> Finding:
    """Training ends by itself within the allowed number of epochs."""
    record, limit = evidence.record, rubric.target.max_epochs
    if record is None or not record.epochs:
        return failed(f"No epoch was trained: {untrained(evidence, rubric)}.")
    if record.ending is Ending.CUT:
        return failed(
            f"Training was still going on after {limit} epochs and was cut.",
            f"Ask fit for at most {limit} epochs, and stop earlier with a callback."
            f" {_why_late(evidence, rubric)}".rstrip(),
        )
    if record.ending is Ending.BROKEN:
        return failed(
            f"Training broke off after {epochs(len(record.epochs))}: {ended(evidence)}.",
            remedy(evidence, rubric.main),
        )
    return passed(f"Training ended by itself after {epochs(len(record.epochs))}.")


def stops_on_target(evidence: TrainingEvidence, rubric: Rubric) -> Finding:
    """Training ends with the first epoch that reaches the target."""
    record, target = evidence.record, rubric.target.accuracy
    if record is None or not record.epochs:
        return failed(f"No epoch was trained: {untrained(evidence, rubric)}.")
    reached = _reached(evidence, rubric)
    if not reached:
        return failed(
            f"No epoch reached {goal(target)}, so nothing shows that training stops there.",
            pointer(evidence)
            if record.ending is Ending.BROKEN
            else "First make the model reach the target.",
        )
    # Exactly the target in float32 may be below it in the float64 of a callback, which goes on.
    seen = [number for number in reached if _logged(record.epochs[number - 1]) >= target]
    if len(record.epochs) in (reached[0], *seen[:1]):
        return passed(
            f"Training ended with epoch {len(record.epochs)}, the first one over the target."
        )
    return failed(
        f"Epoch {reached[0]} reached {goal(target)},"
        f" but training went on to epoch {len(record.epochs)}.",
        _why_late(evidence, rubric)
        or "In a callback's on_epoch_end, set self.model.stop_training = True once logs['accuracy']"
        f" is at least {target}, and pass the callback to fit.",
    )


def returns_history(evidence: TrainingEvidence, rubric: Rubric) -> Finding:
    """The function returns the epochs and the last accuracy, as training recorded them."""
    name, outcome = rubric.main, evidence.outcome
    asked = "Return `history.epoch, history.history['accuracy'][-1]`."
    if not isinstance(outcome, Returned):
        return _not_returned(evidence, rubric, asked)
    asked = f"{hints.wrong_return(evidence.source, name)} {asked}".lstrip()
    asked = hints.never_runs(evidence.source, name) or asked
    if outcome.epochs is None or outcome.accuracy is None:
        return failed(
            f"{name} returned {kind(outcome.description)}, but should return the list of epochs"
            " and the last accuracy.",
            asked,
        )
    if evidence.record is None or not evidence.record.epochs:
        return failed(f"{name} returned a history, but no epoch was trained.", asked)
    recorded = evidence.record.epochs
    trained = tuple(epoch.number for epoch in recorded)
    # Of several fits, the last history or all of them together.
    accepted = (trained, trained[-evidence.record.last_fit :], (*range(len(trained)),))
    if outcome.epochs not in accepted:
        return failed(f"{name} returned {_other_epochs(outcome.epochs, trained)}.", asked)
    last = {recorded[-1].accuracy, recorded[-1].logs.get("accuracy"), recorded[-1].logs.get("acc")}
    if not any(_close(outcome.accuracy, value) for value in last if value is not None):
        return failed(
            f"{name} returned the accuracy {outcome.accuracy:.6g}, but the last epoch has"
            f" {recorded[-1].accuracy:.6g}.",
            asked,
        )
    return passed(f"{name} returned {epochs(len(outcome.epochs))} and {outcome.accuracy:.4f}.")


def _reached(evidence: TrainingEvidence, rubric: Rubric) -> list[int]:
    """Number the epochs that reach the target; without a review, none of them is doubtful alone."""
    recorded = evidence.record.epochs if evidence.record else ()
    target = rubric.target.accuracy
    return [n for n, epoch in enumerate(recorded, 1) if reach(epoch, target) is not Reach.NO]


def _logged(epoch: Epoch) -> float:
    """Return the accuracy as Keras's logs have it."""
    return float(np.float32(epoch.right) / np.float32(epoch.images))


def _short(number: int, epoch: Epoch) -> str:
    words = f"Epoch {number} is over {epoch.images:,} images only, and does not count by itself"
    if epoch.known is None:
        return f"{words}."
    known = epoch.known
    return (
        f"{words}: of {known.images:,} training images the model gets {known.right:,} right,"
        f" {percent(known.right / known.images)}."
    )


def _close(value: float, recorded: float) -> bool:
    return abs(value - recorded) <= _SAME_ACCURACY


def _why_unasked(evidence: TrainingEvidence, function: str) -> str:
    """Say why fit was not called."""
    source = evidence.source
    raised = evidence.outcome
    if isinstance(raised, Raised) and raised.phase == "import" and function in source.defined:
        return FIRST  # What to do about it is said by interface.
    if broke_off(evidence):
        return remedy(evidence, function)
    return (
        hints.unrun_cell(source, function)
        or hints.never_runs(source, function)
        or hints.hidden_error(source)
        or hints.no_fit(source, function)
        or "Call fit on the model, in what runs."
    )


def _other_epochs(told: tuple[int, ...], trained: tuple[int, ...]) -> str:
    """Say how the epochs that were returned differ from those that were trained."""
    if len(told) != len(trained):
        were = "1 was" if len(trained) == 1 else f"{len(trained)} were"
        return f"{epochs(len(told))}, but {were} trained"
    noun, they = ("epoch", "it") if len(trained) == 1 else ("epochs", "them")
    return (
        f"the {noun} {numbers(told)}, but Keras numbers {they} {numbers(trained)}: return"
        " `history.epoch`"
    )


def _not_returned(evidence: TrainingEvidence, rubric: Rubric, asked: str) -> Finding:
    """Say why the function came to no result."""
    if rubric.main not in evidence.source.defined:
        return failed(f"There is no {rubric.main} to call.", asked)
    source, raised, record = evidence.source, evidence.outcome, evidence.record
    if record is None or not record.epochs:
        return failed(f"{rubric.main} returned nothing: {untrained(evidence, rubric)}.", asked)
    finding = f"{rubric.main} returned nothing: {ended(evidence)}."
    if record.ending is Ending.BROKEN or not isinstance(raised, Raised):
        return failed(finding, pointer(evidence))
    is_about_accuracy = raised.error == "KeyError" and "acc" in raised.message
    if is_about_accuracy and (hint := hints.missing_metrics(source)):
        return failed(finding, hint)
    if not hints.in_return(source, raised.line):
        asked = f"The error{at(source, raised.line)} keeps the function from its result: mend it."
    return failed(finding, asked)


def _why_late(evidence: TrainingEvidence, rubric: Rubric) -> str:
    return hints.late_stop(evidence.source, evidence.fit_line, rubric.target.accuracy)
