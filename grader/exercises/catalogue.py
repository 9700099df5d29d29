"""The catalogue: every exercise by its name, with an instructor's rubrics in place of their own."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from grader.checks.questions import Questions
from grader.documents import read_document, unusable
from grader.errors import ExerciseUnknownError, SettingsError
from grader.exercises.definition import read_rubric, require_checks
from grader.model.report import Finding, Picture
from grader.model.rubric import Rubric, RubricCheck

# How other packages name exercises: `sobel = "my_course.sobel"`, a package with an exercise.toml.
ENTRY_POINTS = "grader.exercises"
FILE = "exercise.toml"
# What checks may need, and who only hands in does not have.
_OF_GRADERS = ("numpy", "scipy", "psutil", "pyseccomp")

Check = Callable[[Any, Rubric], Finding]
Pictures = Callable[[Any], tuple[Picture, ...]]


@dataclass(frozen=True)
class Exercise:
    """What is asked, and the functions that judge it.

    Attributes:
        rubric: What is asked, and for how many points.
        checks: The functions that its ids name.
        folder: Where it lies; no box may see it.
        driver: Python that calls what a submission defines, beside it in the box.
        plan: Of the kind `calls`: draws the calls that are made.
        pictures: Shows what came of them.
        questions: Of the kind `answers`: what is asked.
    """

    rubric: Rubric
    checks: Mapping[str, Check]
    folder: Path
    driver: str = ""
    plan: Callable[..., Any] | None = None
    pictures: Pictures | None = None
    questions: Questions | None = None

    def asks(self, check: RubricCheck) -> str:
        """Say in a sentence what a check looks for."""
        return check.asks or " ".join((self.checks[check.id].__doc__ or check.id).split())


class Catalogue(Mapping[str, Exercise]):
    """Exercises by name, each loaded when it is first asked for."""

    def __init__(self, rubrics: Path | None = None, only: str | None = None) -> None:
        """List all exercises, or `only` one; `rubrics` is a rubric, or a folder of them.

        Raises:
            SettingsError: A rubric cannot be used, or is for an exercise that is not there.
        """
        packages = _packages()
        self._copies = _copies(rubrics, packages) if rubrics is not None else {}
        if only is not None and only not in packages:
            raise SettingsError(_unknown(only, packages))
        self._packages = {n: p for n, p in packages.items() if only in (None, n)}
        self._loaded: dict[str, Exercise] = {}

    def __getitem__(self, name: str) -> Exercise:
        """Return an exercise.

        Raises:
            ExerciseUnknownError: It is not installed here.
            ModuleNotFoundError: What only graders have is missing.
            SettingsError: It cannot be used.
        """
        if name not in self._loaded:
            package = self._package(name)
            self._loaded[name] = _load(self.rubric(name), package, self._copies.get(name))
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        """List the names."""
        return iter(sorted(self._packages))

    def __len__(self) -> int:
        """Count the exercises."""
        return len(self._packages)

    def __contains__(self, name: object) -> bool:
        """Whether there is an exercise of this name."""
        return name in self._packages

    def rubric(self, name: str) -> Rubric:
        """Return what an exercise asks, without the code that judges it.

        Raises:
            ExerciseUnknownError: It is not installed here.
            SettingsError: It cannot be used.
        """
        path = _folder(self._package(name)) / FILE
        rubric = read_rubric(path, self._copies.get(name))
        if rubric.exercise != name:
            raise SettingsError(f"{path} says that it is '{rubric.exercise}', not '{name}'")
        return rubric

    def text(self, name: str) -> str:
        """Return the rubric of an exercise as it is written, for whoever wants to change a copy.

        Raises:
            ExerciseUnknownError: It is not installed here.
        """
        return (_folder(self._package(name)) / FILE).read_text(encoding="utf-8")

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where the exercises lie, with the whole of the packages that they are parts of."""
        return tuple(dict.fromkeys(map(_outermost, self._packages.values())))

    def read_all(self) -> None:
        """Load every exercise, so that what is wrong with one is said before any work is taken.

        Raises:
            SettingsError: One cannot be used.
        """
        for name in self:
            self[name]

    def _package(self, name: str) -> str:
        if name not in self._packages:
            raise ExerciseUnknownError(_unknown(name, self._packages))
        return self._packages[name]


