"""Where a check's answer turns: one image, one epoch or one part in ten thousand further on."""

from __future__ import annotations

import dataclasses
from typing import Any

import msgspec
import numpy as np
import pytest

from grader.admission import LayerFound
from grader.checks.wording import FIRST
from grader.kinds.training.evidence import (
    DataFacts,
    Ending,
    Record,
    ShownLayers,
    TrainingEvidence,
    Weights,
    best_accuracy,
)
from grader.model.report import Status
from grader.model.source import Cell, SourceFacts
from grader.protocol import ConvolutionSettings, Epoch, PoolingSettings, Raised, Returned
from reference import activate, conv2d, max_pool2d
from tests.checks.test_training import (
    BIAS,
    CONV,
    EXERCISE,
    KERNEL,
    POOL,
    PROGRAM,
    RIGHT,
    ask,
    facts,
    probe,
    raised,
    record,
    shown,
)
from tests.examples import epoch, epochs


def passes(check: str, **changes: Any) -> bool:
    """Whether a check passes changed evidence."""
    return ask(check, **changes).status is Status.PASSED


@pytest.mark.parametrize(("images", "enough"), [(50_000, True), (49_999, False)])
def test_so_many_images_are_enough(images: int, enough: bool) -> None:  # noqa: FBT001
    """To the image."""
    assert EXERCISE.rubric.target.min_images == 50_000
    assert passes("data", data=facts(training_images=images)) is enough


@pytest.mark.parametrize(("window", "enough"), [((2, 2), True), ((1, 2), False), ((3, 1), False)])
def test_a_window_is_wide_enough_in_both_directions(
    window: tuple[int, int],
    enough: bool,  # noqa: FBT001
) -> None:
    """Two pixels are."""
    conv = LayerFound("Conv2D", "c", window=window)
    pool = LayerFound("MaxPooling2D", "p", window=window)

    assert passes("one_conv", layers=(conv, POOL)) is enough
    assert passes("one_pool", layers=(CONV, pool)) is enough


# A tolerance: what float32 rounds is let pass, what a student did otherwise is not.


@pytest.mark.parametrize(
    ("off", "same"), [(2e-5, True), (9e-5, True), (2e-4, False), (1e-2, False)]
)
@pytest.mark.parametrize("scale", [0.01, 1.0, 500.0])
def test_layers_agree_up_to_rounding(off: float, same: bool, scale: float) -> None:  # noqa: FBT001
    """Relative to the largest number of a picture, and never to less than one."""
    kernel = KERNEL * np.float32(scale)
    right = shown(kernel)
    reach = max(1.0, float(np.abs(right.convolution_output).max()))
    moved = right.convolution_output.copy()
    moved.flat[7] += np.float32(off * reach)
    pooled = right.pooling_output.copy()
    pooled.flat[5] -= np.float32(off * max(1.0, float(np.abs(pooled).max())))

    assert (
        passes(
            "conv_output",
            probe=probe(kernel=kernel),
            shown=dataclasses.replace(right, convolution_output=moved),
        )
        is same
    )
    assert passes("pool_output", shown=dataclasses.replace(right, pooling_output=pooled)) is same


def test_layers_that_give_nothing_agree() -> None:
    """Nothing differs by nothing."""
    images = np.zeros((0, 7, 8, 1), np.float32)
    features, pooled = np.zeros((0, 5, 6, 4), np.float32), np.zeros((0, 2, 3, 4), np.float32)
    nothing = ShownLayers(None, images, features, features, pooled)

    assert passes("pool_output", shown=nothing)


@pytest.mark.parametrize(
    "changes",
    [
        {"strides": (2, 1)},
        {"padding": "same"},
        {"dilation": (2, 2)},
        {"activation": "tanh"},
        {"use_bias": False},
    ],
    ids=str,
)
def test_a_convolution_is_compared_as_it_was_built(changes: dict[str, Any]) -> None:
    """And one that was built otherwise differs, in shape or in numbers."""
    settings = msgspec.structs.replace(probe().convolution, **changes)
    images = shown().convolution_input
    built = _convolved(images, KERNEL, settings)
    right = dataclasses.replace(shown(), convolution_output=built)

    assert passes("conv_output", probe=probe(convolution=settings), shown=right)
    assert not passes("conv_output", shown=right)


def test_groups_are_compared_as_they_were_built() -> None:
    """Each group of filters sees its own channels only."""
    random = np.random.default_rng(3)
    images = random.random((2, 6, 6, 4), np.float32)
    kernel = random.random((3, 3, 2, 4), np.float32)
    settings = ConvolutionSettings((1, 1), "valid", (1, 1), 2, "relu", use_bias=True)
    features = _convolved(images, kernel, settings)
    right = ShownLayers(None, images, features, features, features)
    swapped = np.ascontiguousarray(images[..., ::-1])
    wrong = dataclasses.replace(right, convolution_output=_convolved(swapped, kernel, settings))
    grouped = probe(convolution=settings, kernel=kernel)

    assert passes("conv_output", probe=grouped, shown=right)
    assert not passes("conv_output", probe=grouped, shown=wrong)


