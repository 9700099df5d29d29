"""Whole submissions through a warm service: queue, box, trainer, store, and back."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from statistics import median

import psutil

from bench.bare import COUNTER, connect, create_app
from bench.plain_files import run
from bench.programs import Program
from bench.table import Row
from grader.desk import Work, hand_in
from grader.exercises import DEFAULT, Catalogue
from grader.gradebook import Gradebook
from grader.model.report import Report
from grader.model.submission import Queue
from grader.service import Service, service
from grader.settings import Settings
from grader.wiring import open_gradebook

_POLL_S = 0.01
_LOOK_S = 0.5
# Of a core: what the worker takes while it only watches its boxes; starting one takes a whole core.
_IDLE = 0.25
# What the lesson's own run takes to 99.8 %, with every seed that was tried, is 7 to 9.
EPOCHS_TO_TARGET = 8


class Warm:
    """A private service that has graded something already."""

    def __init__(self, settings: Settings, found: Service, gradebook: Gradebook) -> None:
        """Speak with a service through its gradebook."""
        self.settings = settings
        self.broker_url = found.broker_url
        self._service = found
        self._gradebook = gradebook

    def grade(self, *programs: Program) -> tuple[list[Report], float]:
        """Hand files in at once; return their reports, and the time until all were there."""
        sources = [(Path("solution.py"), program.source.encode()) for program in programs]
        return self.grade_files(sources, DEFAULT)

    def grade_files(
        self, files: list[tuple[Path, bytes]], exercise: str
    ) -> tuple[list[Report], float]:
        """Do the same with files for any exercise that the service has."""
        works = [Work("bench", path.name, source) for path, source in files]
        began_s = time.perf_counter()
        submissions = hand_in(
            self._gradebook, self._service, works, exercise=exercise, queue=Queue.INTERACTIVE
        )
        reports = []
        for submission in submissions:
            while True:
                progress = self._gradebook.progress(submission.id)
                if progress is not None and progress.report is not None:
                    reports.append(progress.report)
                    break
                self._service.check()
                time.sleep(_POLL_S)
        return reports, time.perf_counter() - began_s

    def grade_rested(self, program: Program) -> tuple[Report, float]:
        """Grade one file once the next box and the trainer are waiting again."""
        self.rest()
        [report], took_s = self.grade(program)
        return report, took_s

    def rest(self) -> None:
        """Wait until the service has nothing to do."""
        used_s = math.inf
        before_s = self._cpu_s()
        while used_s > _IDLE * _LOOK_S:
            time.sleep(_LOOK_S)
            now_s = self._cpu_s()
            used_s = sum(cpu_s - before_s.get(pid, 0) for pid, cpu_s in now_s.items())
            before_s = now_s

    def _cpu_s(self) -> dict[int, float]:
        """Return what each process of the worker, the boxes' among them, has computed."""
        if self._service.worker is None:  # never: the service is our own
            raise AssertionError
        used_s = {}
        worker = psutil.Process(self._service.worker.pid)
        for process in [worker, *worker.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                used_s[process.pid] = times.user + times.system
        return used_s


@contextmanager
def warm_service(settings: Settings) -> Iterator[Warm]:
    """Start a private service, and have it grade something first."""
    with _service(settings, DEFAULT, settings.workers) as warm:
        warm.grade(*[Program(images=640, epochs=1, filters=8, units=8 + n) for n in range(4)])
        yield warm


@contextmanager
def _service(settings: Settings, exercise: str, workers: int) -> Iterator[Warm]:
    gradebook = open_gradebook(settings)
    with service(settings, workers, exercise) as found:
        yield Warm(settings, found, gradebook)
    gradebook.close()


def measure_untrained(settings: Settings, samples: Path, rounds: int) -> Iterator[Row]:
    """Measure a right sample of every exercise in which nothing is trained.

    Each has a service of its own, which has graded the sample before.
    """
    catalogue = Catalogue()
    for name in catalogue:
        if catalogue.rubric(name).kind == "training":
            continue
        folder = min((samples / name / "correct").iterdir())
        [path] = (each for each in folder.iterdir() if each.name != "expected.toml")
        file, took_s = (path, path.read_bytes()), []
        with _service(settings, name, 1) as warm:
            warm.grade_files([file], name)
            for _ in range(rounds):
                warm.rest()
                took_s.append(warm.grade_files([file], name)[1])
        yield Row(f"{name}, warm", median(took_s), "s", 1.0, "at most", "queue to verdict")


def easy_rubric(folder: Path) -> Path:
    """Write a rubric that asks for fewer images, so that runs can be short."""
    text = (files("grader.exercises.mnist_conv") / "exercise.toml").read_text()
    path = folder / "rubric.toml"
    path.write_text(text.replace("50000", "500"))
    return path


def measure_submissions(warm: Warm, data: Path, images: int, rounds: int) -> Iterator[Row]:
    """Measure trained, shared and refused submissions; each round with a training of its own."""
    first, plain, shared, own, refused, refused_plain = [list[float]() for _ in range(6)]
    for number in range(rounds):
        # As wide as the lesson's, and another training in every round.
        program = Program(images=images, epochs=2, units=128 + number)
        short = program._replace(images=images // 10)
        plain.append(run(program, data).wall_s)
        (report, took_s), (short_report, short_s) = map(warm.grade_rested, (program, short))
        first.append(took_s)
        own += [took_s - report.timing.trained_s, short_s - short_report.timing.trained_s]
        shared.append(warm.grade_rested(program._replace(comment="another file"))[1])
        two_convs = program._replace(second_conv=True)
        refused.append(warm.grade_rested(two_convs)[1])
        ran = run(two_convs, data)
        refused_plain.append(ran.at_full_size(images, EPOCHS_TO_TARGET))
    yield Row(
        "a submission, warm, first of its kind",
        median(plain) / median(first), "x", 1.0, "at least",
        f"{median(first):.1f} s against {median(plain):.1f} s, 2 epochs of {images:,}",
    )  # fmt: skip
    yield Row(
        "the grader's own time, trained submission",
        median(own), "s", 1.0, "at most", "all but the epochs, as the report counts them",
    )  # fmt: skip
    yield Row(
        "the same training asked for again, warm",
        median(shared), "s", 2.0, "at most", "queue to verdict",
    )  # fmt: skip
    yield Row(
        "a failed gate, warm", median(refused), "s", 1.5, "at most", "queue to verdict"
    )  # fmt: skip
    yield Row(
        "a failed gate, against plain Keras",
        median(refused_plain) / median(refused), "x", 50, "at least",
        f"{EPOCHS_TO_TARGET} epochs of the file take {median(refused_plain):.0f} s, extrapolated",
    )  # fmt: skip


def measure_queue(warm: Warm, jobs: int, rounds: int) -> Row:
    """Compare jobs that need no box with Celery tasks that do nothing, by turns."""
    files = [Program(broken=True, comment=str(number)) for number in range(jobs)]
    ours, bare = [list[float]() for _ in range(2)]
    with _bare_worker(warm) as count:
        count(20)
        for _ in range(rounds):
            ours.append(warm.grade(*files)[1] / jobs)
            bare.append(count(jobs) / jobs)
    return Row(
        f"the queue, {jobs:,} jobs, against bare Celery",
        median(ours) / median(bare), "x", 2.5, "at most",
        f"{median(ours) * 1000:.1f} ms a job against {median(bare) * 1000:.1f} ms",
    )  # fmt: skip


@contextmanager
def _bare_worker(warm: Warm) -> Iterator[Callable[[int], float]]:
    """Start as many bare workers on the same Redis; give a function that has them do so many."""
    client, app = connect(warm.broker_url), create_app(warm.broker_url)
    worker = subprocess.Popen(
        [sys.executable, "-m", "bench.bare", warm.broker_url, str(warm.settings.workers)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def count(jobs: int) -> float:
        client.delete(COUNTER)
        began_s = time.perf_counter()
        for _ in range(jobs):
            app.send_task("bare", queue="bare")
        while int(client.get(COUNTER) or 0) < jobs:
            time.sleep(_POLL_S)
        return time.perf_counter() - began_s

    try:
        yield count
    finally:
        worker.terminate()
        worker.wait()


def with_rubric(settings: Settings, folder: Path) -> Settings:
    """Return settings for measuring: a home of its own, and the easy rubric."""
    rubric = easy_rubric(folder)
    database = f"sqlite:///{folder / 'gradebook.sqlite'}"
    return dataclasses.replace(settings, home=folder, database_url=database, rubric=rubric)
