"""The reader's own program: reads file after file, each within limits that end it."""

from __future__ import annotations

import ast
import contextlib
import resource
import socket
import sys

import msgspec

from grader.model.source import SourceFacts
from grader.preflight.answers import read_answers
from grader.preflight.outline import Outline, outline
from grader.preflight.read import read_source
from grader.preflight.reader import MEMORY_BYTES, Asked, Told, receive, send
from grader.preflight.syntax import parse


def main(descriptor: int, cpu_s: int) -> None:
    """Read what is asked for, in `cpu_s` for each file, until the worker hangs up."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with socket.socket(fileno=descriptor) as end, contextlib.suppress(EOFError, OSError):
        while True:
            asked = msgspec.json.decode(receive(end), type=Asked)
            _allow_cpu_time(cpu_s)
            send(end, _answer(asked))


def _answer(asked: Asked) -> bytes:
    try:
        if asked.names is None:
            return msgspec.json.encode(Told(*read_answers(asked.source, asked.filename)))
        facts = read_source(asked.source, asked.names, asked.filename)
        return msgspec.json.encode(
            Told(facts, outline=_outline(facts) if asked.is_outlined else ())
        )
    # Whatever a file brings about here, it brings about in every other try.
    except Exception as error:  # noqa: BLE001
        form = "Python" if asked.names is not None else "answers"
        problem = f"The file cannot be read as {form} ({type(error).__name__})"
        help_ = "Save it again as plain text with the encoding UTF-8."
        return msgspec.json.encode(Told(SourceFacts(problem=problem, problem_help=help_)))


def _outline(facts: SourceFacts) -> Outline:
    tree = None if facts.problem else parse(facts.text)
    if not isinstance(tree, ast.Module):
        return ()
    try:
        return outline(tree)
    except RecursionError:
        # Nested deeper than people write: it is like no other.
        return ()


def _allow_cpu_time(cpu_s: int) -> None:
    """Let the kernel end this process, by SIGXCPU, when a file takes too long."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until_s = int(used.ru_utime + used.ru_stime) + cpu_s + 1
    resource.setrlimit(resource.RLIMIT_CPU, (until_s, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
