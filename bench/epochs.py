"""Epochs of the lesson's model: the trainer against plain Keras, interleaved, one run."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from threading import Thread

from bench.machine import roofline
from bench.programs import ALL_IMAGES, Program
from bench.table import Row
from grader.exercises import load_exercise
from grader.protocol import Decision, FitAsked, Frame, RunSubmission, Train
from grader.sandbox import Limits, start_harness, start_trainer
from grader.trainer import BoxedTrainer

_ENDLESS = 10_000

Epoch = Callable[[], float]


def measure(data: Path, images: int, rounds: int) -> list[Row]:
    """Compare epochs of so many images, as often as `rounds`."""
    asked = _request(data, images)
    with ExitStack() as stack:
        ours = [stack.enter_context(_trainer(data, asked)) for _ in range(2)]
        plain = stack.enter_context(_plain(data, 1, images))
        plain_threads = stack.enter_context(_plain(data, 0, images))
        everyone = [*ours, plain, plain_threads]
        for epoch in everyone:
            epoch()
        times = {name: list[float]() for name in ("ours", "plain", "two", "threads", "bound")}
        for _ in range(rounds):
            times["plain"].append(plain())
            times["ours"].append(ours[0]())
            times["bound"].append(roofline().epoch_s(images))
            times["threads"].append(plain_threads())
            times["two"].append(_together(ours) / len(ours))
    one = {name: median(values) for name, values in times.items()}
    scale = ALL_IMAGES / images

    def how(ours: str, theirs: str) -> str:
        both = [f"{one[name] * scale:.1f} s" for name in (ours, theirs)]
        return f"an epoch of 60,000: {both[0]} against {both[1]}, from {images:,}"

    return [Row(
        "an epoch, one thread, against plain Keras",
        one["plain"] / one["ours"], "x", 1.5, "at least", how("ours", "plain"),
    ), Row(
        "two trainers, against Keras with all threads",
        one["threads"] / one["two"], "x", 2.2, "at least", how("two", "threads"),
    ), Row(
        "an epoch, against the machine's limit",
        one["ours"] / one["bound"], "x", 1.25, "at most", how("ours", "bound"),
    )]  # fmt: skip


def _request(data: Path, images: int) -> Frame[FitAsked]:
    """Return what the lesson's program asks for."""
    function = load_exercise("mnist-conv").rubric.function
    source = Program(images=images, epochs=_ENDLESS).source
    with start_harness(data, Limits()) as box:
        box.wait_ready()
        box.channel.send(RunSubmission(source=source, filename="a.py", function=function))
        frame = box.channel.receive()
    if not isinstance(frame.message, FitAsked):
        raise TypeError(f"the program said {frame.message}")
    return Frame(frame.message, frame.blob)


@contextmanager
def _trainer(data: Path, asked: Frame[FitAsked]) -> Iterator[Epoch]:
    """Give a trainer with one thread that trains an epoch with each call."""
    trainer = BoxedTrainer(lambda: start_trainer(data, Limits(memory_mib=8192), 1, "fast"))
    request, arrays = asked.message.request, asked.message.arrays
    trainer.begin(Train(request=request, seed=1, max_epochs=_ENDLESS, arrays=arrays), asked.blob)
    is_waiting = False

    def epoch() -> float:
        nonlocal is_waiting
        began_s = time.perf_counter()
        if is_waiting:
            trainer.decide(Decision(stop=False))
        ended = trainer.next_ended()
        is_waiting = True
        if not isinstance(ended, Frame):
            raise TypeError(f"the trainer said {ended}")
        return time.perf_counter() - began_s

    yield epoch
    trainer.close()


@contextmanager
def _plain(data: Path, threads: int, images: int) -> Iterator[Epoch]:
    """Give a process of plain Keras that trains an epoch with each call."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.plain", "epochs", str(data), str(threads), str(images)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )

    def epoch() -> float:
        if process.stdin is None or process.stdout is None:  # never: both are pipes
            raise AssertionError
        process.stdin.write("\n")
        process.stdin.flush()
        return float(process.stdout.readline())

    try:
        yield epoch
    finally:
        process.kill()
        process.wait()


def _together(epochs: list[Epoch]) -> float:
    """Train an epoch with each of several at once; return the time until all have ended."""
    threads = [Thread(target=epoch) for epoch in epochs]
    began_s = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began_s
