"""A class of twelve whose pages tests look at: programs of the samples, learning as they might."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.dataset import synthetic
from grader.exercises import load_exercise
from grader.gradebook import Entry, State
from grader.kinds.training.evidence import ShownDigit, ShownLayers, TrainingEvidence
from grader.kinds.training.maps import maps_of
from grader.model.anatomy import Anatomy, Layer
from grader.model.report import CheckResult, EpochResult, Picture, Report, Status, Training, Verdict
from grader.pages import Asked, Handed
from grader.protocol import ConvolutionSettings, PoolingSettings
from grader.trainer import ProbeReading
from reference import activate, conv2d, max_pool2d
from tests.conftest import ROOT

ASKED = Asked.of(load_exercise("mnist-conv"))
_SAMPLES = ROOT / "submissions/mnist-conv"
_SAID = {
    "interface": "The file defines `train_mnist_conv()`.",
    "data": "It trains on 60,000 of MNIST's training images.",
    "one_conv": "The model has one Conv2D.",
    "one_pool": "The model has one MaxPooling2D.",
    "reaches_target": "An epoch reaches 99.8%.",
    "within_epochs": "Training ended by itself.",
    "stops_on_target": "It stopped with the first epoch that reached the target.",
    "conv_output": "Conv2D agrees with the reference on images that it had not seen.",
    "pool_output": "MaxPooling2D agrees with the reference on images that it had not seen.",
    "returns_history": "It returned the epochs and the last accuracy.",
}
_LATE = {
    "stops_on_target": (
        "Training went on for 2 epochs after the target; the callback has the flag (line 9).",
        "Write self.model.stop_training = True: it is the model that has the flag.",
    )
}
_SLOW = {
    "reaches_target": (
        "The best epoch reached 98.7% training accuracy; 99.8% is asked (line 24).",
        "A learning rate of 0.00001 is too small: leave it out, and Adam takes 0.001.",
    ),
    "within_epochs": (
        "The trainer cut the training after 20 epochs.",
        "Raise the learning rate, or give the model more filters.",
    ),
}
_AVERAGE = {
    "one_pool": (
        "The model has 1 AveragePooling2D (line 19); exactly one MaxPooling2D is asked.",
        "Put one MaxPooling2D in the place of AveragePooling2D.",
    )
}
_UNFINISHED = {
    "interface": (
        "The file is not valid Python: '(' was never closed (line 12).",
        "Close the bracket that is opened in line 12.",
    )
}
# Who, which sample, the checks that fail, filters, units, how fast it learns; 0 is not at all.
_CLASS: tuple[tuple[str, str, dict[str, tuple[str, str]], int, int, float], ...] = (
    ("Ada Lovelace", "correct/correct_lesson", {}, 64, 128, 1.0),
    ("Annie Easley", "correct/functional_api", {}, 32, 64, 0.85),
    ("Barbara Liskov", "wrong/average_pooling", _AVERAGE, 64, 128, 0),
    ("Evelyn Boyd Granville", "wrong/tiny_learning_rate", _SLOW, 64, 128, 0.12),
    ("Frances Allen", "correct/main_guard", {}, 64, 128, 1.0),
    ("Grace Hopper", "wrong/flag_on_the_callback", _LATE, 48, 96, 0.93),
    ("Hedy Lamarr", "correct/rmsprop_batch_64", {}, 64, 100, 0.9),
    ("Katherine Johnson", "correct/tf_data_pipeline", {}, 96, 100, 1.3),
    ("Mary Jackson", "odd/loop_of_fits", {}, 16, 64, 0.62),
    ("Margaret Hamilton", "broken/unclosed_bracket", _UNFINISHED, 64, 128, 0),
    ("Radia Perlman", "correct/one_hot_labels", {}, 64, 512, 1.1),
    ("Sophie Wilson", "undecidable/custom_layer", {}, 64, 128, 0),
)
_TARGET = 0.998
_MOST_EPOCHS = 20


def class_() -> list[Handed]:
    """Return the class; one has a copy of another's program under other names."""
    found = [_handed(number, *row) for number, row in enumerate(_CLASS)]
    twin = _handed(12, "Joan Clarke", "correct/tf_data_pipeline", {}, 96, 100, 1.3)
    return [*found, Handed(twin.entry, renamed(twin.source), twin.report)]


class _Renaming(ast.NodeTransformer):
    """Gives other names to what a program names itself, and turns round its named arguments."""

    def __init__(self, tree: ast.AST) -> None:
        self.own = {
            each.id
            for each in ast.walk(tree)
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
        }
        self.own |= {each.arg for each in ast.walk(tree) if isinstance(each, ast.arg)}
        self.own |= {each.name for each in ast.walk(tree) if isinstance(each, ast.ClassDef)}
        self.own -= {"self"}

    def visit(self, node: ast.AST) -> Any:
        """Rename a node and all in it."""
        for field in ("id", "arg", "name"):
            is_named = not isinstance(node, ast.keyword) and getattr(node, field, None) in self.own
            if is_named:
                setattr(node, field, f"my_{getattr(node, field)}")
        if isinstance(node, ast.Call):
            node.keywords.reverse()
        return self.generic_visit(node)


def renamed(source: bytes) -> bytes:
    """Return a program under other names, without its comments and with another one on top."""
    tree = ast.parse(source)
    return f"# My own work.\n{ast.unparse(_Renaming(tree).visit(tree))}\n".encode()


