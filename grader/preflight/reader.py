"""The worker's end of the reader: a process that reads files, one after another, within limits.

It stays warm between files. A file for which it needs too much ends it, which is a fact about the
file; the next file gets a new one. If it is ended from outside, nobody knows what it would have
said, so that is ours.

Both ways go lengths and JSON; the process is ours, but has read what is not.
"""

from __future__ import annotations

import signal
import socket
import struct
import sys
from pathlib import Path
from typing import Any

import msgspec

import grader
from grader import processes
from grader.errors import ReaderError
from grader.model.source import SourceFacts
from grader.preflight.answers import Answers
from grader.preflight.outline import Outline

_CPU_S = 10
MEMORY_BYTES = 1 << 30
# Only for a reader that is starved or stopped: its time is counted by the processor.
_PATIENCE_S = 600.0
_LENGTH = struct.Struct(">I")
# A text of control characters takes six letters for each.
_MAX_ANSWER_BYTES = 64 << 20
_SHORTEN = (
    "Hand in only what the exercise asks for: shorter statements, less nesting, no long data."
)
_TOO_MUCH = SourceFacts(
    problem="The file is too much for Python's parser: it ran out of memory", problem_help=_SHORTEN
)
# How a process ends for want of memory, of its stack's as well.
_CRASHES = {
    -number
    for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGFPE)
}


class Asked(msgspec.Struct):
    """A file to be read: a program that may define `names`, or, with None, a file of answers."""

    source: bytes
    names: tuple[str, ...] | None
    filename: str
    is_outlined: bool = False


class Told(msgspec.Struct):
    """What a file says: facts about it, and, of a file of answers, the answers."""

    facts: SourceFacts
    answers: Answers = Answers({})
    outline: Outline = ()


class Reader:
    """Reads files in a process of its own."""

    def __init__(self, cpu_s: int = _CPU_S) -> None:
        """Let a file have `cpu_s` of a processor; start nothing yet."""
        self._cpu_s = cpu_s
        self._process: processes.Process | None = None
        self._end: socket.socket | None = None

    def warm_up(self) -> None:
        """Start the process before a file needs it."""
        if self._end is None:
            self._start()

    def read(self, source: bytes, names: tuple[str, ...], filename: str) -> SourceFacts:
        """Read a file as `read_source` does; what it costs too much is a fact about it.

        Raises:
            ReaderError: The process was ended from outside.
        """
        return self._told(Asked(source, names, filename)).facts

    def read_answers(self, source: bytes, filename: str) -> tuple[SourceFacts, Answers]:
        """Read a file as `read_answers` does, within the same limits.

        Raises:
            ReaderError: The process was ended from outside.
        """
        told = self._told(Asked(source, None, filename))
        return told.facts, told.answers

    def read_outlined(self, source: bytes, filename: str) -> tuple[SourceFacts, Outline]:
        """Read a file as `read_source` does, and its outline, within the same limits.

        Raises:
            ReaderError: The process was ended from outside.
        """
        told = self._told(Asked(source, (), filename, is_outlined=True))
        return told.facts, told.outline

    def _told(self, asked: Asked) -> Told:
        end = self._end or self._start()
        try:
            send(end, msgspec.json.encode(asked))
            return msgspec.json.decode(receive(end), type=Told)
        except TimeoutError as error:
            self.close()
            raise ReaderError(f"a file was not read within {_PATIENCE_S:.0f} s") from error
        except (OSError, EOFError) as error:
            status = self._ended()
            if status == -signal.SIGXCPU:
                return Told(self._took_too_long())
            if status in _CRASHES:
                return Told(_TOO_MUCH)
            raise ReaderError(f"the reader of files ended with {status}: {error}") from error
        except BaseException:
            # It is in the middle of something.
            self.close()
            raise

    def close(self) -> None:
        """End the process."""
        if self._end is not None:
            self._end.close()
        if self._process is not None:
            processes.end(self._process)
        self._process = self._end = None

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        ours.settimeout(_PATIENCE_S)
        package = Path(grader.__file__).resolve().parent
        arguments = ["-m", "grader.preflight", str(theirs.fileno()), str(self._cpu_s)]
        program = [sys.executable, "-P", "-s", *arguments]
        environment = {"PYTHONPATH": str(package.parent), "LC_ALL": "C.UTF-8"}
        with theirs:
            self._process = processes.start(program, env=environment, pass_fds=[theirs.fileno()])
        self._end = ours
        return ours

    def _took_too_long(self) -> SourceFacts:
        return SourceFacts(
            problem="The file takes too long to read: Python's parser did not end within"
            f" {self._cpu_s} seconds",
            problem_help=_SHORTEN,
        )

    def _ended(self) -> int | None:
        status = processes.wait(self._process) if self._process else None
        self.close()
        return status


def send(end: socket.socket, content: bytes) -> None:
    """Send a text with its length."""
    end.sendall(_LENGTH.pack(len(content)) + content)


def receive(end: socket.socket) -> bytes:
    """Receive a text with its length.

    Raises:
        EOFError: The other end is closed.
    """
    (length,) = _LENGTH.unpack(_exactly(end, _LENGTH.size))
    if length > _MAX_ANSWER_BYTES:
        raise EOFError("it says too much")
    return _exactly(end, length)


def _exactly(end: socket.socket, length: int) -> bytes:
    parts: list[Any] = []
    while length:
        part = end.recv(min(length, 1 << 20))
        if not part:
            raise EOFError("the other end is closed")
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
