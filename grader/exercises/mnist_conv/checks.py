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
from grader.exercises.rubric import Rubric
from grader.model.evidence import Ending, Evidence, Record, SourceFacts, best_accuracy
from grader.model.report import Finding, Status
from grader.protocol import Raised, Returned
from reference import activate, conv2d, max_pool2d

_SAME_ACCURACY = 1e-6
_SAME_OUTPUT = 1e-4
_CLOSE_TO_ALL = 0.99


def interface(evidence: Evidence, rubric: Rubric) -> Finding:
    """The file defines the asked function, callable without arguments."""
    source, name = evidence.source, rubric.function
    if source.problem:
        return _failed(f"{source.problem}{_at(source, source.problem_line)}.", source.problem_help)
    if source.function_line is None:
        return _failed(
            f"The file defines no function {name}.",
            hints.missing_function(source, name)
            or f"Put the training into `def {name}():`, at the left margin, without arguments.",
        )
    raised = evidence.outcome
    if isinstance(raised, Raised) and raised.phase == "import":
        return _failed(
            f"The file could not be loaded: {_words(source, raised)}.",
            "Run the file by itself once in a fresh Python: it must load without an error.",
        )
    if isinstance(raised, Raised) and raised.error == "TypeError" and f"{name}()" in raised.message:
        return _failed(
            f"{name} cannot be called without arguments: {raised.message}.",
            hints.needed_arguments(source, name)
            or f"Define it as `def {name}():`; the grader calls it with nothing in the brackets.",
        )
    return _passed(f"{name} is defined{_at(source, source.function_line)}.")


