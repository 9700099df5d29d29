"""The machine that was measured: what it is, and how fast its one core can be at best."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

_PARAMETERS = 3 * 3 * 64 + 64 + 10_816 * 128 + 128 + 128 * 10 + 10
_BATCH = 32
# For one image of the lesson's model, a multiplication and an addition each: the convolution
# forward and for its kernel (its input needs no gradient), the dense layers forward and for both.
_FLOPS = 2 * (2 * 26 * 26 * 64 * 9) + 3 * (2 * 10_816 * 128) + 3 * (2 * 128 * 10)
# Adam reads gradient, weight and two moments, and writes weight and moments.
_OPTIMIZER_BYTES = 7 * 4 * _PARAMETERS
# In a process of its own, so that its libraries know that they have one thread.
_PROBE = """
import json, time
import numpy as np
a, b = (np.random.default_rng(1).random((1536, 1536), np.float32) for _ in range(2))
big, copy = np.zeros(1 << 24, np.float32), np.ones(1 << 24, np.float32)
def best(work):
    times = []
    for _ in range(7):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)
print(json.dumps({"flops_per_s": 2 * 1536 ** 3 / best(lambda: a @ b),
                  "bytes_per_s": 2 * big.nbytes / best(lambda: np.copyto(copy, big))}))
"""


class Roofline(NamedTuple):
    """The best of one core: floating-point operations and copied bytes, each in one second."""

    flops_per_s: float
    bytes_per_s: float

    def epoch_s(self, images: int) -> float:
        """Return the time below which no epoch of the lesson's model can be: compute, then move."""
        steps = images / _BATCH
        return images * _FLOPS / self.flops_per_s + steps * _OPTIMIZER_BYTES / self.bytes_per_s


def roofline() -> Roofline:
    """Measure one core."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    done = subprocess.run(
        [sys.executable, "-c", _PROBE],
        env={**os.environ, **threads},
        capture_output=True,
        text=True,
        check=True,
    )
    return Roofline(**json.loads(done.stdout))


def describe() -> dict[str, Any]:
    """Name the machine and the packages that were measured."""
    model = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return {
        "processor": model[0] if model else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        **{name: version(name) for name in ("tensorflow", "keras", "numpy", "celery")},
    }