def load_exercise(name: str, copy: Path | None = None) -> Exercise:
    """Load one exercise, with its own rubric or an instructor's copy of it.

    Raises:
        SettingsError: There is no such exercise, or the rubric does not fit it.
    """
    if copy is not None:
        meant = read_document(copy).get("exercise")
        if meant != name:
            raise SettingsError(f"{copy} is a rubric for '{meant}', not for '{name}'")
    return Catalogue(copy, only=name)[name]


def _packages() -> dict[str, str]:
    """Name the package of every exercise: ours lie beside this module, others say where."""
    own = {
        folder.name.replace("_", "-"): f"grader.exercises.{folder.name}"
        for folder in Path(__file__).parent.iterdir()
        if (folder / FILE).is_file()
    }
    others: dict[str, str] = {}
    for point in entry_points(group=ENTRY_POINTS):
        # A package that can be found in two places is still one.
        known = own.get(point.name) or others.get(point.name, point.value)
        if known != point.value:
            raise SettingsError(
                f"the package {point.value} brings an exercise '{point.name}', and so does {known}"
            )
        others[point.name] = point.value
    return own | others


def _copies(rubrics: Path, packages: Mapping[str, str]) -> dict[str, Path]:
    """Find out which exercise each of an instructor's rubrics is for."""
    paths = sorted(rubrics.glob("*.toml")) if rubrics.is_dir() else [rubrics]
    if not paths:
        raise SettingsError(f"the folder {rubrics} has no rubric: no file that ends in .toml")
    copies: dict[str, Path] = {}
    for path in paths:
        name = read_document(path).get("exercise")
        if not isinstance(name, str) or name not in packages:
            allowed = ", ".join(sorted(packages))
            raise unusable(path, f"exercise is '{name}', but should be one of {allowed}")
        if name in copies:
            raise SettingsError(f"{copies[name]} and {path} are both rubrics for '{name}'")
        copies[name] = path
    return copies


def _load(rubric: Rubric, package: str, copy: Path | None) -> Exercise:
    folder = _folder(package)
    name = rubric.exercise
    try:
        module = importlib.import_module(f"{package}.checks")
        checks, gates = (_by_name(module, listed) for listed in ("CHECKS", "GATES"))
        driver = (folder / rubric.driver).read_text(encoding="utf-8") if rubric.driver else ""
    # Whatever is wrong with somebody's module.
    except Exception as error:
        if isinstance(error, ModuleNotFoundError) and error.name in _OF_GRADERS:
            raise
        raise SettingsError(
            f"the exercise '{name}' cannot be used: {type(error).__name__}: {error}"
        ) from error
    require_checks(rubric, copy or folder / FILE, checks, gates)
    plan = getattr(module, "plan", None)
    if rubric.kind == "calls" and not callable(plan):
        raise SettingsError(
            f"the exercise '{name}' cannot be used: it is of the kind 'calls', and its checks.py"
            " has no function `plan`, which draws the calls"
        )
    return Exercise(
        rubric=rubric,
        checks=checks,
        folder=folder,
        driver=driver,
        plan=plan,
        pictures=getattr(module, "pictures", None),
        questions=getattr(module, "QUESTIONS", None),
    )


def _by_name(module: ModuleType, listed: str) -> dict[str, Check]:
    return {check.__name__: check for check in getattr(module, listed, ())}


def _folder(package: str) -> Path:
    try:
        found = importlib.util.find_spec(package)
    # To find a package is to import the ones around it, which are somebody's, too.
    except Exception as error:
        raise SettingsError(
            f"the package {package} of an exercise cannot be found: {type(error).__name__}: {error}"
        ) from error
    if found is None or found.origin is None:
        raise SettingsError(f"the package {package} of an exercise cannot be found")
    return Path(found.origin).resolve().parent


def _outermost(package: str) -> Path:
    """Return the folder of everything that somebody may keep beside an exercise."""
    inside = _folder(package)
    found = importlib.util.find_spec(package.partition(".")[0])
    # A namespace has no folder of its own.
    return inside if found is None or not found.origin else Path(found.origin).resolve().parent


def _unknown(name: str, known: Mapping[str, str]) -> str:
    return f"there is no exercise '{name}'; there are {', '.join(sorted(known))}"
