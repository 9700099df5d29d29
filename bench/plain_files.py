"""Whole files run with plain Keras on one thread, and what a full-size run of them would take."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from bench.programs import ALL_IMAGES, Program


class PlainRun(NamedTuple):
    """A file that was run: wall time with TensorFlow's import, and that of its later epochs."""

    wall_s: float
    epochs: int
    epoch_s: float

    def at_full_size(self, images: int, epochs: int) -> float:
        """Return the time for so many epochs of all images, from a run on `images` of them."""
        if not self.epochs:
            return self.wall_s
        full_epoch_s = self.epoch_s * ALL_IMAGES / images
        return self.wall_s - self.epochs * self.epoch_s + epochs * full_epoch_s


def run(program: Program, data: Path) -> PlainRun:
    """Run a file to its end."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "solution.py"
        file.write_text(program.source)
        began_s = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "bench.plain", "file", str(data), "1", str(file)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            check=False,
        )
        wall_s = time.perf_counter() - began_s
    if program.broken:
        return PlainRun(wall_s, 0, 0.0)
    told = json.loads(done.stdout.splitlines()[-1])
    later_s = sorted(told["epochs_s"])
    return PlainRun(wall_s, told["epochs"], later_s[len(later_s) // 2] if later_s else 0.0)
