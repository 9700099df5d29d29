"""The composition root of a worker: settings in, connected objects out."""

from __future__ import annotations

import platform
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from grader.database import Database
from grader.dataset import DatasetFolder, find
from grader.errors import DatasetUnavailableError
from grader.exercises import Exercise, load_exercise
from grader.gradebook import Gradebook
from grader.grading import Boxes, Grader
from grader.private import make_private_folder
from grader.runs import RunStore, SharedTrainer, code_digest, processor
from grader.sandbox import Limits, require_box, start_harness, start_trainer
from grader.settings import Settings
from grader.trainer import Trainer

EXERCISE = "mnist-conv"
_TRAINER_MEMORY_MIB = 8192
_MIB = 1024 * 1024
# What runs in the trainer's box, compiled libraries included.
_IN_THE_TRAINER = ("admission", "engine", "protocol")

Progress = Callable[[str, int, int], None]


def find_dataset(settings: Settings, progress: Progress | None = None) -> DatasetFolder:
    """Find the data set that the settings ask for.

    Raises:
        DatasetUnavailableError: There is none, or nothing can be kept in the grader's home.
    """
    try:
        make_private_folder(settings.home)
    except OSError as error:
        raise DatasetUnavailableError(
            f"GRADER_HOME {settings.home} cannot be used: {error.strerror}"
        ) from error
    return find(
        choice=settings.dataset,
        mnist_path=settings.mnist,
        cache=settings.home / "datasets",
        url=settings.mnist_url,
        progress=progress,
    )


def open_gradebook(settings: Settings) -> Gradebook:
    """Open the gradebook that the settings name."""
    return Gradebook(Database(settings.database_url))


def require_sandbox(settings: Settings) -> None:
    """Have hostile programs try to break a box.

    Raises:
        SandboxError: One of them got through, or no box can be started.
    """
    require_box(hidden_from_boxes(settings), settings.sandbox_without)


def hidden_from_boxes(settings: Settings) -> tuple[Path, ...]:
    """Return what of ours no box may see, wherever it lies."""
    source = Path(__file__).parent
    ours = (settings.home, settings.rubric, source / "exercises", source / "settings.py")
    return tuple(path.resolve() for path in ours if path is not None)


def read_exercise(settings: Settings) -> Exercise:
    """Read what is asked, by the rubric that the settings name.

    Raises:
        SettingsError: The rubric cannot be used.
    """
    return load_exercise(EXERCISE, settings.rubric)


def build_grader(settings: Settings, dataset: DatasetFolder) -> Grader:
    """Connect everything that grading one submission after another needs."""
    exercise = read_exercise(settings)
    box_limits = Limits(memory_mib=settings.box_memory_mib)
    trainer_limits = Limits(memory_mib=_TRAINER_MEMORY_MIB)
    without = settings.sandbox_without
    notes: list[str] = []
    if dataset.name != "mnist":
        notes.append("Trained on synthetic digits, NOT on MNIST: this is a trial, not a grade.")
    if without:
        notes.append(f"Graded in a weaker sandbox, without: {', '.join(sorted(without))}.")
    trainer = Trainer(
        lambda: start_trainer(
            dataset.path, trainer_limits, settings.trainer_threads, settings.engine, without
        )
    )
    store = RunStore(Database(settings.database_url), settings.runs_mib * _MIB)
    return Grader(
        exercise,
        Boxes(lambda: start_harness(dataset.path, box_limits, without)),
        SharedTrainer(trainer, store, _context(settings, dataset)),
        seed=settings.seed,
        notes=tuple(notes),
    )


def _context(settings: Settings, dataset: DatasetFolder) -> str:
    """Name all that the digits of a run depend on beside its request and its seed."""
    source = Path(__file__).parent
    return ", ".join(
        [
            dataset.digest,
            f"{settings.trainer_threads} threads",
            f"{settings.engine} engine",
            f"code {code_digest(source / name for name in _IN_THE_TRAINER)}",
            *(f"{name} {version(name)}" for name in ("tensorflow", "keras", "numpy")),
            " ".join(platform.libc_ver()),
            processor(Path("/proc/cpuinfo").read_text()),
        ]
    )
