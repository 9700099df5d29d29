"""Each check passes for right evidence and fails, in words that help, for each way to be wrong."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import msgspec
import numpy as np
import pytest

from grader.admission import LayerFound
from grader.exercises import load_exercise
from grader.kinds.training.evidence import (
    DataFacts,
    Ending,
    Record,
    ShownLayers,
    TrainingEvidence,
    Weights,
)
from grader.model.report import Finding, Status
from grader.model.source import Cell, SourceFacts
from grader.protocol import ConvolutionSettings, Known, PoolingSettings, Raised, Returned
from grader.trainer import ProbeReading
from reference import activate, conv2d, max_pool2d
from tests.examples import epoch, epochs

EXERCISE = load_exercise("mnist-conv")
ACCURACIES = (0.95, 0.99, 0.9985)


RANDOM = np.random.default_rng(1)
KERNEL, BIAS = RANDOM.random((3, 3, 1, 4), np.float32), RANDOM.random(4, np.float32)


def probe(**changes: Any) -> ProbeReading:
    """Return two trained layers."""
    reading = ProbeReading(
        convolution=ConvolutionSettings(
            strides=(1, 1),
            padding="valid",
            dilation=(1, 1),
            groups=1,
            activation="relu",
            use_bias=True,
        ),
        pooling=PoolingSettings(pool_size=(2, 2), strides=(2, 2), padding="valid"),
        kernel=KERNEL,
        bias=BIAS,
    )
    return dataclasses.replace(reading, **changes)


def shown(kernel: Any = KERNEL, **changes: Any) -> ShownLayers:
    """Return what layers with this kernel do that agree with the reference."""
    images = np.random.default_rng(2).random((2, 7, 8, 1), np.float32)
    features = activate("relu", conv2d(images, kernel, BIAS)).astype(np.float32)
    pooled = max_pool2d(features).astype(np.float32)
    return dataclasses.replace(ShownLayers(None, images, features, features, pooled), **changes)


CONV, POOL = LayerFound("Conv2D", "conv2d"), LayerFound("MaxPooling2D", "pool")
RIGHT = TrainingEvidence(
    source=SourceFacts(text="...", defined={"train_mnist_conv": 3}),
    fit_line=20,
    layers=(CONV, POOL),
    data=DataFacts(60_000, training_images=60_000),
    record=Record(epochs(*ACCURACIES), Ending.STOPPED),
    probe=probe(),
    shown=shown(),
    outcome=Returned(description="...", epochs=(0, 1, 2), accuracy=0.9985),
)


def ask(check: str, **changes: Any) -> Finding:
    """Put changed evidence to a check."""
    evidence = dataclasses.replace(RIGHT, **changes)
    return EXERCISE.checks[check](evidence, EXERCISE.rubric)


@pytest.mark.parametrize("check", EXERCISE.checks)
def test_the_right_evidence_passes(check: str) -> None:
    """TrainingEvidence of a right submission passes every check."""
    finding = ask(check)

    assert finding.status is Status.PASSED, finding


def raised(
    phase: Any = "call", error: str = "NameError", message: str = "x", line: int = 9
) -> Raised:
    """Return an exception that left the submission."""
    return Raised(error=error, message=message, phase=phase, line=line)


def facts(**changes: Any) -> DataFacts:
    """Return changed facts about the data."""
    return dataclasses.replace(DataFacts(60_000, training_images=60_000), **changes)


def record(*accuracies: float, ending: Ending = Ending.COMPLETED) -> Record:
    """Return a training record."""
    return Record(epochs(*accuracies), ending)


def broken_off(*accuracies: float) -> Record:
    """Return a record whose last epoch was broken off in the middle."""
    *whole, last = epochs(*accuracies)
    return Record((*whole, msgspec.structs.replace(last, partial=True)), Ending.STOPPED)


def short(accuracy: float, known: float) -> Record:
    """Return a record of one epoch over few images, after which the model knows this share."""
    right = round(60_000 * known)
    knows = Known(images=60_000, right=right, trained=60_000, trained_right=right)
    few = epoch(0, accuracy, short=True, known=knows)
    return Record((few,), Ending.COMPLETED)


def returned(count: int, accuracy: float | None) -> Returned:
    """Return what a function returned."""
    return Returned(description="tuple of 2", epochs=tuple(range(count)), accuracy=accuracy)


def layers(*names: str) -> tuple[LayerFound, ...]:
    """Return layers of these classes."""
    return tuple(LayerFound(name, name.lower()) for name in names)


WRONG: list[tuple[str, dict[str, Any], str]] = [
    (
        "interface",
        {"source": SourceFacts(problem="The file is not valid Python: x", problem_line=7)},
        "line 7",
    ),
    ("interface", {"source": SourceFacts(text="x")}, "no function train_mnist_conv"),
    ("interface", {"outcome": raised("import")}, "NameError: x (line 9)"),
    (
        "interface",
        {"outcome": raised("call", "TypeError", "train_mnist_conv() missing 1 argument: 'x'")},
        "without arguments",
    ),
    ("data", {"data": None}, "No training"),
    ("data", {"data": None, "outcome": raised()}, "NameError: x (line 9).Mend this error first"),
    (
        "data",
        {"data": None, "outcome": raised("import")},
        "NameError: x (line 9).Mend this error first",
    ),
    ("data", {"data": None, "outcome": None, "collapse": "it was big"}, "Mend first what ended"),
    (
        "data",
        {
            "data": None,
            "source": SourceFacts(text="def f():\n  model.fit(x)", defined={"train_mnist_conv": 9}),
        },
        "The program ended without coming to fit (line 2): call `f`",
    ),
    ("data", {"data": facts(problem="12 of 60,000 images are not images of MNIST")}, "line 20"),
    ("data", {"data": facts(test_images=10)}, "10 test images"),
    ("data", {"data": facts(mislabelled=3)}, "3 labels"),
    ("data", {"data": facts(training_images=49_999)}, "49,999"),
    ("one_conv", {"layers": layers("MaxPooling2D")}, "no Conv2D"),
    ("one_conv", {"layers": layers("Conv2D", "Conv2D")}, "2 Conv2D"),
    ("one_conv", {"layers": layers("Conv2D", "DepthwiseConv2D")}, "1 DepthwiseConv2D"),
    ("one_conv", {"layers": layers("Conv1D")}, "1 Conv1D"),
    ("one_pool", {"layers": layers("Conv2D")}, "no MaxPooling2D"),
    ("one_pool", {"layers": layers("AveragePooling2D")}, "1 AveragePooling2D"),
    ("one_pool", {"layers": layers("MaxPooling2D", "GlobalMaxPooling2D")}, "1 GlobalMax"),
    ("reaches_target", {"record": record(0.9, 0.9979)}, "99.790%"),
    ("reaches_target", {"record": record(0.9, 0.99797)}, "99.796%"),
    ("reaches_target", {"record": broken_off(0.9, 0.999)}, "Epoch 2 ended before all images"),
    ("stops_on_target", {"record": broken_off(0.9, 0.999)}, "No epoch reached"),
    ("reaches_target", {"record": None}, "No epoch"),
    (
        "reaches_target",
        {"record": Record((), Ending.IMPOSSIBLE, "a shape is wrong")},
        "a shape is wrong",
    ),
    (
        "reaches_target",
        {"record": record(0.9, 0.9843, ending=Ending.STOPPED)},
        "A callback stopped the training after epoch 2: let it wait for 0.998.",
    ),
    (
        "reaches_target",
        {"record": record(0.5, ending=Ending.BROKEN), "outcome": raised()},
        "Mend the error first (line 9).",
    ),
    (
        "reaches_target",
        {"record": Record((), Ending.IMPOSSIBLE, "ValueError: no such loss.")},
        "No epoch was trained: ValueError: no such loss (line 20).",
    ),
    (
        "within_epochs",
        {"record": Record((), Ending.IMPOSSIBLE, "ValueError: no such loss.")},
        "No epoch was trained: see reaches_target.",
    ),
    (
        "within_epochs",
        {"record": record(0.9, ending=Ending.BROKEN)},
        "fit did not end, and the program went on.Let fit end by itself",
    ),
    (
        "within_epochs",
        {"record": record(0.9, ending=Ending.BROKEN), "outcome": raised("call", "Empty", "")},
        "Empty (line 9).Mend this error first;",
    ),
    (
        "within_epochs",
        {"record": record(0.9, ending=Ending.BROKEN), "outcome": None, "collapse": "it was big"},
        "Mend first what ended the program;",
    ),
    (
        "stops_on_target",
        {"record": record(0.9, ending=Ending.BROKEN), "outcome": raised()},
        "Mend the error first (line 9).",
    ),
    ("within_epochs", {"record": record(*[0.9] * 20, ending=Ending.CUT)}, "after 20 epochs"),
    (
        "within_epochs",
        {"record": record(0.9, ending=Ending.BROKEN), "outcome": raised()},
        "broke off after 1 epoch: NameError",
    ),
    ("stops_on_target", {"record": record(0.9, 0.998, 0.999)}, "Epoch 2 reached"),
    ("stops_on_target", {"record": record(0.9, 0.99)}, "No epoch reached"),
    ("conv_output", {"probe": None}, "no trained layer"),
    (
        "conv_output",
        {"shown": shown(convolution_output=np.zeros((2, 5, 6, 4), np.float32))},
        "differs",
    ),
    (
        "conv_output",
        {"shown": shown(convolution_output=np.zeros((2, 5, 5, 4), np.float32))},
        "shape",
    ),
    (
        "conv_output",
        {"shown": shown(convolution_output=np.full((2, 5, 6, 4), np.nan, np.float32))},
        "not finite",
    ),
    ("conv_output", {"probe": probe(kernel=KERNEL * np.nan)}, "not finite numbers"),
    ("conv_output", {"probe": probe(kernel=KERNEL * 0)}, "filters of the convolution are zero"),
    ("conv_output", {"shown": shown(KERNEL + 1)}, "differs"),
    ("conv_output", {"shown": None, "outcome": None, "collapse": "it was big"}, "it was big"),
    ("conv_output", {"shown": ShownLayers(problem="E: no")}, "could not be run after it: E: no."),
    ("pool_output", {"probe": None}, "no trained layer"),
    ("pool_output", {"shown": shown(pooling_output=np.zeros((2, 2, 3, 4), np.float32))}, "differs"),
    ("pool_output", {"shown": shown(pooling_input=KERNEL * np.inf)}, "not finite"),
    ("pool_output", {"shown": ShownLayers(problem="E: no")}, "could not be run after it: E: no."),
    ("one_conv", {"layers": (LayerFound("Conv2D", "c", window=(1, 1)), POOL)}, "kernel of 1 x 1"),
    ("one_conv", {"layers": (LayerFound("Conv2D", "c", calls=2), POOL)}, "uses its Conv2D 2 times"),
    ("one_pool", {"layers": (CONV, LayerFound("MaxPooling2D", "p", window=(1, 1)))}, "of 1 x 1"),
    ("one_pool", {"layers": (CONV, LayerFound("MaxPooling2D", "p", calls=3))}, "3 layers on the"),
    ("reaches_target", {"record": short(0.9999, 0.985)}, "gets 59,100 right, 98.50%"),
    ("stops_on_target", {"record": short(0.9999, 0.985)}, "No epoch reached"),
    ("returns_history", {"outcome": raised()}, "NameError"),
    ("returns_history", {"outcome": None, "collapse": "it used over 1 MiB"}, "over 1 MiB"),
    ("returns_history", {"outcome": Returned(description="None")}, "None"),
    ("returns_history", {"outcome": returned(2, 0.9985)}, "2 epochs, but 3"),
    ("returns_history", {"outcome": returned(1, 0.9985)}, "returned 1 epoch, but 3 were"),
    ("returns_history", {"outcome": returned(2, 0.9), "record": record(0.9)}, "but 1 was trained"),
    (
        "returns_history",
        {"outcome": Returned(description="...", epochs=(1, 2, 3), accuracy=0.9985)},
        "returned the epochs 1 to 3, but Keras numbers them 0 to 2: return `history.epoch`.",
    ),
    (
        "returns_history",
        {"outcome": Returned(description="...", epochs=(1,), accuracy=0.9), "record": record(0.9)},
        "returned the epoch 1, but Keras numbers it 0: return",
    ),
    ("returns_history", {"outcome": Returned(description="History")}, "returned a History, but"),
    ("returns_history", {"outcome": None, "source": SourceFacts(text="x")}, "There is no train_"),
    ("returns_history", {"outcome": None, "record": record()}, "nothing: see reaches_target."),
    ("returns_history", {"outcome": raised("call", "SystemExit", "")}, ": SystemExit (line 9)."),
    ("returns_history", {"outcome": raised("call", "E", "an end.. ")}, "E: an end (line 9)."),
    ("returns_history", {"outcome": returned(3, 0.9999)}, "0.9999"),
    ("returns_history", {"outcome": returned(3, None)}, "should return"),
    ("returns_history", {"outcome": returned(0, 0.9985), "record": record()}, "no epoch"),
    ("returns_history", {"outcome": returned(0, 0.9985), "record": None}, "no epoch"),
]


PROGRAM = """\
class Stop(Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] > 99.8:
            self.model.stop_training = True