def _convolved(images: Any, kernel: Any, settings: ConvolutionSettings) -> np.ndarray:
    """Convolve as a layer that was built so does."""
    found: np.ndarray = activate(
        settings.activation,
        conv2d(
            images,
            kernel,
            BIAS if settings.use_bias else None,
            strides=settings.strides,
            padding=settings.padding,
            dilation=settings.dilation,
            groups=settings.groups,
        ),
    ).astype(np.float32)
    return found


@pytest.mark.parametrize(
    "settings",
    [
        PoolingSettings((3, 2), (3, 2), "valid"),
        PoolingSettings((2, 2), (1, 1), "valid"),
        PoolingSettings((2, 2), (2, 2), "same"),
    ],
    ids=str,
)
def test_a_pooling_is_compared_as_it_was_built(settings: PoolingSettings) -> None:
    """And one that was built otherwise differs."""
    entering = shown().pooling_input
    built = max_pool2d(
        entering, settings.pool_size, strides=settings.strides, padding=settings.padding
    ).astype(np.float32)
    right = dataclasses.replace(shown(), pooling_output=built)

    assert passes("pool_output", probe=probe(pooling=settings), shown=right)
    assert not passes("pool_output", shown=right)


def test_weights_of_any_recorded_epoch_will_do() -> None:
    """A callback may have put those of a better one back; those of none will not."""
    earlier = (Weights(KERNEL + 1, BIAS), Weights(KERNEL + 2, BIAS))

    assert passes("conv_output", weights=earlier)
    assert passes("conv_output", weights=earlier, shown=shown(KERNEL + 1))
    assert passes("conv_output", weights=earlier, shown=shown(KERNEL + 2))
    assert not passes("conv_output", weights=earlier, shown=shown(KERNEL + 3))


# Accuracy: images are counted.


def few(right: int, **changes: Any) -> Record:
    """Return a record whose one epoch has so many of 500 images right."""
    only = epoch(0, 0.5, **changes)
    return Record((msgspec.structs.replace(only, right=right, images=500),), Ending.COMPLETED)


@pytest.mark.parametrize("right", [499, 498])
@pytest.mark.parametrize(
    ("name", "words"),
    [("partial", "ended before all images"), ("short", "is over 500 images only")],
)
def test_an_accuracy_of_few_images_is_said_to_be(right: int, name: str, words: str) -> None:
    """Where it would have reached the target, 499 of 500; else the best epoch is named."""
    finding = ask("reaches_target", record=few(right, **{name: True}))

    assert finding.status is Status.FAILED
    assert (words in finding.message) is (right == 499)


def test_the_target_itself_is_enough() -> None:
    """499 of 500 images are 99.8 %."""
    exactly = epochs(0.9, 0.998)

    assert passes("reaches_target", record=Record(exactly, Ending.STOPPED))
    assert passes("stops_on_target", record=Record(exactly, Ending.STOPPED))
    assert ask("reaches_target", record=Record(exactly, Ending.STOPPED)).message == (
        "Epoch 2 has 99.800% training accuracy."
    )
    assert not passes("reaches_target", record=record(0.9, 59_879 / 60_000))


def test_a_callback_sees_a_target_that_float32_has() -> None:
    """Half is half in every precision, so that training on past it has no excuse."""
    target = msgspec.structs.replace(EXERCISE.rubric.target, accuracy=0.5)
    rubric = msgspec.structs.replace(EXERCISE.rubric, target=target)
    check = EXERCISE.checks["stops_on_target"]
    given = {
        count: dataclasses.replace(
            RIGHT, record=Record(epochs(*(0.5, 0.6)[:count]), Ending.STOPPED)
        )
        for count in (1, 2)
    }

    assert check(given[1], rubric).status is Status.PASSED
    assert check(given[2], rubric).status is Status.FAILED


def test_the_best_whole_epoch_is_the_best() -> None:
    """One that was broken off, or had few steps, is an accuracy of a few images."""
    whole, partial = epoch(0, 0.9), epoch(1, 0.99, partial=True)
    short: Epoch = epoch(2, 0.98, short=True)

    assert best_accuracy(Record((whole, partial, short), Ending.STOPPED)) == 0.9
    assert best_accuracy(Record((partial, short), Ending.STOPPED)) == 0.0
    assert best_accuracy(None) == 0.0


@pytest.mark.parametrize(
    ("accuracy", "same"),
    [(0.9985, True), (0.9985 + 5e-7, True), (0.9985 - 2e-6, False), (0.99851, False)],
)
def test_an_accuracy_is_returned_as_it_was_recorded(
    accuracy: float,
    same: bool,  # noqa: FBT001
) -> None:
    """Up to the rounding of float32."""
    outcome = Returned(description="...", epochs=(0, 1, 2), accuracy=accuracy)

    assert passes("returns_history", outcome=outcome) is same


