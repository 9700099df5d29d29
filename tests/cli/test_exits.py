"""Only a verdict ends a command with 0 or 1; everything else is one line and another code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from grader.cli import exits
from grader.errors import PlatformFileError, RosterError, ServiceError, SettingsError
from grader.model.report import Report, Verdict


@pytest.fixture(autouse=True)
def _own_signals() -> Iterator[None]:
    """Give back the signals that a command takes."""
    taken = {sig: signal.getsignal(sig) for sig in (signal.SIGTERM, signal.SIGHUP)}
    yield
    for sig, handler in taken.items():
        signal.signal(sig, handler)


def report(verdict: Verdict) -> Report:
    """Return a report with a verdict."""
    return Report(
        submission_id="1",
        student="",
        file="",
        verdict=verdict,
        score=0,
        max_score=1,
        checks=(),
    )


def ended(command: Any) -> int:
    """Return the code that a command ends with."""
    with pytest.raises(SystemExit) as end:
        exits.leave_with(command)
    return int(str(end.value.code))


def raising(error: BaseException) -> Any:
    """Return a command that fails so."""

    def command() -> None:
        raise error

    return command


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ([Verdict.PASSED], 0),
        ([Verdict.PASSED, Verdict.FAILED], 1),
        ([Verdict.NEEDS_REVIEW, Verdict.FAILED], 3),
        ([Verdict.ERROR], 3),
    ],
)
def test_the_gravest_verdict_counts(verdicts: list[Verdict], code: int) -> None:
    """A class is graded by exit codes."""
    assert ended(raising(exits.Graded(map(report, verdicts)))) == code


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (SettingsError("this"), 2, "grader: this"),
        (PlatformFileError("no table"), 2, "grader: no table"),
        (RosterError("no students"), 2, "grader: no students"),
        (ServiceError("that"), 3, "grader: that"),
        (OSError(28, "No space left", "/there"), 3, "/there: No space left"),
        (ModuleNotFoundError("no", name="numpy"), 3, "numpy is missing: install"),
        (KeyError("x"), 3, "a bug: KeyError in"),
        (RecursionError("deep"), 3, "a bug: RecursionError"),
        (ValueError("two\nlines"), 3, "a bug: ValueError"),
        (KeyboardInterrupt(), 3, "interrupted"),
        (SystemExit(130), 3, "interrupted"),
        (SystemExit(1), 3, "the output"),
        (SystemExit("text"), 3, "the output"),
        (SystemExit(2), 2, ""),
        (SystemExit(0), 0, ""),
    ],
)
def test_what_is_no_verdict_is_never_a_grade(
    error: BaseException, code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever goes wrong, and whosever code says so, it is one line and no traceback."""
    assert ended(raising(error)) == code

    shown = capsys.readouterr().err

    assert words in shown
    assert len(shown.splitlines()) == bool(words)
    assert "Traceback" not in shown


def start(
    home: Path,
    *arguments: str,
    out: IO[bytes] | None = None,
    settings: dict[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start the command line."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GRADER_")}
    return subprocess.Popen(
        [sys.executable, "-m", "grader", *arguments],
        env={**kept, "GRADER_HOME": str(home), **(settings or {})},
        stdout=out or subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["doctor"]])
def test_an_output_that_takes_nothing_is_no_verdict(tmp_path: Path, arguments: list[str]) -> None:
    """A full disk and a pipe that nobody reads end a command with 3."""
    unread, pipe = os.pipe()
    os.close(unread)
    with Path("/dev/full").open("wb") as full, os.fdopen(pipe, "wb", buffering=0) as closed:
        for out in (full, closed):
            process = start(tmp_path, *arguments, out=out, settings={"GRADER_DATASET": "synthetic"})
            _, errors = process.communicate(timeout=120)

            assert process.returncode == 3
            assert b"Traceback" not in errors
            assert errors.count(b"\n") == 1


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_without_a_mark_gets_another(tmp_path: Path, encoding: str) -> None:
    """Where a character cannot be encoded, something stands for it."""
    path = tmp_path / os.fsdecode(b"l\xf6sung\xe2.py")
    settings = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    process = start(tmp_path, "submit", str(path), settings=settings)
    _, errors = process.communicate(timeout=60)

    assert process.returncode == 2
    assert b"does not exist" in errors
    assert errors.count(b"\n") == 1


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("GRADER_BROKER_URL", "nonsense", 2),
        ("GRADER_BROKER_URL", "http://localhost", 2),
        ("GRADER_BROKER_URL", "redis://[", 2),
        ("GRADER_BROKER_URL", "redis://localhost:99999", 2),
        ("GRADER_BROKER_URL", "redis://127.0.0.1:1/none", 3),
        ("GRADER_DATABASE_URL", "mysql+nosuch://x/y", 3),
        ("GRADER_DATABASE_URL", "oracle://x/y", 3),
        ("GRADER_HOME", "~nobody-of-this-name/x", 2),
        ("GRADER_SEED", "9" * 5000, 2),
    ],
)
def test_a_setting_that_is_none_is_one_line(
    tmp_path: Path, name: str, value: str, code: int
) -> None:
    """Addresses of nothing, drivers that are missing and numbers without end are said so."""
    path = tmp_path / "solution.py"
    path.write_text("x = 1\n")
    broker = {"GRADER_BROKER_URL": "redis://127.0.0.1:1"}
    process = start(tmp_path, "submit", str(path), settings=broker | {name: value})
    _, errors = process.communicate(timeout=60)

    assert process.returncode == code, errors
    assert errors.count(b"\n") == 1


@pytest.mark.parametrize("sig", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_is_no_verdict(sig: signal.Signals) -> None:
    """Whoever is told to end says so and ends with 3."""
    script = (
        "import signal, time, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        # The tests themselves may run under `nohup`.
        "signal.signal(signal.SIGHUP, signal.SIG_DFL)\n"
        "from grader.cli import exits\n"
        "def wait():\n"
        "    print('ready', flush=True)\n"
        "    time.sleep(60)\n"
        "exits.leave_with(wait)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None

    process.stdout.readline()
    began_s = time.monotonic()
    process.send_signal(sig)
    _, errors = process.communicate(timeout=60)

    assert process.returncode == 3
    assert errors == b"grader: interrupted\n"
    assert time.monotonic() - began_s < 30
