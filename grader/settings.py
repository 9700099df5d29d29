"""Settings: read once from the environment, at the edge, into one typed value.

Nothing else in the project reads the environment. A bad value is an error that names the variable
and what it accepts; the table in the README is made from `VARIABLES`.
"""

from __future__ import annotations

import os  # the environment is read here and nowhere else
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args
from urllib.parse import urlsplit

from grader.errors import SettingsError

MNIST_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
DatasetChoice = Literal["mnist", "synthetic", "auto"]
EngineChoice = Literal["fast", "exact"]
BROKER_SCHEMES = ("redis", "rediss", "redis+socket")
# Without any other layer there would be no box.
SPARED_LAYERS = frozenset({"seccomp", "processes"})


@dataclass(frozen=True)
class Settings:
    """Where things are and how grading is set up.

    Attributes:
        home: Folder for the gradebook and cached data.
        broker_url: Redis of the service; None means a private one for the length of a command.
        database_url: SQLAlchemy address of the gradebook.
        dataset: Which data set to grade on.
        mnist: An `mnist.npz`, or a folder with the arrays; None means cache, then download.
        mnist_url: Where to download MNIST from.
        rubric: An instructor's rubric, or a folder with one for each exercise; None means the
            exercises' own.
        picture: A picture for exercises on pictures, as a NumPy file; None means drawn ones only.
        seed: Seed of every training run.
        workers: Submissions graded at the same time by one worker.
        trainer_threads: Threads of one trainer; the last digits of a run depend on it.
        engine: With faster kernels, or with Keras's own and so to its last digit.
        box_memory_mib: Memory of one submission's box.
        runs_mib: Room for the weights of trained runs that submissions share.
        sandbox_without: Layers of the sandbox to do without; every report names them.
    """

    home: Path
    broker_url: str | None
    database_url: str
    dataset: DatasetChoice
    mnist: Path | None
    mnist_url: str
    rubric: Path | None
    picture: Path | None
    seed: int
    workers: int
    trainer_threads: int
    engine: EngineChoice
    box_memory_mib: int
    runs_mib: int
    sandbox_without: frozenset[str]


class Variable(NamedTuple):
    """One environment variable: the field it sets, its default in words, and how it is read."""

    name: str
    field: str
    default: str
    meaning: str
    read: Callable[[str, str], Any]


def _path(name: str, value: str) -> Path:
    try:
        return Path(value).expanduser()
    except RuntimeError as error:
        raise SettingsError(f"{name} is '{value}', but there is no such user") from error


def _broker(name: str, value: str) -> str:
    try:
        parts = urlsplit(value)
        is_redis = parts.scheme in BROKER_SCHEMES and parts.port != 0
    except ValueError:
        is_redis = False
    if not is_redis:
        schemes = ", ".join(f"{scheme}://" for scheme in BROKER_SCHEMES)
        raise SettingsError(f"{name} is not the address of a Redis; it begins with {schemes}")
    return value


def _text(_: str, value: str) -> str:
    return value


def _choice(*choices: str) -> Callable[[str, str], str]:
    def read(name: str, value: str) -> str:
        if value not in choices:
            *most, last = choices
            raise SettingsError(f"{name} is '{value}', but should be {', '.join(most)} or {last}")
        return value

    return read


def _count(low: int, high: int) -> Callable[[str, str], int]:
    def read(name: str, value: str) -> int:
        # Python refuses to read thousands of digits.
        is_number = value.isascii() and value.isdigit() and len(value) <= len(str(high))
        if not is_number or not low <= int(value) <= high:
            raise SettingsError(f"{name} is '{value}', but should be from {low} to {high}")
        return int(value)

    return read


def _layers(name: str, value: str) -> frozenset[str]:
    layers = frozenset(part.strip() for part in value.split(","))
    if not layers <= SPARED_LAYERS:
        known = " and ".join(sorted(SPARED_LAYERS))
        raise SettingsError(f"{name} is '{value}', but should name layers, such as {known}")
    return layers