def data(evidence: Evidence, rubric: Rubric) -> Finding:
    """It trains on MNIST's own training images with their own labels."""
    facts, source, fit_line = evidence.data, evidence.source, evidence.fit_line
    if facts is None:
        return _failed(
            f"No training was asked for: {_ended(evidence)}.",
            _why_broken(evidence)
            or hints.no_fit(source, rubric.function)
            or "Call model.fit(...).",
        )
    place = _at(source, fit_line)
    if facts.problem:
        return _failed(
            f"fit{place} is not given MNIST: {facts.problem}.",
            hints.other_data(source)
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
        return _failed(f"No epoch was trained: {_ended(evidence)}.")
    best = best_accuracy(record)
    if best >= target:
        number = next(n for n, epoch in enumerate(record.epochs, 1) if epoch.accuracy == best)
        return _passed(f"Epoch {number} has {_percent(best)} training accuracy.")
    last = record.epochs[-1]
    if last.partial and last.accuracy >= target:
        return _failed(
            f"Epoch {len(record.epochs)} ended before all images were seen."
            f" Its {_percent(last.accuracy)} are those of a few images, not of an epoch.",
            "Decide in on_epoch_end, not after a batch, and leave steps_per_epoch out of fit.",
        )
    return _failed(
        f"The best of {_epochs(record)} has {_percent(best)} training accuracy; {target:.1%} is"
        " asked.",
        _why_below(evidence, record, best, rubric)
        or "Train longer, or give the layers more filters or units; scaled pixels learn faster.",
    )


def within_epochs(evidence: Evidence, rubric: Rubric) -> Finding:
    """Training ends by itself within the allowed number of epochs."""
    record, limit = evidence.record, rubric.target.max_epochs
    if record is None or not record.epochs:
        return _failed(f"No epoch was trained: {_ended(evidence)}.")
    if record.ending is Ending.CUT:
        return _failed(
            f"Training was still going on after {limit} epochs and was cut.",
            f"Ask fit for at most {limit} epochs, and stop earlier with a callback."
            f" {_why_late(evidence, rubric)}".rstrip(),
        )
    if record.ending is Ending.BROKEN:
        return _failed(
            f"Training broke off after {_epochs(record)}: {_ended(evidence)}.",
            _why_broken(evidence),
        )
    return _passed(f"Training ended by itself after {_epochs(record)}.")


def stops_on_target(evidence: Evidence, rubric: Rubric) -> Finding:
    """Training ends with the first epoch that reaches the target."""
    record, target = evidence.record, rubric.target.accuracy
    if record is None or not record.epochs:
        return _failed(f"No epoch was trained: {_ended(evidence)}.")
    reached = [
        number
        for number, epoch in enumerate(record.epochs, 1)
        if epoch.accuracy >= target and not epoch.partial
    ]
    if not reached:
        return _failed(
            f"No epoch reached {target:.1%}, so nothing shows that training stops there.",
            "First make the model reach the target.",
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


def conv_output(evidence: Evidence, rubric: Rubric) -> Finding:  # noqa: ARG001 - as all checks
    """The convolution layer computes what the reference computes with the same weights."""
    probe = evidence.probe
    if probe is None:
        return _failed(f"There is no trained layer to probe: {_ended(evidence)}.")
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


def pool_output(evidence: Evidence, rubric: Rubric) -> Finding:  # noqa: ARG001
    """The pooling layer computes what the reference computes."""
    probe = evidence.probe
    if probe is None:
        return _failed(f"There is no trained layer to probe: {_ended(evidence)}.")
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
        help_ = (_wants_accuracy(evidence) and hints.missing_metrics(evidence.source)) or asked
        return _failed(f"{name} returned nothing: {_ended(evidence)}.", help_)
    asked = f"{hints.wrong_return(evidence.source, name)} {asked}".lstrip()
    if outcome.epochs is None or outcome.accuracy is None:
        return _failed(
            f"{name} returned {outcome.description}, but should return the list of epochs and the"
            " last accuracy.",
            asked,
        )
    if evidence.record is None or not evidence.record.epochs:
        return _failed(f"{name} returned a history, but no epoch was trained.", asked)
    epochs = evidence.record.epochs
    trained = tuple(epoch.number for epoch in epochs)
    # Of several fits, the last history or all of them together.
    if outcome.epochs not in (
        trained,
        trained[-evidence.record.last_fit :],
        (*range(len(trained)),),
    ):
        return _failed(
            f"{name} returned {len(outcome.epochs)} epochs, but {len(trained)} were trained.", asked
        )
    last = {epochs[-1].accuracy, epochs[-1].logs.get("accuracy"), epochs[-1].logs.get("acc")}
    if not any(_close(outcome.accuracy, value) for value in last if value is not None):
        return _failed(
            f"{name} returned the accuracy {outcome.accuracy:.6g}, but the last epoch has"
            f" {epochs[-1].accuracy:.6g}.",
            asked,
        )
    return _passed(f"{name} returned {len(outcome.epochs)} epochs and {outcome.accuracy:.4f}.")


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


def _percent(accuracy: float) -> str:
    """Show so many places that what falls short of 99.8 % never looks like it."""
    return f"{accuracy:.3%}" if accuracy > _CLOSE_TO_ALL else f"{accuracy:.2%}"


def _epochs(record: Record) -> str:
    count = len(record.epochs)
    return "1 epoch" if count == 1 else f"{count} epochs"


def _at(source: SourceFacts, line: int | None) -> str:
    place = source.place(line)
    return f" ({place})" if place else ""


def _words(source: SourceFacts, raised: Raised) -> str:
    return f"{raised.error}: {raised.message}{_at(source, raised.line)}".replace("\n", " ")


def _ended(evidence: Evidence) -> str:
    """Say why something is missing from the evidence."""
    if evidence.record is not None and evidence.record.problem:
        return evidence.record.problem
    if evidence.collapse:
        return evidence.collapse
    if isinstance(evidence.outcome, Raised):
        return _words(evidence.source, evidence.outcome)
    return "the program ended without it"


def _why_late(evidence: Evidence, rubric: Rubric) -> str:
    return hints.late_stop(evidence.source, evidence.fit_line, rubric.target.accuracy)


def _why_broken(evidence: Evidence) -> str:
    """Look for a mistake in a callback if an error left the function."""
    if not isinstance(evidence.outcome, Raised) or evidence.outcome.phase == "import":
        return ""
    return hints.broken_callback(evidence.source, evidence.fit_line)


def _why_below(evidence: Evidence, record: Record, best: float, rubric: Rubric) -> str:
    source, fit_line, target = evidence.source, evidence.fit_line, rubric.target
    if record.ending is Ending.BROKEN:
        return _why_broken(evidence)
    stopped = record.ending is Ending.STOPPED
    early = hints.early_stop(source, fit_line, target.accuracy) if stopped else ""
    return early or hints.slow_learning(source, fit_line, best, target.max_epochs)


def _wants_accuracy(evidence: Evidence) -> bool:
    raised = evidence.outcome
    return isinstance(raised, Raised) and raised.error == "KeyError" and "acc" in raised.message
