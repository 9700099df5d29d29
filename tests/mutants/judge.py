"""Judges mutants: runs a module's fast tests with the mutant in its place, and sees them fail.

Each mutant is judged in a fork of this process, which has imported what is slow to import and
none of our own code. Nothing is written: the fork reads the mutant for the module's own file.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator, Sequence
from enum import Enum
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import CodeType, ModuleType
from typing import NamedTuple

import pytest

from tests.mutants.source import Mutant

ROOT = Path(__file__).resolve().parent.parent.parent
_SLOW_TO_IMPORT = (
    "hypothesis",
    "msgspec",
    "numpy",
    "scipy.signal",
    "sqlalchemy",
    "xdist.scheduler",
)
_OPTIONS = (
    *("-x", "-q", "--tb=no", "-k", "not postgresql"),
    # They write files, or collect garbage again and again.
    *("-p", "no:cacheprovider", "-p", "no:unraisableexception", "-p", "no:threadexception"),
    # Ends by itself also when whoever judges has been killed.
    *("--timeout", "20", "--timeout-method", "thread"),
)
_FORKS = multiprocessing.get_context("fork")


class Fate(Enum):
    """What became of a mutant; one that never ends is noticed as well."""

    KILLED = "killed"
    ENDLESS = "endless"
    SURVIVED = "survived"


class Case(NamedTuple):
    """A mutant, and the tests that should notice it."""

    mutant: Mutant
    tests: tuple[str, ...]


class _Finder(MetaPathFinder):
    """Finds the mutant in the place of its module."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        del path, target
        if fullname != self._mutant.key.module:
            return None
        file = str(path_of(fullname))
        return spec_from_file_location(fullname, file, loader=_Loader(fullname, file, self._mutant))


class _Loader(SourceFileLoader):
    def __init__(self, name: str, file: str, mutant: Mutant) -> None:
        super().__init__(name, file)
        self._mutant = mutant

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._mutant.text, self.get_filename(fullname), "exec", dont_inherit=True)


def path_of(module: str) -> Path:
    """Return the file of a module."""
    return ROOT.joinpath(*module.split(".")).with_suffix(".py")


def warm_up() -> None:
    """Import what all tests need, once for all forks."""
    for name in _SLOW_TO_IMPORT:
        importlib.import_module(name)
    sys.path.insert(0, str(ROOT))


def judge(cases: Sequence[Case], processes: int, limit_s: float) -> Iterator[tuple[Mutant, Fate]]:
    """Judge mutants, several at a time, and yield each with its fate once it is known."""
    waiting, running = [*cases][::-1], dict[BaseProcess, tuple[Mutant, float]]()
    try:
        while waiting or running:
            while waiting and len(running) < processes:
                case = waiting.pop()
                process: BaseProcess = _FORKS.Process(target=_tested, args=case)
                process.start()
                running[process] = (case.mutant, time.monotonic() + limit_s)
            wait([process.sentinel for process in running], timeout=0.5)
            for process, (mutant, until_s) in [*running.items()]:
                is_late = time.monotonic() > until_s
                if process.is_alive() and not is_late:
                    continue
                del running[process]
                yield mutant, _fate(process, is_late=process.is_alive())
    finally:
        for process in running:
            process.kill()


def _fate(process: BaseProcess, *, is_late: bool) -> Fate:
    process.kill()
    process.join()
    if is_late:
        return Fate.ENDLESS
    return Fate.SURVIVED if process.exitcode == 0 else Fate.KILLED


def _tested(mutant: Mutant, tests: tuple[str, ...]) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    sys.meta_path.insert(0, _Finder(mutant))
    os.chdir(ROOT)
    # Threads of a mutant may never end.
    os._exit(int(pytest.main([*_OPTIONS, *tests])))
