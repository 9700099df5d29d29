"""The checks. Each is a question to the evidence; its docstring says what holds when it passes.

A finding names what was found and where, then what is asked; the help is one sentence for a
student who reads it at midnight. Nothing is decided by reading the source: once a check has
failed, `hints` looks there for the mistake, and a hint takes the place of the general help.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np

from grader.admission.vocabulary import CONVOLUTIONS, POOLINGS
from grader.exercises.mnist_conv import hints
from grader.exercises.mnist_conv.wording import (
    FIRST,
    at,
    broke_off,
    ended,
    epochs,
    kind,
    numbers,
    percent,
    pointer,
    raised_words,
    remedy,
    untrained,
    why_below,
)
from grader.exercises.rubric import Rubric
from grader.model.evidence import Ending, Evidence, SourceFacts, best_accuracy
from grader.model.report import Finding, Status
from grader.protocol import Raised, Returned
from reference import activate, conv2d, max_pool2d

_SAME_ACCURACY = 1e-6
_SAME_OUTPUT = 1e-4


def interface(evidence: Evidence, rubric: Rubric) -> Finding:
    """The file defines the asked function, callable without arguments."""
    source, name = evidence.source, rubric.function
    if source.problem:
        return _failed(f"{source.problem}{at(source, source.problem_line)}.", source.problem_help)
    if source.function_line is None:
        return _failed(
            f"The file defines no function {name}.",
            hints.unrun_cell(source, name)
            or hints.missing_function(source, name)
            or f"Put the training into `def {name}():`, at the left margin, without arguments.",
        )
    raised = evidence.outcome
    if isinstance(raised, Raised) and raised.phase == "import":
        return _failed(
            f"The file could not be loaded: {raised_words(source, raised)}.",
            hints.known_error(source, raised) or _must_load(source),
        )
    if isinstance(raised, Raised) and raised.error == "TypeError" and f"{name}()" in raised.message:
        return _failed(
            f"{name} cannot be called without arguments: {raised.message}.",
            hints.needed_arguments(source, name)
            or f"Define it as `def {name}():`; the grader calls it with nothing in the brackets.",
        )
    return _passed(f"{name} is defined{at(source, source.function_line)}.")


def data(evidence: Evidence, rubric: Rubric) -> Finding:
    """It trains on MNIST's own training images with their own labels."""
    facts, source, fit_line = evidence.data, evidence.source, evidence.fit_line
    if facts is None:
        return _failed(
            f"No training was asked for: {ended(evidence)}.",
            _why_unasked(evidence, rubric.function),
        )
    place = at(source, fit_line)
    if facts.problem:
        return _failed(
            f"fit{place} is not given MNIST: {facts.problem}.",
            hints.other_data(source)
            or hints.other_form(source, facts.problem)
            or "Pass the images of mnist.load_data(), every pixel scaled alike, such as / 255.0.",
        )
    if facts.test_images:
        return _failed(
            f"fit{place} is given {facts.test_images:,} test images among {facts.count:,}.",
            hints.test_images(source, fit_line)
            or "Train on the first pair that mnist.load_data() returns; the second is for testing.",
        )
    if facts.mislabelled:
        return _failed(
            f"fit{place} is given {facts.mislabelled:,} labels that are not their image's own.",
            hints.foreign_labels(source, fit_line)
            or "Shuffle images and labels together, or not at all.",
        )
    if facts.training_images < rubric.target.min_images:
        return _failed(
            f"fit{place} is given {facts.training_images:,} different images;"
            f" {rubric.target.min_images:,} are asked.",
            hints.few_images(source, fit_line, rubric.target.min_images)
            or "Train on all 60,000 training images.",
        )
    return _passed(f"fit is given {facts.training_images:,} training images with their labels.")


def one_conv(evidence: Evidence, rubric: Rubric) -> Finding:
    """The model has exactly one convolution layer, a Conv2D."""
    return _exactly_one(evidence, "Conv2D", CONVOLUTIONS, rubric.function)


def one_pool(evidence: Evidence, rubric: Rubric) -> Finding:
    """The model has exactly one pooling layer, a MaxPooling2D."""
    return _exactly_one(evidence, "MaxPooling2D", POOLINGS, rubric.function)