VARIABLES = (
    Variable("GRADER_HOME", "home", "`~/.local/share/grader`", "gradebook and cached data", _path),
    Variable("GRADER_BROKER_URL", "broker_url", "a private Redis", "Redis of the service", _broker),
    Variable(
        "GRADER_DATABASE_URL",
        "database_url",
        "SQLite in `GRADER_HOME`",
        "gradebook, as an SQLAlchemy address",
        _text,
    ),
    Variable(
        "GRADER_DATASET",
        "dataset",
        "`mnist`",
        "`mnist`, `synthetic`, or `auto` for either",
        _choice(*get_args(DatasetChoice)),
    ),
    Variable("GRADER_MNIST", "mnist", "cache, then download", "an `mnist.npz` or a folder", _path),
    Variable("GRADER_MNIST_URL", "mnist_url", "Keras's address", "where to download MNIST", _text),
    Variable(
        "GRADER_RUBRIC",
        "rubric",
        "the exercises' own",
        "an instructor's rubric, or a folder of them",
        _path,
    ),
    Variable("GRADER_PICTURE", "picture", "drawn ones only", "a picture as a `.npy` file", _path),
    Variable("GRADER_SEED", "seed", "1", "seed of every training run", _count(0, 2**31 - 1)),
    Variable(
        "GRADER_WORKERS", "workers", "one a core", "submissions at the same time", _count(1, 256)
    ),
    Variable(
        "GRADER_TRAINER_THREADS",
        "trainer_threads",
        "1",
        "threads of one trainer",
        _count(1, 256),
    ),
    Variable(
        "GRADER_ENGINE",
        "engine",
        "`fast`",
        "`exact` gives plain Keras's digits on one thread",
        _choice(*get_args(EngineChoice)),
    ),
    Variable(
        "GRADER_BOX_MEMORY_MIB",
        "box_memory_mib",
        "4096",
        "memory of one submission's box, MiB",
        _count(1024, 1 << 20),
    ),
    Variable(
        "GRADER_RUNS_MIB",
        "runs_mib",
        "2048",
        "room for weights of trained runs, MiB",
        _count(0, 1 << 20),
    ),
    Variable(
        "GRADER_SANDBOX_WITHOUT",
        "sandbox_without",
        "nothing",
        "layers to do without: `seccomp`, `processes`; marks every report",
        _layers,
    ),
)


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; an empty variable counts as unset.

    Raises:
        SettingsError: A variable has a value that cannot be used, or a name that does not exist.
    """
    given = os.environ if environment is None else environment  # noqa: TID251 - the one place
    known = {variable.name for variable in VARIABLES}
    unknown = sorted(name for name in given if name.startswith("GRADER_") and name not in known)
    if unknown:
        raise SettingsError(f"{unknown[0]} is not a setting; there are {', '.join(sorted(known))}")
    values = _defaults(given)
    for variable in VARIABLES:
        if given.get(variable.name):
            values[variable.field] = variable.read(variable.name, given[variable.name])
    home: Path = values["home"]
    values["database_url"] = values["database_url"] or f"sqlite:///{home / 'gradebook.sqlite'}"
    return Settings(**values)


def _defaults(given: Mapping[str, str]) -> dict[str, Any]:
    data_home = given.get("XDG_DATA_HOME") or Path(given.get("HOME", "/")) / ".local/share"
    values: dict[str, Any] = dict.fromkeys(field.name for field in fields(Settings))
    return values | {
        "home": Path(data_home) / "grader",
        "dataset": "mnist",
        "mnist_url": MNIST_URL,
        "seed": 1,
        "workers": len(os.sched_getaffinity(0)),
        "trainer_threads": 1,
        "engine": "fast",
        "box_memory_mib": 4096,
        "runs_mib": 2048,
        "sandbox_without": frozenset(),
    }


def child_environment(changes: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for a process of ours: this one's, with changes."""
    return {**os.environ, **changes}  # noqa: TID251 - the one place