def _handed(  # noqa: PLR0917 - a row of the table
    number: int,
    student: str,
    sample: str,
    failing: dict[str, tuple[str, str]],
    filters: int,
    units: int,
    speed: float,
) -> Handed:
    epochs = tuple(_epochs(speed, 2 if "stops_on_target" in failing else 0))
    trained = bool(epochs)
    verdict = Verdict.FAILED if failing else Verdict.PASSED
    if "undecidable" in sample:
        verdict = Verdict.NEEDS_REVIEW
    checks = tuple(_checks(failing, trained=trained, review=verdict is Verdict.NEEDS_REVIEW))
    id_ = f"{number:02}9f31c07a5e{number:02}4b"
    report = Report(
        submission_id=id_,
        exercise=ASKED.name,
        student=student,
        file="solution.py",
        verdict=verdict,
        score=sum(check.points for check in checks),
        max_score=100.0,
        checks=checks,
        training=Training(
            epochs=epochs,
            stopped_after=len(epochs),
            cut=len(epochs) == _MOST_EPOCHS,
            engine="compiled",
        ),
        anatomy=Anatomy(
            layers=_layers(filters, units),
            maps=maps_of(digit_evidence(number)) if trained else None,
        ),
        notes=("Needs a human review: a layer of the program's own class (line 12).",)
        if verdict is Verdict.NEEDS_REVIEW
        else (),
    )
    entry = Entry(
        id=id_,
        exercise=ASKED.name,
        student=student,
        file="solution.py",
        submitted_at_s=1_795_176_000.0 + 3600 * number,
        handed_in_at_s=1_795_176_000.0 + 3600 * number,
        state=State.GRADED,
        verdict=verdict,
        score=report.score,
        max_score=100.0,
    )
    return Handed(entry, (_SAMPLES / sample / "solution.py").read_bytes(), report)


def _epochs(speed: float, more: int) -> Iterator[EpochResult]:
    """Learn until the target is reached, and some epochs more."""
    for epoch in range(1, _MOST_EPOCHS + 1 if speed else 1):
        start = 0.038 + 0.03 * math.sin(speed * 90) ** 2
        wobble = 1 + 0.25 * math.sin(2.3 * epoch + 40 * speed)
        mistakes = start * math.exp(-0.6 * speed * (epoch - 1)) * wobble + 0.0004
        yield EpochResult(round(1 - mistakes, 5), round(3.1 * mistakes, 4))
        more -= 1 - mistakes >= _TARGET
        if more < 0:
            return


def _checks(
    failing: dict[str, tuple[str, str]], *, trained: bool, review: bool
) -> Iterator[CheckResult]:
    rubric = load_exercise("mnist-conv").rubric
    for check in rubric.checks:
        status, message, help_ = Status.PASSED, _SAID[check.id], ""
        if check.id in failing:
            status = Status.FAILED
            message, help_ = failing[check.id]
        elif review:
            status, message = Status.SKIPPED, "Left to a human reviewer."
        elif not trained and not check.gate:
            status, message = Status.SKIPPED, f"Skipped, because {next(iter(failing))} failed."
        yield CheckResult(
            id=check.id,
            status=status,
            points=check.points if status is Status.PASSED else 0.0,
            max_points=check.points,
            message=message,
            help=help_,
        )


def _layers(filters: int, units: int) -> tuple[Layer, ...]:
    flat = 169 * filters
    return (
        Layer(
            class_name="Conv2D",
            settings=f"{filters} filters of 3 x 3, relu",
            shape=(26, 26, filters),
            parameters=10 * filters,
        ),
        Layer(class_name="MaxPooling2D", settings="2 x 2", shape=(13, 13, filters), parameters=0),
        Layer(class_name="Flatten", shape=(flat,), parameters=0),
        Layer(
            class_name="Dense",
            settings=f"{units} units, relu",
            shape=(units,),
            parameters=(flat + 1) * units,
        ),
        Layer(
            class_name="Dense",
            settings="10 units, softmax",
            shape=(10,),
            parameters=(units + 1) * 10,
        ),
    )


def digit_evidence(seed: int) -> TrainingEvidence:
    """Return what was seen of a digit in layers that look for edges; of one, pooled by the mean."""
    pixels: NDArray[np.uint8] = synthetic.generate(train=20, test=1, seed=4).x_train[3]
    random = np.random.default_rng(seed)
    kernel = random.normal(0, 0.12, (3, 3, 1, 8)).astype(np.float32)
    edge = np.array([[1, 1, 1], [0, 0, 0], [-1, -1, -1]], np.float32) * 0.28
    for place, turned in enumerate((edge, -edge, edge.T, -edge.T, edge + edge.T)):
        kernel[:, :, 0, place] += turned
    probe = ProbeReading(
        ConvolutionSettings((1, 1), "valid", (1, 1), 1, "relu", use_bias=False),
        PoolingSettings((2, 2), (2, 2), "valid"),
        kernel,
        None,
    )
    image = (pixels / 255).reshape(1, 28, 28, 1).astype(np.float32)
    convolved = activate("relu", conv2d(image, kernel)).astype(np.float32)
    pooled: Any = max_pool2d(convolved)
    if seed == 5:
        pooled = convolved.reshape(1, 13, 2, 13, 2, 8).mean(axis=(2, 4))
    layers = ShownLayers(None, image, convolved, convolved, pooled.astype(np.float32))
    return TrainingEvidence(probe=probe, digit=ShownDigit(pixels, layers))


def picture() -> Picture:
    """Return what a function made of a picture, a column short of the reference."""
    rows, columns = np.mgrid[0:48, 0:64]
    expected = ((np.sin(rows / 5) + np.cos(columns / 7) + 2) * 63).astype(np.uint8)
    got = expected.copy()
    got[:, -3:] = 0
    return Picture(
        title="convolve: the edges of a drawn picture",
        height=48,
        width=64,
        top=0,
        left=0,
        got=got.tobytes(),
        expected=expected.tobytes(),
        differs=np.where(got == expected, 0, 255).astype(np.uint8).tobytes(),
    )