def reaches_target(evidence: Evidence, rubric: Rubric) -> Finding:
    """Some epoch reaches the target accuracy on the training images."""
    record, target = evidence.record, rubric.target.accuracy
    if record is None or not record.epochs:
        help_ = remedy(evidence, rubric.function) if broke_off(evidence) else ""
        return _failed(f"No epoch was trained: {ended(evidence)}.", help_)
    best = best_accuracy(record)
    if best >= target:
        number = next(n for n, epoch in enumerate(record.epochs, 1) if epoch.accuracy == best)
        return _passed(f"Epoch {number} has {percent(best)} training accuracy.")
    last = record.epochs[-1]
    if last.partial and last.accuracy >= target:
        return _failed(
            f"Epoch {len(record.epochs)} ended before all images were seen."
            f" Its {percent(last.accuracy)} are those of a few images, not of an epoch.",
            "Decide in on_epoch_end, not after a batch, and leave steps_per_epoch out of fit.",
        )
    return _failed(
        f"The best of {epochs(len(record.epochs))} has {percent(best)} training accuracy;"
        f" {target:.1%} is asked.",
        why_below(evidence, record, best, rubric)
        or "Train longer, or give the layers more filters or units; scaled pixels learn faster.",
    )


def within_epochs(evidence: Evidence, rubric: Rubric) -> Finding:
    """Training ends by itself within the allowed number of epochs."""
    record, limit = evidence.record, rubric.target.max_epochs
    if record is None or not record.epochs:
        return _failed(f"No epoch was trained: {untrained(evidence, rubric)}.")
    if record.ending is Ending.CUT:
        return _failed(
            f"Training was still going on after {limit} epochs and was cut.",
            f"Ask fit for at most {limit} epochs, and stop earlier with a callback."
            f" {_why_late(evidence, rubric)}".rstrip(),
        )
    if record.ending is Ending.BROKEN:
        return _failed(
            f"Training broke off after {epochs(len(record.epochs))}: {ended(evidence)}.",
            remedy(evidence, rubric.function),
        )
    return _passed(f"Training ended by itself after {epochs(len(record.epochs))}.")


def stops_on_target(evidence: Evidence, rubric: Rubric) -> Finding:
    """Training ends with the first epoch that reaches the target."""
    record, target = evidence.record, rubric.target.accuracy
    if record is None or not record.epochs:
        return _failed(f"No epoch was trained: {untrained(evidence, rubric)}.")
    reached = [
        number
        for number, epoch in enumerate(record.epochs, 1)
        if epoch.accuracy >= target and not epoch.partial
    ]
    if not reached:
        return _failed(
            f"No epoch reached {target:.1%}, so nothing shows that training stops there.",
            pointer(evidence)
            if record.ending is Ending.BROKEN
            else "First make the model reach the target.",
        )
    if reached[0] == len(record.epochs):
        return _passed(f"Training ended with epoch {reached[0]}, the first one over the target.")
    return _failed(
        f"Epoch {reached[0]} reached {target:.1%},"
        f" but training went on to epoch {len(record.epochs)}.",
        _why_late(evidence, rubric)
        or "In a callback's on_epoch_end, set self.model.stop_training = True once logs['accuracy']"
        f" is at least {target}, and pass the callback to fit.",
    )


def conv_output(evidence: Evidence, rubric: Rubric) -> Finding:
    """The convolution layer computes what the reference computes with the same weights."""
    probe = evidence.probe
    if probe is None:
        return _failed(f"There is no trained layer to probe: {untrained(evidence, rubric)}.")
    settings = probe.convolution
    expected = activate(
        settings.activation,
        conv2d(
            probe.convolution_input,
            probe.kernel,
            probe.bias,
            strides=settings.strides,
            padding=settings.padding,
            dilation=settings.dilation,
            groups=settings.groups,
        ),
    )
    return _compared("Conv2D", probe.convolution_output, expected)


def pool_output(evidence: Evidence, rubric: Rubric) -> Finding:
    """The pooling layer computes what the reference computes."""
    probe = evidence.probe
    if probe is None:
        return _failed(f"There is no trained layer to probe: {untrained(evidence, rubric)}.")
    settings = probe.pooling
    expected = max_pool2d(
        probe.pooling_input,
        settings.pool_size,
        strides=settings.strides,
        padding=settings.padding,
    )
    return _compared("MaxPooling2D", probe.pooling_output, expected)


def returns_history(evidence: Evidence, rubric: Rubric) -> Finding:
    """The function returns the epochs and the last accuracy, as training recorded them."""
    name, outcome = rubric.function, evidence.outcome
    asked = "Return `history.epoch, history.history['accuracy'][-1]`."
    if not isinstance(outcome, Returned):
        return _not_returned(evidence, rubric, asked)
    asked = f"{hints.wrong_return(evidence.source, name)} {asked}".lstrip()
    asked = hints.never_runs(evidence.source, name) or asked
    if outcome.epochs is None or outcome.accuracy is None:
        return _failed(
            f"{name} returned {kind(outcome.description)}, but should return the list of epochs"
            " and the last accuracy.",
            asked,
        )
    if evidence.record is None or not evidence.record.epochs:
        return _failed(f"{name} returned a history, but no epoch was trained.", asked)
    recorded = evidence.record.epochs
    trained = tuple(epoch.number for epoch in recorded)
    # Of several fits, the last history or all of them together.
    accepted = (trained, trained[-evidence.record.last_fit :], (*range(len(trained)),))
    if outcome.epochs not in accepted:
        return _failed(f"{name} returned {_other_epochs(outcome.epochs, trained)}.", asked)
    last = {recorded[-1].accuracy, recorded[-1].logs.get("accuracy"), recorded[-1].logs.get("acc")}
    if not any(_close(outcome.accuracy, value) for value in last if value is not None):
        return _failed(
            f"{name} returned the accuracy {outcome.accuracy:.6g}, but the last epoch has"
            f" {recorded[-1].accuracy:.6g}.",
            asked,
        )
    return _passed(f"{name} returned {epochs(len(outcome.epochs))} and {outcome.accuracy:.4f}.")


