"""The samples of the exercise, as it is asked, on the whole of real MNIST.

This is the slowest test of the suite: two trainings of 60,000 images, side by side.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grader.dataset import DatasetFolder
from tests.conftest import require

pytestmark = [pytest.mark.slow, pytest.mark.mnist, pytest.mark.timeout(3600)]


@pytest.fixture(scope="module")
def reports(
    mnist: DatasetFolder, samples: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, Any]]:
    """Grade the three samples with one command."""
    require("bwrap", "redis-server")
    names = ("no_callback", "correct_lesson", "second_conv")
    paths = [next(samples.glob(f"mnist-conv/*/{name}/solution.py")) for name in names]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GRADER_")}
    done = subprocess.run(
        [
            *(sys.executable, "-m", "grader", "submit", "--json"),
            *(str(path) for path in paths),
        ],
        env={
            **environment,
            "GRADER_HOME": str(tmp_path_factory.mktemp("home")),
            "GRADER_MNIST": str(mnist.path),
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1, done.stderr

    return dict(zip(names, map(json.loads, done.stdout.splitlines()), strict=True))


def lost(report: dict[str, Any], status: str = "failed") -> list[str]:
    """Return the checks of a report that ended so."""
    return [check["id"] for check in report["checks"] if check["status"] == status]


def test_the_lesson_scores_100(reports: dict[str, dict[str, Any]]) -> None:
    """A solution in the style of the lesson, TensorFlow 1.14 habits and all, passes."""
    report = reports["correct_lesson"]
    accuracies = [epoch["accuracy"] for epoch in report["training"]["epochs"]]

    assert (report["verdict"], report["score"]) == ("passed", 100), report["checks"]
    assert report["training"]["stopped_after"] == len(accuracies) <= 20
    assert accuracies[-1] >= 0.998
    assert max(accuracies[:-1]) < 0.998
    assert report["training"]["engine"] == "compiled"
    assert any("tf.ConfigProto" in note for note in report["notes"])
    assert any("load_data" in note for note in report["notes"])


def test_a_second_convolution_scores_25_untrained(reports: dict[str, dict[str, Any]]) -> None:
    """One check fails, six are skipped, and no epoch is trained."""
    report = reports["second_conv"]

    assert (report["verdict"], report["score"]) == ("failed", 25)
    assert lost(report) == ["one_conv"]
    assert len(lost(report, "skipped")) == 6
    assert report["training"] == {
        "epochs": [],
        "stopped_after": 0,
        "cut": False,
        "engine": "",
    }


def test_without_a_callback_only_the_stop_is_lost(reports: dict[str, dict[str, Any]]) -> None:
    """Twelve epochs reach the target and end by themselves, but not on the target."""
    report = reports["no_callback"]

    assert (report["verdict"], report["score"]) == ("failed", 90), report["checks"]
    assert lost(report) == ["stops_on_target"]
    assert report["training"]["stopped_after"] == 12


def test_equal_trainings_have_equal_records(reports: dict[str, dict[str, Any]]) -> None:
    """Two submissions that ask for the same training see the same epochs, to the last digit."""
    lesson = reports["correct_lesson"]["training"]["epochs"]

    assert reports["no_callback"]["training"]["epochs"][: len(lesson)] == lesson
