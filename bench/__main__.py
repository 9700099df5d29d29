"""Measures the grader against plain Keras and prints a table: `python -m bench`.

Needs real MNIST (GRADER_MNIST). Everything is measured in this one run, rounds of ours and of plain
Keras by turns, and medians are compared; what is extrapolated says so.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from bench import classroom, epochs, grading
from bench.machine import describe
from bench.table import Row, print_row, write
from grader.settings import read_settings
from grader.wiring import find_dataset

SAMPLES = Path(__file__).resolve().parent.parent / "submissions"


class Size(NamedTuple):
    """How much is measured."""

    name: str
    epoch_images: int
    epoch_rounds: int
    file_images: int
    file_rounds: int
    jobs: int
    queue_rounds: int
    class_size: int
    class_images: int


FULL = Size("bench", 12_800, 5, 12_800, 3, 1000, 3, 60, 12_800)
QUICK = Size("quick", 3200, 3, 3200, 1, 200, 3, 12, 1280)


def main(size: Size, *, only_class: bool = False) -> int:
    """Measure everything, or only a class; return how many targets are missed."""
    began_s = time.monotonic()
    machine = describe()
    print(", ".join(f"{name} {value}" for name, value in machine.items()), flush=True)
    rows: list[Row] = []

    def add(row: Row) -> None:
        rows.append(row)
        print_row(row)

    with tempfile.TemporaryDirectory() as folder:
        settings = grading.with_rubric(read_settings(), Path(folder))
        # The worker that the service starts reads the same from its environment.
        os.environ |= {"GRADER_HOME": folder, "GRADER_RUBRIC": str(settings.rubric)}
        data = find_dataset(settings).path
        if not only_class:
            for row in epochs.measure(data, size.epoch_images, size.epoch_rounds):
                add(row)
            with grading.warm_service(settings) as warm:
                for row in grading.measure_submissions(
                    warm, data, size.file_images, size.file_rounds
                ):
                    add(row)
                add(grading.measure_queue(warm, size.jobs, size.queue_rounds))
        class_folder = Path(folder) / "of_class"
        class_folder.mkdir()
        for row in classroom.measure(
            class_folder, data, size.class_size, size.class_images, settings.workers
        ):
            add(row)
        if not only_class:
            for row in grading.measure_untrained(settings, SAMPLES, size.queue_rounds):
                add(row)
    name = f"{size.name}-class" if only_class else size.name
    path = write(name, {**machine, "took_s": round(time.monotonic() - began_s)}, rows)
    print(f"written to {path} after {time.monotonic() - began_s:.0f} s")
    return sum(not row.holds for row in rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="measure less, in four minutes")
    parser.add_argument("--class", action="store_true", dest="class_", help="measure only a class")
    asked = parser.parse_args()
    sys.exit(1 if main(QUICK if asked.quick else FULL, only_class=asked.class_) else 0)
