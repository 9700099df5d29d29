"""A class in the proportions of 119 solutions that were found in public.

Of those, 10 do not compile, 33 have two convolutions, 6 train on Fashion-MNIST, and 107 ask for 45
different trainings, of which three account for half.

It is graded as an instructor does it, from a folder to pages and files to hand back, and every
file is run by plain Keras, too: as many at a time as the grader has workers, with a thread each.
"""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.plain_files import run
from bench.programs import Program
from bench.table import Row

_FOUND = 119
_TRAININGS = 45 / 107
_EPOCHS = 4
_BROKEN, _TWO_CONVS, _FASHION = (count / _FOUND for count in (10, 33, 6))
# How a class may end; a human may have to look at some of it.
_GRADED = (0, 1, 3)
_EXPORTS = (
    ("csv", "--out", "reports.csv"),
    ("junit", "--out", "junit.xml"),
    ("markdown-class", "--out", "reports.md"),
    ("canvas", "--into", "gradebook.csv", "--out", "grades.csv"),
)


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


def measure(folder: Path, data: Path, size: int, images: int, jobs: int) -> Iterator[Row]:
    """Grade a class by the commands that an instructor types, and run its files with plain Keras.

    Nothing is extrapolated: both sides do all of the work, on the same files.

    Args:
        folder: An empty one, with the class, a gradebook of its own, pages and exports.
        data: Where the arrays of MNIST are, for plain Keras.
        size: How many students there are.
        images: How many images each of them trains on, for a few epochs.
        jobs: How many files are graded, and run, at the same time.
    """
    files = class_of(size, images)
    _write(folder, files)
    graded_s = _grader(folder, "batch", "class", "--jobs", str(jobs), "--json")
    pages_s = _grader(folder, "feedback", "--all", "--out", "pages")
    exports_s = sum(_grader(folder, "export", *arguments) for arguments in _EXPORTS)
    pages = len(list((folder / "pages").iterdir())) - 1
    if pages != size:
        raise RuntimeError(f"{pages} pages were written for a class of {size}")
    began_s = time.perf_counter()
    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(lambda file: run(file, data), files))
    plain_s = time.perf_counter() - began_s
    ours_s = graded_s + pages_s + exports_s
    trainings = {file._replace(comment="") for file in files if file.trains}
    yield Row(
        f"a class of {size} by grader batch, {len(trainings)} trainings",
        plain_s / ours_s, "x", 10, "at least",
        f"{ours_s:.0f} s ({graded_s:.0f} graded, {pages_s:.1f} pages, {exports_s:.1f} exports)"
        f" against {plain_s:.0f} s, {jobs} at a time, {_EPOCHS} epochs of {images:,}, measured",
    )  # fmt: skip
    yield Row(f"{pages} pages of feedback", pages_s, "s", 30, "at most", "and that on the class")


def _write(folder: Path, files: Sequence[Program]) -> None:
    """Write a folder a student, and the gradebook that their platform would export."""
    with (folder / "gradebook.csv").open("w", encoding="utf-8", newline="") as written:
        table = csv.writer(written)
        table.writerow(["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Week 3 (1)"])
        for number, file in enumerate(files):
            student = f"student{number:02}"
            table.writerow([student, number, number, student, "A", ""])
            path = folder / "class" / student / "solution.py"
            path.parent.mkdir(parents=True)
            path.write_text(file.source, encoding="utf-8")


def _grader(folder: Path, *arguments: str) -> float:
    """Run a command of ours to its end, from the start of its process; return how long it took."""
    environment = {
        **os.environ,
        "GRADER_DATABASE_URL": f"sqlite:///{folder / 'class.sqlite'}",
    }
    began_s = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "grader", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    took_s = time.perf_counter() - began_s
    if done.returncode not in _GRADED:
        raise RuntimeError(f"grader {arguments[0]}: {done.stderr}")
    if arguments[0] == "batch":
        verdicts = {json.loads(line)["verdict"] for line in done.stdout.splitlines()}
        if "error" in verdicts:
            raise RuntimeError("something of ours has failed: a file was not graded")
    return took_s
