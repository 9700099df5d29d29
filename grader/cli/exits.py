"""How every command ends: exit codes, and one line for what went wrong.

Only a verdict ends a command with `PASSED` or `NOT_PASSED`: whoever grades a class by exit codes
must never take a full disk or a bug of ours for a failed submission.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterable
from typing import TextIO

from rich.console import Console

from grader.cli import render
from grader.cli.files import BadFileError
from grader.errors import GraderError, PlatformFileError, RosterError, SettingsError
from grader.model.report import Report, Verdict

PASSED = 0
NOT_PASSED = 1
USAGE = 2
NOT_GRADED = 3
# What the command line's library ends with when it is interrupted.
_INTERRUPTED = 130

_CODE_OF = {
    Verdict.PASSED: PASSED,
    Verdict.FAILED: NOT_PASSED,
    Verdict.NEEDS_REVIEW: NOT_GRADED,
    Verdict.ERROR: NOT_GRADED,
}


class Ended(Exception):  # noqa: N818 - an end, not an error
    """Raised by a command that has done what it was asked for, and judged it."""

    def __init__(self, code: int) -> None:
        """End with a code."""
        super().__init__()
        self.code = code


class Graded(Ended):
    """Raised by a command that has printed a report on everything it was given."""

    def __init__(self, reports: Iterable[Report]) -> None:
        """End with the gravest of the verdicts."""
        super().__init__(max((_CODE_OF[report.verdict] for report in reports), default=PASSED))


def leave_with(command: Callable[[], None]) -> None:
    """Run `command` and end this process with the code of what came of it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A character that a terminal does not have is no reason to print nothing.
            stream.reconfigure(errors="backslashreplace")
    for sig in (signal.SIGTERM, signal.SIGHUP):
        # What `nohup` has us ignore stays ignored.
        if signal.getsignal(sig) is signal.SIG_DFL:
            signal.signal(sig, _interrupt)
    code, line = _outcome(command)
    if line:
        _say(line)
    for stream in (sys.stdout, sys.stderr):
        _close(stream)
    sys.exit(code)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _outcome(command: Callable[[], None]) -> tuple[int, str]:
    """Return the exit code of a command, and what to say about it, if anything."""
    try:
        code = _code(command)
        if sys.stdout is not None:
            sys.stdout.flush()
    except (BadFileError, PlatformFileError, RosterError, SettingsError) as error:
        return USAGE, str(error)
    except KeyboardInterrupt:
        return NOT_GRADED, "interrupted"
    # A bug of ours must not look like a verdict.
    except Exception as error:  # noqa: BLE001
        return NOT_GRADED, _line(error)
    return code, ""


def _line(error: Exception) -> str:
    if isinstance(error, GraderError):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.filename or 'the output'}: {error.strerror or error}"
    if isinstance(error, ModuleNotFoundError):
        return f"{error.name} is missing: install the grader with its extra 'worker'"
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"a bug: {type(error).__name__} in {place.filename}, line {place.lineno}: {error}"


def _code(command: Callable[[], None]) -> int:
    try:
        command()
    except Ended as ended:
        return ended.code
    except SystemExit as end:
        # Libraries have codes of their own: 1 is what they give to a pipe that nobody reads.
        if end.code in (PASSED, USAGE, NOT_GRADED):
            return int(end.code)
        if end.code == _INTERRUPTED:
            raise KeyboardInterrupt from end
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE)) from end
    return PASSED


def _say(line: str) -> None:
    with contextlib.suppress(OSError):
        console = Console(stderr=True, highlight=False, soft_wrap=True)
        console.print(render.plain(f"grader: {line}"), markup=False)


def _close(stream: TextIO | None) -> None:
    """Flush a stream; Python would try again at the end, and exit with a code of its own."""
    if stream is None:
        return
    try:
        stream.flush()
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