def test_an_accuracy_is_the_last_epochs() -> None:
    """By any name that the logs have for it, and not that of the epoch before."""
    first, last = epochs(0.9, 0.9985)
    for name in ("accuracy", "acc"):
        logged = msgspec.structs.replace(last, logs={name: 0.7})
        given = {
            "record": Record((first, logged), Ending.STOPPED),
            "outcome": Returned(description="...", epochs=(0, 1), accuracy=0.7),
        }
        before = Returned(description="...", epochs=(0, 1), accuracy=0.9)

        assert passes("returns_history", **given)
        assert not passes("returns_history", **{**given, "outcome": before})


def test_without_an_epoch_nothing_stops_on_target() -> None:
    """Whether there is an empty record or none."""
    for nothing in (None, Record((), Ending.IMPOSSIBLE, "no")):
        finding = ask("stops_on_target", record=nothing)

        assert finding.status is Status.FAILED
        assert "No epoch was trained" in finding.message


# Words.


def test_how_to_load_a_file_depends_on_what_it_is() -> None:
    """A notebook is run from its top, a file in a fresh Python."""
    broken = {"outcome": raised("import")}
    cells = SourceFacts(text="x\n", cells=(Cell(1, 1, 1),), defined={"train_mnist_conv": 1})

    assert "fresh Python" in str(ask("interface", **broken).help)
    assert "Restart the kernel" in str(ask("interface", source=cells, **broken).help)


def test_what_interface_says_is_not_said_twice() -> None:
    """A file that cannot be loaded calls no fit; one that broke off later is another thing."""
    error = raised("import", "ModuleNotFoundError", "No module named 'cv2'")
    source = SourceFacts("import cv2", defined={"train_mnist_conv": 9})
    defined = ask("data", data=None, source=source, outcome=error)
    undefined = ask("data", data=None, source=SourceFacts("import cv2"), outcome=error)

    assert defined.help == FIRST
    assert "leave out the import of `cv2`" in str(undefined.help)


@pytest.mark.parametrize(("message", "is_about_it"), [("'accuracy'", True), ("'lr'", False)])
def test_metrics_are_missed_where_an_accuracy_is(message: str, is_about_it: bool) -> None:  # noqa: FBT001
    """Another key that is not there has nothing to do with them."""
    source = SourceFacts(PROGRAM, defined={"train_mnist_conv": 7})
    finding = ask("returns_history", source=source, outcome=raised("call", "KeyError", message))

    assert ("is given no metrics" in str(finding.help)) is is_about_it


def test_a_missing_record_needs_no_help_of_its_own() -> None:
    """Only a program that broke off has an error to mend."""
    went_on = ask("reaches_target", record=None)
    broke = ask("reaches_target", record=None, outcome=raised())

    assert not went_on.help
    assert broke.help


@pytest.mark.parametrize(
    ("line", "words"), [(2, "Return `history.epoch"), (1, "keeps the function from its result")]
)
def test_an_error_keeps_the_function_from_its_result(line: int, words: str) -> None:
    """One in what is returned is mended there, any other where it is."""
    source = SourceFacts(
        text="def train_mnist_conv():\n    return history.history['acc']\n",
        defined={"train_mnist_conv": 1},
    )
    error = Raised(error="NameError", message="x", phase="call", line=line)

    assert words in str(ask("returns_history", source=source, outcome=error).help)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ((), ""),
        ((None,), ""),
        ((7,), "line 7"),
        ((7, 9), "lines 7 and 9"),
        ((7, None, 9, 12), "lines 7, 9 and 12"),
        ((1, 2, 3, 4), "lines 1, 2, 3 and 4"),
    ],
)
def test_lines_are_listed(lines: tuple[int | None, ...], words: str) -> None:
    """As people list them."""
    assert SourceFacts().place(*lines) == words


def test_lines_of_a_notebook_are_those_of_its_cells() -> None:
    """The first line of a cell is its line 1; text before all cells counts with the first."""
    cells = (Cell(2, 1, 2), Cell(3, 3, 5))
    facts = SourceFacts(text="\n" * 9, cells=cells)

    assert facts.place(1) == "cell 2 (code cell 1), line 0"
    assert facts.place(4, 5) == "cell 2 (code cell 1), line 3 and cell 3, line 1"


def test_words_are_placed_where_a_line_is_known() -> None:
    """And left as they are where it is not."""
    facts = SourceFacts(text="a\nb\n")

    assert (facts.placed("x", 2), facts.placed("x", None)) == ("x (line 2)", "x")
    assert [facts.line_if_any(line) for line in (None, 1, 3, 4)] == [None, 1, 3, None]


def test_nothing_is_observed_before_it_is() -> None:
    """Fresh evidence claims nothing."""
    fresh = TrainingEvidence(SourceFacts())

    assert (fresh.is_doubtful, fresh.trained_s, DataFacts(5).training_images) == (False, 0.0, 0)
    assert Record((), Ending.CUT).last_fit == 0
    assert ShownLayers().convolution_output.size == 0
