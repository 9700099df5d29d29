"""Looks at what grading needs, and says what to do about what is missing."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
from collections.abc import Iterator
from typing import NamedTuple

import redis

from grader.errors import GraderError
from grader.settings import Settings


class Part(NamedTuple):
    """One thing that grading needs: whether it is there, what was found, what to do."""

    name: str
    is_there: bool
    found: str
    remedy: str = ""


def examine(settings: Settings) -> Iterator[Part]:
    """Look at each part in turn."""
    yield _package("tensorflow")
    yield _steps()
    yield _redis(settings)
    yield _gradebook(settings)
    yield _dataset(settings)
    yield from _sandbox(settings)


def _package(name: str) -> Part:
    try:
        # The version is read from the installed files: the command line does not import TensorFlow.
        return Part(name, is_there=True, found=importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        remedy = "install the grader with its extra 'worker', from where you got it"
        return Part(name, is_there=False, found="not installed", remedy=remedy)


def _steps() -> Part:
    """Say whether the trainer has compiled steps; it works without, and takes longer."""
    compiled = importlib.util.find_spec("grader.engine._compiled_avx2") is not None
    found = "compiled" if compiled else "TensorFlow's own, slower: no C compiler at installation"
    return Part("training steps", is_there=True, found=found)


def _redis(settings: Settings) -> Part:
    if settings.broker_url is None:
        program = shutil.which("redis-server")
        remedy = "apt-get install redis-server, or set GRADER_BROKER_URL"
        found = f"private, from {program}" if program else "no redis-server"
        return Part("redis", program is not None, found, "" if program else remedy)
    try:
        redis.Redis.from_url(settings.broker_url.replace("redis+socket", "unix")).ping()
    except (redis.RedisError, ValueError) as error:
        return Part(
            "redis", is_there=False, found=str(error), remedy="start it, or mend GRADER_BROKER_URL"
        )
    return Part("redis", is_there=True, found="answers")


def _gradebook(settings: Settings) -> Part:
    from grader.database import Database  # noqa: PLC0415 - a doctor works where imports fail
    from grader.gradebook import Gradebook  # noqa: PLC0415 - a doctor works where imports fail

    try:
        Gradebook(Database(settings.database_url)).close()
    except GraderError as error:
        return Part(
            "gradebook", is_there=False, found=str(error), remedy="mend GRADER_DATABASE_URL"
        )
    return Part("gradebook", is_there=True, found=settings.database_url.partition("://")[0])


def _dataset(settings: Settings) -> Part:
    try:
        from grader.wiring import find_dataset  # noqa: PLC0415 - needs the worker extra

        dataset = find_dataset(settings)
    except ImportError as error:
        return Part("data set", is_there=False, found=str(error), remedy="install the worker extra")
    except GraderError as error:
        return Part("data set", is_there=False, found=str(error))
    return Part("data set", is_there=True, found=f"{dataset.name}, verified, in {dataset.path}")


def _sandbox(settings: Settings) -> Iterator[Part]:
    if shutil.which("bwrap") is None:
        yield Part("sandbox", is_there=False, found="no bwrap", remedy="apt-get install bubblewrap")
        return
    try:
        # Both need the worker extra.
        from grader.sandbox.selftest import examine_box  # noqa: PLC0415
        from grader.wiring import hidden_from_boxes  # noqa: PLC0415
    except ImportError as error:
        yield Part("sandbox", is_there=False, found=str(error), remedy="install the worker extra")
        return
    for finding in examine_box(hidden_from_boxes(settings), settings.sandbox_without):
        yield Part(f"sandbox: {finding.layer}", finding.holds, finding.found, finding.remedy)