CHECKS = (
    interface,
    data,
    one_conv,
    one_pool,
    reaches_target,
    within_epochs,
    stops_on_target,
    conv_output,
    pool_output,
    returns_history,
)


def _passed(message: str) -> Finding:
    return Finding(Status.PASSED, message)


def _failed(message: str, help_: str = "") -> Finding:
    return Finding(Status.FAILED, message, help_)


def _exactly_one(
    evidence: Evidence,
    asked: Literal["Conv2D", "MaxPooling2D"],
    family: Iterable[str],
    function: str,
) -> Finding:
    if evidence.layers is None:
        return Finding(Status.SKIPPED, "There is no model to look at.")
    found = [layer.class_name for layer in evidence.layers if layer.class_name in family]
    if found == [asked]:
        return _passed(f"The model has one {asked}.")
    if not found:
        return _failed(
            f"The model has no {asked}; exactly one is asked.", f"Add one {asked} layer."
        )
    places = hints.layer_lines(evidence.source, function, found)
    return _failed(
        f"The model has {_counted(found)}{places}; exactly one {asked} is asked.",
        f"Keep one {asked} and remove the others."
        if asked in found
        else f"Put one {asked} in the place of {' and '.join(dict.fromkeys(found))}.",
    )


def _counted(names: list[str]) -> str:
    return " and ".join(f"{names.count(name)} {name}" for name in dict.fromkeys(names))


def _compared(layer: str, got: np.ndarray, expected: np.ndarray) -> Finding:
    if got.shape != expected.shape:
        return _failed(f"{layer} gives the shape {got.shape}, but should give {expected.shape}.")
    scale = max(1.0, float(np.max(np.abs(expected), initial=0.0)))
    worst = float(np.max(np.abs(got - expected), initial=0.0))
    # Written so that NaN fails: a comparison with NaN is never true.
    if worst <= _SAME_OUTPUT * scale:
        return _passed(f"{layer} agrees with the reference on the probe images.")
    return _failed(
        f"{layer} differs from the reference by {worst:.3g} on the probe images.",
        "If training gave NaN, lower the learning rate.",
    )


def _close(value: float, recorded: float) -> bool:
    return abs(value - recorded) <= _SAME_ACCURACY


def _must_load(source: SourceFacts) -> str:
    if source.cells:
        return "Restart the kernel and run all cells: the notebook must run from the top."
    return "Run the file by itself once in a fresh Python: it must load without an error."


def _why_unasked(evidence: Evidence, function: str) -> str:
    """Say why fit was not called."""
    source = evidence.source
    raised = evidence.outcome
    if isinstance(raised, Raised) and raised.phase == "import" and source.function_line is not None:
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


def _not_returned(evidence: Evidence, rubric: Rubric, asked: str) -> Finding:
    """Say why the function came to no result."""
    if evidence.source.function_line is None:
        return _failed(f"There is no {rubric.function} to call.", asked)
    source, raised, record = evidence.source, evidence.outcome, evidence.record
    if source.function_line is None:
        return _failed(f"There is no {rubric.function} to call.", asked)
    if record is None or not record.epochs:
        return _failed(f"{rubric.function} returned nothing: {untrained(evidence, rubric)}.", asked)
    finding = f"{rubric.function} returned nothing: {ended(evidence)}."
    if record.ending is Ending.BROKEN or not isinstance(raised, Raised):
        return _failed(finding, pointer(evidence))
    is_about_accuracy = raised.error == "KeyError" and "acc" in raised.message
    if is_about_accuracy and (hint := hints.missing_metrics(source)):
        return _failed(finding, hint)
    if not hints.in_return(source, raised.line):
        asked = f"The error{at(source, raised.line)} keeps the function from its result: mend it."
    return _failed(finding, asked)


def _why_late(evidence: Evidence, rubric: Rubric) -> str:
    return hints.late_stop(evidence.source, evidence.fit_line, rubric.target.accuracy)
