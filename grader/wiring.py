"""The composition root of a worker: settings in, connected objects out."""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader import __version__
from grader.database import Database
from grader.dataset import DatasetFolder, find, load
from grader.errors import DatasetUnavailableError, InfrastructureError, SettingsError
from grader.exercises import Catalogue
from grader.gradebook import Gradebook
from grader.grading import Grader
from grader.kinds import Boxes, Kind
from grader.kinds.answers import AnswersKind
from grader.kinds.calls import CallsKind
from grader.kinds.training import TrainingKind
from grader.model.report import Origin
from grader.model.rubric import KindName
from grader.preflight import Reader
from grader.private import make_private_folder
from grader.runs import RunStore, SharedTrainer, code_digest, processor
from grader.sandbox import Limits, require_box, start_harness, start_trainer
from grader.settings import Settings
from grader.trainer import BoxedTrainer

_TRAINER_MEMORY_MIB = 8192
_MIB = 1024 * 1024
# What runs in the trainer's box, compiled libraries included.
_IN_THE_TRAINER = ("admission", "engine", "protocol")
_DIGITS_BY = ("tensorflow", "keras", "numpy")

Progress = Callable[[str, int, int], None]


def open_catalogue(settings: Settings, only: str | None = None) -> Catalogue:
    """List the exercises, or `only` one, with the rubrics that the settings name, all of them read.

    Raises:
        SettingsError: One of them cannot be used, or there is no such exercise.
    """
    catalogue = Catalogue(settings.rubric, only)
    catalogue.read_all()
    return catalogue


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


def dataset_for(
    settings: Settings, exercises: Catalogue, progress: Progress | None = None
) -> DatasetFolder | None:
    """Find the data set that exercises need, or None if nothing of theirs is run.

    Where none of them is about MNIST, drawn digits will do, which need no network.

    Raises:
        DatasetUnavailableError: There is none, or nothing can be kept in the grader's home.
    """
    rubrics = [exercise.rubric for exercise in exercises.values()]
    if all(rubric.kind == "answers" for rubric in rubrics):
        return None
    if all(rubric.data != "mnist" for rubric in rubrics):
        settings = replace(settings, dataset="synthetic")
    return find_dataset(settings, progress)


def read_pictures(settings: Settings) -> dict[str, NDArray[Any]]:
    """Read the picture that the settings name, if they name one.

    Raises:
        SettingsError: It is not a NumPy file with a picture of unsigned bytes.
    """
    if settings.picture is None:
        return {}
    try:
        picture = np.load(settings.picture, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise SettingsError(f"GRADER_PICTURE {settings.picture} cannot be read: {error}") from error
    if picture.ndim != 2 or picture.dtype.kind not in "iu" or min(picture.shape) < 3:
        raise SettingsError(
            f"GRADER_PICTURE {settings.picture} holds {picture.dtype}, {picture.shape}, but should"
            " hold whole numbers, (rows, columns)"
        )
    return {settings.picture.stem: picture}


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


def build_grader(settings: Settings, exercises: Catalogue, dataset: DatasetFolder | None) -> Grader:
    """Connect everything that grading one submission after another needs.

    Raises:
        SettingsError: The picture cannot be used.
    """
    without = settings.sandbox_without
    notes = (
        (f"Graded in a weaker sandbox, without: {', '.join(sorted(without))}.",) if without else ()
    )
    reader = Reader()
    kinds: dict[KindName, Kind] = {"answers": AnswersKind(reader)}
    wanted = {exercise.rubric.kind for exercise in exercises.values()}
    if dataset is not None:
        limits = Limits(memory_mib=settings.box_memory_mib)
        hidden = exercises.folders
        boxes = Boxes(lambda: start_harness(dataset.path, limits, without, hidden))
        kinds["calls"] = CallsKind(boxes, reader, read_pictures(settings), seed=settings.seed)
        kinds["training"] = TrainingKind(
            boxes,
            reader,
            _build_trainer(settings, dataset),
            seed=settings.seed,
            notes=_about_the_data(dataset),
            digit=partial(_digit, dataset),
        )
    return Grader(
        exercises,
        {name: kind for name, kind in kinds.items() if name in wanted},
        notes,
        _origin(settings, exercises, dataset),
    )


def _origin(settings: Settings, exercises: Catalogue, dataset: DatasetFolder | None) -> Origin:
    """Name what all reports of a grader come of."""
    source = Path(__file__).parent
    folders = dict.fromkeys((source, *exercises.folders))
    code = code_digest(folders)
    if dataset is None:
        return Origin(code=code, versions={"grader": __version__})
    return Origin(
        code=code,
        data=dataset.digest,
        engine=settings.engine,
        seed=settings.seed,
        threads=settings.trainer_threads,
        versions={
            "grader": __version__,
            "python": platform.python_version(),
            **{name: version(name) for name in _DIGITS_BY},
        },
    )


def _about_the_data(dataset: DatasetFolder) -> tuple[str, ...]:
    if dataset.name == "mnist":
        return ()
    return ("Trained on synthetic digits, NOT on MNIST: this is a trial, not a grade.",)


def _digit(dataset: DatasetFolder) -> NDArray[np.uint8]:
    """Return a digit that no model has trained on, for reports to show: the first 3.

    Raises:
        InfrastructureError: The data set, verified when it was found, is gone or changed.
    """
    try:
        arrays = load(dataset.path)
    except DatasetUnavailableError as error:
        raise InfrastructureError(str(error)) from error
    return np.array(arrays.x_test[np.flatnonzero(arrays.y_test == 3)[0]])


def _build_trainer(settings: Settings, dataset: DatasetFolder) -> SharedTrainer:
    limits = Limits(memory_mib=_TRAINER_MEMORY_MIB)
    trainer = BoxedTrainer(
        lambda: start_trainer(
            dataset.path,
            limits,
            settings.trainer_threads,
            settings.engine,
            settings.sandbox_without,
        )
    )
    store = RunStore(Database(settings.database_url), settings.runs_mib * _MIB)
    return SharedTrainer(trainer, store, _context(settings, dataset))


def _context(settings: Settings, dataset: DatasetFolder) -> str:
    """Name all that the digits of a run depend on beside its request and its seed."""
    source = Path(__file__).parent
    return ", ".join(
        [
            dataset.digest,
            f"{settings.trainer_threads} threads",
            f"{settings.engine} engine",
            f"code {code_digest(source / name for name in _IN_THE_TRAINER)}",
            *(f"{name} {version(name)}" for name in _DIGITS_BY),
            " ".join(platform.libc_ver()),
            processor(Path("/proc/cpuinfo").read_text()),
        ]
    )
