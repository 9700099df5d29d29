"""A class in the proportions of 119 solutions that were found in public.

Of those, 10 do not compile, 33 have two convolutions, 6 train on Fashion-MNIST, and 107 ask for 45
different trainings, of which three account for half.
"""

from __future__ import annotations

import random
from pathlib import Path

from bench.grading import EPOCHS_TO_TARGET, Warm
from bench.plain_files import run
from bench.programs import ALL_IMAGES, Program
from bench.table import Row
from grader.model.report import Verdict

_FOUND = 119
_TRAININGS = 45 / 107
_EPOCHS = 4
_BROKEN, _TWO_CONVS, _FASHION = (count / _FOUND for count in (10, 33, 6))


def class_of(size: int, images: int) -> list[Program]:
    """Make the files of a class, shuffled with a fixed seed."""
    broken, two_convs, fashion = (round(share * size) for share in (_BROKEN, _TWO_CONVS, _FASHION))
    trained = size - broken - two_convs - fashion
    popular, others = trained // 2, max(1, round(trained * _TRAININGS) - 3)
    base = Program(images=images, epochs=_EPOCHS)
    files = [base._replace(broken=True) for _ in range(broken)]
    files += [base._replace(second_conv=True) for _ in range(two_convs)]
    files += [base._replace(dataset="fashion_mnist") for _ in range(fashion)]
    files += [base._replace(units=(128, 512, 64)[n % 3]) for n in range(popular)]
    files += [base._replace(units=100 + n % others) for n in range(trained - popular)]
    files = [file._replace(comment=f"student {n}") for n, file in enumerate(files)]
    random.Random(1).shuffle(files)  # noqa: S311 - so that it is the same class again
    return files


def measure(warm: Warm, data: Path, size: int, images: int, epoch_s: float) -> Row:
    """Grade a class at once; `epoch_s` is what two trainers need for an epoch of all images.

    Plain Keras runs one file of each kind, and each counts as often as its kind occurs.
    """
    files = class_of(size, images)
    reports, ours_s = warm.grade(*files)
    wrong = [report for report in reports if report.verdict is Verdict.ERROR]
    if wrong:
        raise RuntimeError(f"not graded: {wrong[0].checks}")
    kinds: dict[Program, int] = {}
    for file in files:
        # The dense layer's width makes little difference to plain Keras.
        kind = file._replace(comment="", units=128)
        kinds[kind] = kinds.get(kind, 0) + 1
    runs = {kind: run(kind, data) for kind in kinds}
    plain_s = sum(count * runs[kind].wall_s for kind, count in kinds.items())
    trainings = {file._replace(comment="") for file in files if file.trains}
    missing = EPOCHS_TO_TARGET - _EPOCHS * images / ALL_IMAGES
    ours_full_s = ours_s + len(trainings) * missing * epoch_s
    plain_full_s = sum(
        count * runs[kind].at_full_size(images, EPOCHS_TO_TARGET) for kind, count in kinds.items()
    )
    return Row(
        f"a class of {size}, {len(trainings)} trainings, one after another",
        plain_full_s / ours_full_s, "x", 10, "at least",
        f"{ours_full_s / 60:.0f} min against {plain_full_s / 60:.0f} min, both extrapolated to"
        f" {EPOCHS_TO_TARGET} epochs of 60,000 from {ours_s:.0f} s and {plain_s:.0f} s",
    )  # fmt: skip
