"""What tests share: where real MNIST is, where the samples are, and what must exist in CI.

A service that is missing skips a test on a developer's machine and fails it in CI, so that a
green CI never means that nothing ran.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from xdist.scheduler import LoadScopeScheduling

from grader.dataset import DatasetFolder, find, synthetic
from grader.sandbox import Limits, start_trainer
from grader.trainer import BoxedTrainer

ROOT = Path(__file__).resolve().parent.parent


class _ByFile(LoadScopeScheduling):  # type: ignore[misc] # pytest-xdist has no types
    """Tests of a file share one process, and so its services; samples share nothing."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = nodeid.partition("::")[0]
        return nodeid if file.endswith("test_submissions.py") else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Spread the suite over processes when it runs on several cores."""
    return _ByFile(config, log)


def require(*programs: str) -> None:
    """Skip, or fail in CI, when a program is not installed."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing and os.environ.get("CI"):
        pytest.fail(f"{missing[0]} is not installed, and CI must have it")
    if missing:
        pytest.skip(f"{missing[0]} is not installed")


@pytest.fixture(scope="session")
def samples() -> Path:
    """Return the folder of sample submissions."""
    return ROOT / "submissions"


@pytest.fixture(scope="session")
def mnist(tmp_path_factory: pytest.TempPathFactory) -> DatasetFolder:
    """Return real MNIST, where GRADER_MNIST names it."""
    path = os.environ.get("GRADER_MNIST")
    if not path:
        pytest.skip("GRADER_MNIST does not name MNIST")
    cache = tmp_path_factory.mktemp("mnist")
    return find(choice="mnist", mnist_path=Path(path), cache=cache)


@pytest.fixture(scope="session")
def digits(tmp_path_factory: pytest.TempPathFactory) -> DatasetFolder:
    """Return a small synthetic data set: 3,000 training and 500 test images."""
    folder = tmp_path_factory.mktemp("digits")
    for name, array in synthetic.generate(train=3000, test=500, seed=1)._asdict().items():
        np.save(folder / f"{name}.npy", array)
    return DatasetFolder("synthetic", folder, digest="")


@pytest.fixture(scope="session")
def trainer(digits: DatasetFolder) -> Iterator[BoxedTrainer]:
    """Return a trainer with one thread, shared by the tests like by submissions."""
    require("bwrap")
    trainer = BoxedTrainer(lambda: start_trainer(digits.path, Limits(memory_mib=4096), threads=1))
    yield trainer
    trainer.close()