def train_mnist_conv():
    model = Sequential([Conv2D(8, 3), Conv2D(8, 3), AvgPool2D(), Dense(10)])
    model.compile('sgd', 'sparse_categorical_crossentropy')
    history = model.fit(x_test, y_test, epochs=5, callbacks=[Stop()])
    return history
"""
SOURCE = SourceFacts(text=PROGRAM, defined={"train_mnist_conv": 7})
HINTS: list[tuple[str, dict[str, Any], str]] = [
    ("interface", {"source": SourceFacts(text="def train_mnist():\n  x")}, "Did you mean"),
    (
        "interface",
        {
            "source": SourceFacts(
                text="def train_mnist_conv(path):\n  x", defined={"train_mnist_conv": 1}
            ),
            "outcome": raised(error="TypeError", message="train_mnist_conv() missing path"),
        },
        "needs `path`",
    ),
    ("data", {"data": None, "source": SourceFacts(text="x = 1")}, "Nothing in the file calls"),
    (
        "data",
        {
            "data": None,
            "outcome": raised(),
            "source": SourceFacts(text=PROGRAM.replace("()]", "]")),
        },
        "the class `Stop` itself",
    ),
    (
        "data",
        {"data": facts(problem="x"), "source": SourceFacts(text="fashion_mnist.load_data()")},
        "`fashion_mnist` (line 1)",
    ),
    ("data", {"data": facts(test_images=10)}, "is given `x_test`"),
    ("data", {"data": facts(mislabelled=3)}, "is given `y_test`"),
    (
        "data",
        {"data": facts(training_images=9), "source": SourceFacts(text="m.fit(x[:9], y)")},
        "slice (line 1)",
    ),
    ("one_conv", {"layers": layers("Conv2D", "Conv2D")}, "2 Conv2D (line 8)"),
    ("one_pool", {"layers": layers("AveragePooling2D")}, "in the place of AveragePooling2D"),
    ("one_pool", {"layers": layers("AveragePooling2D")}, "(line 8)"),
    ("reaches_target", {"record": record(0.9, 0.9979)}, "asks for 5 epochs"),
    (
        "reaches_target",
        {
            "record": record(0.9, 0.991, ending=Ending.STOPPED),
            "source": SourceFacts(text=PROGRAM.replace("99.8", "0.99")),
        },
        "stops already at 0.99 (line 3)",
    ),
    (
        "reaches_target",
        {"record": record(0.9, ending=Ending.BROKEN), "outcome": raised()},
        "compile (line 9) is given no metrics",
    ),
    ("within_epochs", {"record": record(*[0.9] * 20, ending=Ending.CUT)}, "never above 99.8"),
    (
        "within_epochs",
        {"record": record(0.9, ending=Ending.BROKEN), "outcome": raised()},
        "compile (line 9) is given no metrics",
    ),
    ("stops_on_target", {"record": record(0.9, 0.998, 0.999)}, "never above 99.8 (line 3)"),
    ("returns_history", {"outcome": Returned(description="History")}, "(line 11) gives the Hist"),
    (
        "returns_history",
        {"outcome": raised(error="KeyError", message="'accuracy'")},
        "compile (line 9) is given no metrics",
    ),
]


@pytest.mark.parametrize(("check", "changes", "words"), HINTS)
def test_a_failed_check_names_the_mistake(check: str, changes: dict[str, Any], words: str) -> None:
    """What a check has found missing is explained by the mistake in the source."""
    finding = ask(check, **{"source": SOURCE, "fit_line": 10} | changes)

    assert finding.status is Status.FAILED
    assert words in finding.message + finding.help


@pytest.mark.parametrize("check", EXERCISE.checks)
def test_no_mistake_in_the_source_fails_a_check(check: str) -> None:
    """Hints decide nothing: with the right evidence a source full of mistakes passes."""
    finding = ask(check, source=SOURCE)

    assert finding.status is Status.PASSED
    assert not finding.help


@pytest.mark.parametrize(("check", "changes"), [(check, changes) for check, changes, _ in WRONG])
def test_places_in_a_notebook_are_cells(check: str, changes: dict[str, Any]) -> None:
    """No finding about a notebook names a line of the file that its cells were joined to."""
    source = changes.get("source", SOURCE)
    notebook = dataclasses.replace(source, cells=(Cell(1, 1, 1), Cell(2, 2, 4)))
    finding = ask(check, **changes | {"source": notebook})
    text = finding.message + finding.help

    assert len(re.findall(r"\blines? \d", text)) == len(re.findall(r"cell \d, line \d", text))


@pytest.mark.parametrize(("check", "changes", "words"), WRONG)
def test_wrong_evidence_fails_with_a_reason(
    check: str, changes: dict[str, Any], words: str
) -> None:
    """Each way to be wrong fails its check and is named."""
    finding = ask(check, **changes)

    assert finding.status is Status.FAILED
    assert words in finding.message + finding.help


def test_every_check_has_a_way_to_fail() -> None:
    """No check passes whatever happens."""
    assert {check for check, _, _ in WRONG} == set(EXERCISE.checks)


def test_the_target_is_reached_at_exactly_the_target() -> None:
    """0.998 as TensorFlow computes it, 59,880 of 60,000 in float32, is enough."""
    exactly = 59_880 / 60_000

    assert ask("reaches_target", record=record(exactly)).status is Status.PASSED
    assert ask("stops_on_target", record=record(exactly)).status is Status.PASSED


@pytest.mark.parametrize("per_mille", range(900, 1000))
def test_images_are_counted_whatever_float32_makes_of_a_target(per_mille: int) -> None:
    """Exactly the required share passes, for every target; an image less does not.

    A callback compares the float32 of the logs and may go on for an epoch: that stops in time too.
    """
    target = per_mille / 1000
    rubric = msgspec.structs.replace(
        EXERCISE.rubric, target=msgspec.structs.replace(EXERCISE.rubric.target, accuracy=target)
    )
    exactly, more = epoch(0, target), epoch(1, target + 0.0005)
    less = msgspec.structs.replace(exactly, right=exactly.right - 1)

    def ask_for(check: str, *of: Any) -> Status:
        evidence = dataclasses.replace(RIGHT, record=Record(of, Ending.STOPPED))
        return EXERCISE.checks[check](evidence, rubric).status

    goes_on = float(np.float32(target)) < target

    assert ask_for("reaches_target", exactly) is Status.PASSED
    assert ask_for("reaches_target", less) is Status.FAILED
    assert ask_for("stops_on_target", exactly) is Status.PASSED
    assert (ask_for("stops_on_target", exactly, more) is Status.PASSED) is goes_on


def test_weights_of_any_recorded_epoch_may_have_been_put_back() -> None:
    """Early stopping restores the best epoch; its layers do what its own weights say."""
    earlier = shown(KERNEL + 1)
    recorded = (Weights(KERNEL + 1, BIAS), Weights(KERNEL, BIAS))

    assert ask("conv_output", shown=earlier, weights=recorded).status is Status.PASSED
    assert ask("conv_output", shown=earlier, weights=recorded[1:]).status is Status.FAILED


def test_without_a_model_there_is_nothing_to_count() -> None:
    """A structure check is skipped, not failed, when no model was seen."""
    assert ask("one_conv", layers=None).status is Status.SKIPPED


def test_what_the_student_was_told_counts_as_returned() -> None:
    """A student returns the accuracy that the logs show, even when the trainer's own differs."""
    told = dataclasses.replace(
        RIGHT, outcome=Returned(description="...", epochs=(0, 1, 2), accuracy=0.9985 + 1e-9)
    )

    assert EXERCISE.checks["returns_history"](told, EXERCISE.rubric).status is Status.PASSED


@pytest.mark.parametrize("numbers", [(0, 1, 0), (0,), (0, 1, 2)])
def test_after_several_fits_the_last_history_or_all_of_them_may_be_returned(
    numbers: tuple[int, ...],
) -> None:
    """Epochs of a loop of fits are told in the ways that students write it down."""
    first, second, third = epochs(*ACCURACIES)
    record = Record((first, second, msgspec.structs.replace(third, number=0)), Ending.STOPPED)
    told = Returned(description="...", epochs=numbers, accuracy=0.9985)
    finding = ask("returns_history", record=dataclasses.replace(record, last_fit=1), outcome=told)

    assert finding.status is Status.PASSED
