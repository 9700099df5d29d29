"""Data sets, answered without a network: MNIST from the grader's copy, others by stand-ins.

Whatever path a submission gives, `mnist.load_data` and `np.load` of an `mnist.npz` that does not
exist answer with the same arrays. No file is invented: only what reads MNIST is answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePath
from typing import Any, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from grader.harness.compat import modules
from grader.harness.compat.notes import note
from grader.harness.data import Dataset
from grader.harness.stand_in import cifar_images, fashion_images
from grader.protocol.mnist import TEST_IMAGES, TRAINING_IMAGES

_OTHER_SETS = ("fashion", "kmnist", "emnist", "qmnist")

_Halves: TypeAlias = tuple[tuple[Any, Any], tuple[Any, Any]]


class _Archive(Mapping[str, NDArray[Any]]):
    """What `np.load` gives for an `mnist.npz`; an array is read when it is asked for."""

    files = ("x_train", "y_train", "x_test", "y_test")

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self.files = list(_Archive.files)  # type: ignore[assignment] # NumPy's is a list
        self.f = self

    def __getitem__(self, name: str) -> NDArray[Any]:
        key = name.removesuffix(".npy")
        if key not in _Archive.files:
            raise KeyError(f"{name} is not a file in the archive")
        return np.array(getattr(self._dataset, key))

    def __getattr__(self, name: str) -> NDArray[Any]:
        if name not in _Archive.files:
            raise AttributeError(name)
        return self[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_Archive.files)

    def __len__(self) -> int:
        return len(_Archive.files)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""

    def close(self) -> None:
        """Nothing is open."""


def install(dataset: Dataset) -> None:
    """Answer every way in which a submission may read a data set."""
    answers: dict[str, dict[str, Callable[..., Any]]] = {
        "datasets.mnist": {"load_data": _load_mnist(dataset)},
        "datasets.fashion_mnist": {"load_data": _load_fashion},
        "datasets.cifar10": {"load_data": _load_cifar("cifar10", 10)},
        "datasets.cifar100": {"load_data": _load_cifar("cifar100", 100)},
    }
    for name, module in modules.public_modules().items():
        place = modules.relative(name)
        for function, answer in answers.get(place, {}).items():
            setattr(module, function, answer)
        if place == "utils":
            module.__dict__["get_file"] = _get_file(module.__dict__["get_file"])
    np.load = _load(np.load, dataset)


def _load_mnist(dataset: Dataset) -> Callable[..., _Halves]:
    def load_data(path: Any = "mnist.npz") -> _Halves:
        if path != "mnist.npz":
            note("mnist.load_data was given a path; it was answered from the grader's own copy")
        # Copies, because a submission may write into what it loads.
        return (
            (np.array(dataset.x_train), np.array(dataset.y_train)),
            (np.array(dataset.x_test), np.array(dataset.y_test)),
        )

    return load_data


def _load_fashion() -> _Halves:
    _note_stand_in("fashion_mnist")
    return tuple(  # type: ignore[return-value] # a tuple of two
        (fashion_images(first, count), (np.arange(count) % 10).astype(np.uint8))
        for first, count in ((0, TRAINING_IMAGES), (TRAINING_IMAGES, TEST_IMAGES))
    )


def _load_cifar(name: str, classes: int) -> Callable[..., _Halves]:
    def load_data(label_mode: str = "fine") -> _Halves:
        _note_stand_in(name)
        kinds = 20 if label_mode == "coarse" else classes
        return tuple(  # type: ignore[return-value] # a tuple of two
            (cifar_images(first, count), (np.arange(count) % kinds).astype(np.uint8)[:, None])
            for first, count in ((0, 50_000), (50_000, 10_000))
        )

    return load_data


def _note_stand_in(name: str) -> None:
    note(f"{name}.load_data was answered with stand-in images: the exercise asks for MNIST")


def _is_mnist(name: Any) -> bool:
    if not isinstance(name, str | PurePath):
        return False
    base = PurePath(str(name)).name.lower()
    return base.endswith(".npz") and "mnist" in base and not any(s in base for s in _OTHER_SETS)


def _load(real: Callable[..., Any], dataset: Dataset) -> Callable[..., Any]:
    def load(file: Any, *args: Any, **options: Any) -> Any:
        if not _is_mnist(file) or Path(file).exists():
            return real(file, *args, **options)
        note("np.load was given the path of an mnist.npz; it was answered from the grader's copy")
        return _Archive(dataset)

    return load


def _get_file(real: Callable[..., Any]) -> Callable[..., Any]:
    def get_file(fname: Any = None, origin: Any = None, *args: Any, **options: Any) -> Any:
        name = fname or str(origin).rsplit("/", maxsplit=1)[-1]
        if not _is_mnist(name) or "fashion" in str(origin):
            return real(fname, origin, *args, **options)
        note(f"get_file('{PurePath(name).name}') was not downloaded: np.load of it is answered")
        return str(Path.home() / ".keras" / "datasets" / PurePath(name).name)

    return get_file
