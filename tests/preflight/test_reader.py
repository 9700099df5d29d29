"""Files are read in a process that can be ended, whatever they do to Python's parser."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from grader.errors import ReaderError
from grader.preflight import Reader, read_source, reader
from grader.processes import Process

FUNCTION = "train_mnist_conv"
HONEST = b"def train_mnist_conv():\n    return [], 1.0\n"
BIG = HONEST + b"".join(b"def f%d(): global g%d\n" % (n, n) for n in range(2_000))
# Python looks at all names of the outer function again for each of those inside.
QUADRATIC = b"def o():\n" + b"".join(b" def f%d():\n  global g%d\n" % (n, n) for n in range(9_000))


@pytest.fixture
def files() -> Iterator[Reader]:
    """A reader that is closed afterwards."""
    made = Reader()
    yield made
    made.close()


def process_of(files: Reader) -> Process:
    """Return the process behind a reader."""
    files.warm_up()
    assert files._process

    return files._process


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("solution.py", HONEST),
        ("solution.py", b"def f(:\n"),
        ("solution.py", b""),
        ("solution.ipynb", b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "x"}]}'),
        ("solution.ipynb", b"[" * 100_000),
        ("solution.py", "# coding: latin-1\nä = 'ö'".encode("latin-1")),
    ],
)
def test_a_reader_says_what_reading_says(files: Reader, name: str, source: bytes) -> None:
    """Nothing is lost on the way from the process to the worker."""
    assert files.read(source, (FUNCTION,), name) == read_source(source, (FUNCTION,), name)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("solution.py", b"# coding: raw_unicode_escape\n!\\ud800 echo x\n"),
        ("solution.py", b"# coding: raw_unicode_escape\nx = '\\udfff'\n"),
        ("solution.py", b"# coding: raw_unicode_escape\ndef f(:\\ud800\n"),
        ("solution.py", b"# coding: unicode_escape\n'\\\\ud800' = 1 \\ud800\n"),
        (
            "solution.ipynb",
            b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "!\\ud800 x\\n("}]}',
        ),
    ],
)
def test_half_a_character_is_a_fault_of_the_file(files: Reader, name: str, source: bytes) -> None:
    """It is told like every other mistake, in words that can be stored."""
    facts = files.read(source, (FUNCTION,), name)

    assert facts.problem
    assert (facts.problem + facts.problem_help + facts.text).encode()


def test_half_a_character_in_a_cell_that_is_not_run_is_none(files: Reader) -> None:
    """What another program would get need not be Python."""
    cells = b'{"cell_type": "code", "source": "%%writefile x\\n\\ud800"}, '
    cells += b'{"cell_type": "code", "source": "def train_mnist_conv(): pass"}'
    source = b'{"nbformat": 4, "cells": [' + cells + b"]}"

    assert files.read(source, (FUNCTION,), "solution.ipynb").problem is None


def test_a_file_that_takes_too_long_is_told(files: Reader) -> None:
    """It ends the reader and not the worker, whose other threads go on; the next one is read."""
    before = process_of(files)
    beats: list[float] = []
    done = threading.Event()

    def beat() -> None:
        while not done.wait(0.05):
            beats.append(time.monotonic())

    thread = threading.Thread(target=beat)
    thread.start()
    os.kill(before.pid, signal.SIGSTOP)
    threading.Timer(0.5, os.kill, (before.pid, signal.SIGXCPU)).start()
    threading.Timer(0.6, os.kill, (before.pid, signal.SIGCONT)).start()
    facts = files.read(HONEST, (FUNCTION,), "solution.py")
    done.set()
    thread.join()

    assert facts.problem
    assert "too long" in facts.problem
    assert len(beats) > 5
    assert files.read(HONEST, (FUNCTION,), "solution.py").defined.get(FUNCTION) == 1
    assert process_of(files) is not before


def test_the_kernel_ends_a_reader_that_computes_too_long() -> None:
    """The limit is for each file, and not for the life of the process."""
    files = Reader(cpu_s=1)
    process = process_of(files)
    try:
        kept = [files.read(BIG, (FUNCTION,), "s.py").defined.get(FUNCTION) for _ in range(6)]
        survived = process.returncode is None
        facts = files.read(QUADRATIC, (FUNCTION,), "s.py")
    finally:
        files.close()

    assert (kept, survived) == ([1] * 6, True)
    assert facts.problem
    assert "within 1 seconds" in facts.problem


def test_a_parser_that_crashes_is_a_fault_of_the_file(files: Reader) -> None:
    """Only the file was new to it."""
    process = process_of(files)
    threading.Timer(0.2, process.send_signal, (signal.SIGSEGV,)).start()
    process.send_signal(signal.SIGSTOP)
    threading.Timer(0.4, process.send_signal, (signal.SIGCONT,)).start()

    assert files.read(HONEST, (FUNCTION,), "solution.py") == reader._TOO_MUCH


def test_a_reader_that_was_killed_is_our_error(files: Reader) -> None:
    """The machine, or whoever runs it, did that: the file is read in another try."""
    process = process_of(files)
    process.kill()
    process.wait()

    with pytest.raises(ReaderError):
        files.read(HONEST, (FUNCTION,), "solution.py")

    assert files.read(HONEST, (FUNCTION,), "solution.py").problem is None


def test_a_closed_reader_leaves_nothing(files: Reader) -> None:
    """It also ends by itself when its worker is gone, because nobody holds the other end."""
    process = process_of(files)
    assert files._end
    files._end.close()

    assert process.wait(10) == 0
