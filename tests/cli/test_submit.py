"""The whole path, from the command to the report, with a real Redis, worker, box and trainer.

These tests use a rubric that asks for little, so that training takes seconds; the asked one, on
the whole of MNIST, is in `test_samples.py`.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

import grader.exercises
from tests.conftest import require
from tests.servers import postgresql, redis

RUBRIC = Path(grader.exercises.__file__).parent / "mnist_conv" / "exercise.toml"

RIGHT = """
import tensorflow as tf

class Stop(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs["accuracy"] >= 0.8:
            self.model.stop_training = True

def train_mnist_conv():
    (x, y), _ = tf.keras.datasets.mnist.load_data()
    x = x[:2000].reshape(-1, 28, 28, 1) / 255.0
    model = tf.keras.Sequential([
        tf.keras.layers.Conv2D(8, 3, activation="relu", input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(2, 2),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y[:2000], epochs=8, callbacks=[Stop()])
    return history.epoch, history.history["accuracy"][-1]
"""


@pytest.fixture(scope="module", autouse=True)
def _programs() -> None:
    require("bwrap", "redis-server", "setpriv")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return settings with an easy rubric and a home of their own."""
    home = tmp_path_factory.mktemp("home")
    rubric = home / "rubric.toml"
    text = RUBRIC.read_text()
    for old, new in (("accuracy = 0.998", "accuracy = 0.8"), ("50000", "2000")):
        text = text.replace(old, new)
    rubric.write_text(text)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GRADER_")}
    settings = {"GRADER_HOME": str(home), "GRADER_RUBRIC": str(rubric)}
    if path := os.environ.get("GRADER_MNIST"):
        return {**kept, **settings, "GRADER_MNIST": path}
    return {**kept, **settings, "GRADER_DATASET": "synthetic"}


def grade(environment: dict[str, str], *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end."""
    return subprocess.run(
        [sys.executable, "-m", "grader", *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def write(folder: Path, source: str | bytes, name: str = "solution.py") -> Path:
    """Write a submission."""
    path = folder / name
    path.write_bytes(source.encode() if isinstance(source, str) else source)
    return path


def documents(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """Return the documents that a command printed."""
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_files_are_graded_and_printed_as_documents(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """One document for each file on stdout, nothing else, and the gravest exit code."""
    right = write(tmp_path, RIGHT, "right.py")
    no_stop = write(tmp_path, RIGHT.replace("callbacks=[Stop()]", "callbacks=[]"), "no_stop.py")
    broken = write(tmp_path, "def train_mnist_conv(:\n", "broken.py")
    done = grade(environment, "submit", "--json", "--student", "Ada", right, no_stop, broken)
    reports = {report["file"]: report for report in documents(done)}

    assert done.returncode == 1, done.stderr
    assert list(reports) == ["right.py", "no_stop.py", "broken.py"]

    report = reports["right.py"]
    assert (report["verdict"], report["score"], report["max_score"]) == ("passed", 100, 100)
    assert report["student"] == "Ada"
    assert report["schema_version"] == 1
    assert set(report) == {
        *("schema_version", "submission_id", "exercise", "student", "file", "verdict", "score"),
        *("max_score", "checks", "training", "pictures", "notes", "timing"),
        *("late", "decision", "origin", "anatomy"),
    }
    assert set(report["checks"][0]) == {"id", "status", "points", "max_points", "message", "help"}
    assert set(report["training"]["epochs"][0]) == {"accuracy", "loss"}
    assert report["training"]["stopped_after"] == len(report["training"]["epochs"])
    assert report["training"]["cut"] is False

    lost = [check["id"] for check in reports["no_stop.py"]["checks"] if check["status"] != "passed"]
    assert lost == ["stops_on_target"]
    assert reports["no_stop.py"]["score"] == 90

    broken_check = reports["broken.py"]["checks"][0]
    assert broken_check["status"] == "failed"
    assert "line 1" in broken_check["message"]
    assert reports["broken.py"]["score"] == 0


def test_a_regrade_trains_nothing_and_a_replay_gets_every_digit(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """Another rubric gives other points for the same run; a run from nothing is the same run."""
    work = write(tmp_path, RIGHT.replace("Conv2D(8", "Conv2D(7"))
    (submitted,) = documents(grade(environment, "submit", "--json", work))
    rubric = tmp_path / "rubric.toml"
    text = Path(environment["GRADER_RUBRIC"]).read_text()
    rubric.write_text(text.replace("points = 20", "points = 50"))
    changed = {**environment, "GRADER_RUBRIC": str(rubric)}
    arguments = ("--json", submitted["submission_id"])
    (regraded,) = documents(grade(changed, "regrade", *arguments))
    (shown,) = documents(grade(changed, "show", *arguments))
    replayed = grade(changed, "replay", *arguments)

    assert regraded["before"] == {"verdict": "passed", "score": 100}
    assert regraded["after"] == {"verdict": "passed", "score": 130}
    assert regraded["gain"] == 30
    assert shown["training"] == submitted["training"]
    assert shown["timing"]["trained_s"] < submitted["timing"]["trained_s"] / 2
    assert shown["origin"]["run"] == submitted["origin"]["run"]
    assert shown["origin"]["rubric"] != submitted["origin"]["rubric"]
    assert {"tensorflow", "keras", "numpy", "grader"} <= set(shown["origin"]["versions"])
    assert replayed.returncode == 0, replayed.stderr
    assert documents(replayed)[0]["is_same"]


def test_a_person_sees_epochs_then_a_report(environment: dict[str, str], tmp_path: Path) -> None:
    """Without --json the output is for reading, at 80 columns, and passing exits with 0."""
    done = grade(environment, "submit", write(tmp_path, RIGHT))

    assert done.returncode == 0, done.stderr
    assert "epoch  1   accuracy" in done.stdout
    assert "PASSED, 100 of 100 points" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_two_fits_are_graded_and_shown(environment: dict[str, str], tmp_path: Path) -> None:
    """A submission that fits twice is graded on the last one, and watched through both."""
    twice = RIGHT.replace("    history =", "    model.fit(x, y[:2000])\n    history =")
    done = grade(environment, "submit", write(tmp_path, twice))

    assert done.returncode == 0, done.stdout
    assert "epoch  2   accuracy" in done.stdout


OLD_HABITS = """
_, _ = train_mnist_conv()
(x, y), (u, v) = tf.keras.datasets.mnist.load_data()
other = tf.keras.Sequential([tf.keras.layers.Flatten(), tf.keras.layers.Dense(10, "softmax")])
other.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
history = other.fit(x / 255.0, y, 32, 3, validation_data=(u / 255.0, v), callbacks=[Stop()])
print(history.history["val_acc"][-1], history.epoch)
"""


def test_a_file_that_trains_at_import_is_graded_on_its_function(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """Calls and fits at module level do not count, do not fail and cost next to nothing."""
    old = RIGHT.replace('logs["accuracy"]', 'logs.get("acc")') + OLD_HABITS
    done = grade(environment, "submit", "--json", write(tmp_path, old))

    assert done.returncode == 0, done.stdout
    assert documents(done)[0]["score"] == 100


ODD_FILES = {
    "empty": (b"", "empty"),
    "not text": (b"x = '\xff'", "not text"),
    "UTF-16": ("x = 1".encode("utf-16"), "saved as UTF-16"),
    "syntax": (b"x = (\n", "line 1"),
    "no function": (b"x = 1\n", "no function train_mnist_conv"),
    "raises at import": (b"x = 1 / 0\ndef train_mnist_conv(): pass\n", "ZeroDivisionError"),
    "never fits": (b"def train_mnist_conv(): return 3\n", "No training"),
    "needs an argument": (b"def train_mnist_conv(x): pass\n", "without arguments"),
    "exits": (b"import os\ndef train_mnist_conv(): os._exit(0)\n", "ended itself"),
    "exits politely": (b"import sys\ndef train_mnist_conv(): sys.exit(0)\n", "SystemExit"),
    "terminal escapes": (
        b"def train_mnist_conv(): raise ValueError('\\x1b[2J\\n::error::')\n",
        "ValueError",
    ),
}


def test_odd_files_are_failed_reports_with_a_reason(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """Whatever a file holds, its report says what was found; nothing is lost."""
    paths = [
        write(tmp_path, source, f"{name.replace(' ', '_')}.py")
        for name, (source, _) in ODD_FILES.items()
    ]
    done = grade(environment, "submit", "--json", *paths)
    reports = documents(done)

    assert done.returncode == 1, done.stderr
    assert len(reports) == len(ODD_FILES)

    for report, (name, (_, words)) in zip(reports, ODD_FILES.items(), strict=True):
        told = " ".join(check["message"] for check in report["checks"])
        assert report["verdict"] == "failed", name
        assert words in told, (name, told)
        assert report["training"]["epochs"] == []


@pytest.mark.parametrize(
    ("name", "words"),
    [("missing.py", "does not exist"), ("folder", "is a folder"), ("huge.py", "256 KiB")],
)
def test_what_is_no_file_to_submit_is_a_usage_error(
    environment: dict[str, str], tmp_path: Path, name: str, words: str
) -> None:
    """One line on stderr, exit code 2, and no other file of the call is graded."""
    (tmp_path / "folder").mkdir()
    write(tmp_path, b"#" * (257 * 1024), "huge.py")
    done = grade(environment, "submit", write(tmp_path, RIGHT), tmp_path / name)

    assert done.returncode == 2
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("change", "words", "code"),
    [
        ({"GRADER_SEED": "many"}, "GRADER_SEED", 2),
        ({"GRADER_SEDE": "1"}, "GRADER_SEDE is not a setting", 2),
        ({"GRADER_MNIST": "/nowhere/mnist.npz", "GRADER_DATASET": "mnist"}, "GRADER_MNIST", 3),
        ({"GRADER_RUBRIC": "/nowhere.toml"}, "/nowhere.toml cannot be used", 2),
        ({"GRADER_DATABASE_URL": "nonsense"}, "gradebook", 3),
        ({"GRADER_BROKER_URL": "redis://127.0.0.1:1/0"}, "Redis cannot be reached", 3),
        ({"PATH": "/nowhere"}, "redis-server", 3),
    ],
)
def test_a_wrong_setting_is_one_line(
    environment: dict[str, str], tmp_path: Path, change: dict[str, str], words: str, code: int
) -> None:
    """What is wrong with the set-up is said in one line, with the exit code of its kind."""
    done = grade({**environment, **change}, "submit", write(tmp_path, RIGHT))

    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


ENDLESS = RIGHT.replace("epochs=8, callbacks=[Stop()]", "epochs=1000").replace("2000", "50000")


@pytest.mark.parametrize("sig", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_command_leaves_nothing_running(
    environment: dict[str, str], tmp_path: Path, sig: signal.Signals
) -> None:
    """Redis, the worker, its trainer and its boxes end with the command, however it ends."""
    # A shell that starts tests in its background has them ignore SIGINT.
    heeding = ["env", "--default-signal=INT"]
    process = subprocess.Popen(
        [*heeding, sys.executable, "-m", "grader", "submit", str(write(tmp_path, ENDLESS))],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None

    for line in process.stdout:
        if "epoch" in line:
            break
    ours = psutil.Process(process.pid).children(recursive=True)

    assert {"redis-server", "bwrap"} <= {child.name() for child in ours}

    process.send_signal(sig)
    _, errors = process.communicate(timeout=30)
    _, alive = psutil.wait_procs(ours, timeout=10)

    assert alive == []
    assert process.returncode != 0
    assert "Traceback" not in errors


@pytest.fixture(scope="module")
def service(
    environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """Run a real service: Redis on a port, PostgreSQL, and one worker."""
    folder = tmp_path_factory.mktemp("service")
    with redis(folder) as broker, postgresql() as database:
        settings = {
            **environment,
            "GRADER_BROKER_URL": broker,
            "GRADER_DATABASE_URL": database,
            "GRADER_WORKERS": "1",
        }
        log = (folder / "worker.log").open("wb")
        worker = subprocess.Popen(
            [sys.executable, "-m", "grader", "worker"], env=settings, stdout=log, stderr=log
        )
        yield settings
        worker.send_signal(signal.SIGTERM)
        worker.wait(60)
        log.close()


def test_the_same_command_talks_to_a_service(service: dict[str, str], tmp_path: Path) -> None:
    """With both addresses set, submit hands over to a worker that somebody else runs."""
    done = grade(service, "submit", "--json", write(tmp_path, RIGHT))

    assert done.returncode == 0, done.stderr
    assert documents(done)[0]["score"] == 100


def children_of_workers() -> list[psutil.Process]:
    """Return all that workers have started which were started here."""
    workers = [child for child in psutil.Process().children() if child.cmdline()[-1:] == ["worker"]]
    return [each for worker in workers for each in worker.children(recursive=True)]


def test_a_dead_trainer_is_our_fault_and_tried_again(
    service: dict[str, str], tmp_path: Path
) -> None:
    """Killing the trainer in the middle of a run costs time and no points."""
    process = subprocess.Popen(
        [sys.executable, "-m", "grader", "submit", "--json", str(write(tmp_path, RIGHT))],
        env=service,
        stdout=subprocess.PIPE,
        text=True,
    )
    killed = False
    deadline = time.monotonic() + 60
    while not killed and time.monotonic() < deadline:
        # The service's only: this process may have a trainer that other tests share.
        with contextlib.suppress(psutil.Error):
            for candidate in children_of_workers():
                command = candidate.cmdline()
                if "grader.engine" in command and candidate.name().startswith("python"):
                    candidate.kill()
                    killed = True
        time.sleep(0.05)
    output, _ = process.communicate(timeout=300)

    assert killed
    assert process.returncode == 0
    assert json.loads(output)["score"] == 100


def test_doctor_finds_everything_here(environment: dict[str, str]) -> None:
    """On a machine that passes this suite, doctor has nothing to complain about."""
    done = grade(environment, "doctor")

    assert done.returncode == 0, done.stdout
    assert "tensorflow" in done.stdout


def test_doctor_names_what_is_missing(environment: dict[str, str]) -> None:
    """Without its programs, doctor says what to install and exits with 3."""
    done = grade({**environment, "PATH": "/nowhere"}, "doctor")

    assert done.returncode == 3
    assert "apt-get install redis-server" in done.stdout
    assert "apt-get install bubblewrap" in done.stdout


def test_a_worker_needs_a_broker(environment: dict[str, str]) -> None:
    """A worker without a Redis to serve says so."""
    done = grade(environment, "worker")

    assert done.returncode == 2
    assert "GRADER_BROKER_URL" in done.stderr
