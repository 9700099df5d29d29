"""A worker whose sandbox leaks takes no work, and a weaker sandbox marks every report."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from grader import wiring
from grader.cli import app, exits
from grader.dataset import DatasetFolder
from grader.errors import InfrastructureError, SandboxError, SettingsError
from grader.exercises import Catalogue
from grader.sandbox import probes
from grader.settings import read_settings
from grader.tasks import Worker
from tests.conftest import require

LEAKS = "print('network', 'LEAK: a way out', sep='\\t')"


@pytest.fixture(autouse=True)
def _bubblewrap() -> None:
    require("bwrap", "prlimit")


def test_a_worker_with_a_leak_refuses_to_start(
    tmp_path: Path, digits: DatasetFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It never gets as far as its queue, which does not even exist here."""
    monkeypatch.setattr(probes, "INSIDE", LEAKS)
    settings = read_settings({"GRADER_HOME": str(tmp_path)})
    worker = Worker(settings, "redis://127.0.0.1:1/0", Catalogue(), digits)

    with pytest.raises(SandboxError, match="no submission is run: network: LEAK: a way out"):
        worker.run()


def test_the_refusal_is_one_line_and_an_exit_code(
    tmp_path: Path,
    digits: DatasetFolder,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whoever starts the worker reads which layer is missing and how to get it."""
    monkeypatch.setattr(probes, "INSIDE", LEAKS)
    monkeypatch.setattr(wiring, "dataset_for", lambda *_: digits)
    monkeypatch.setattr(sys, "argv", ["grader", "worker"])
    monkeypatch.setenv("GRADER_BROKER_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setenv("GRADER_HOME", str(tmp_path))

    with pytest.raises(SystemExit) as ended:
        app.main()

    assert ended.value.code == exits.NOT_GRADED
    assert "network: LEAK: a way out (see the chapter on the sandbox" in capsys.readouterr().err


def test_a_weaker_sandbox_is_named_in_every_report(tmp_path: Path, digits: DatasetFolder) -> None:
    """The layers that are left out stand in the notes."""
    settings = read_settings(
        {"GRADER_HOME": str(tmp_path), "GRADER_SANDBOX_WITHOUT": "seccomp, processes"}
    )
    notes = wiring.build_grader(settings, Catalogue(), digits)._notes

    assert "Graded in a weaker sandbox, without: processes, seccomp." in notes


def test_data_that_are_gone_while_a_worker_runs_are_a_fault_of_ours(tmp_path: Path) -> None:
    """The digit that a report shows is read when one is shown; without it nothing is graded."""
    with pytest.raises(InfrastructureError, match=r"x_train\.npy cannot be read"):
        wiring._digit(DatasetFolder("synthetic", tmp_path / "gone", digest=""))


@pytest.mark.parametrize("value", ["network", "seccomp,secrets", "all", ","])
def test_no_other_layer_can_be_left_out(value: str) -> None:
    """There is no setting for no sandbox."""
    with pytest.raises(SettingsError, match="GRADER_SANDBOX_WITHOUT"):
        read_settings({"GRADER_SANDBOX_WITHOUT": value})
