"""The one module that starts processes, so that there is one place to see what the grader runs."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess  # noqa: TID251 - this is the module that the ban points to
from collections.abc import Mapping, Sequence
from typing import IO

Process = subprocess.Popen[bytes]

_PR_SET_PDEATHSIG = 1
# A parent that died before the two were tied together sends no signal any more.
_UNLESS_ORPHANED = '[ "$PPID" = "$0" ] && exec "$@"'


def start(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    pass_fds: Sequence[int] = (),
    output: IO[bytes] | int | None = subprocess.DEVNULL,
) -> Process:
    """Start a program in its own session, without input, with exactly this environment."""
    return subprocess.Popen(
        list(argv),
        env=dict(env),
        pass_fds=tuple(pass_fds),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def start_piped(
    argv: Sequence[str], *, env: Mapping[str, str], pass_fds: Sequence[int] = ()
) -> Process:
    """Start a program whose output the caller reads from `stdout`."""
    return start(argv, env=env, pass_fds=pass_fds, output=subprocess.PIPE)


def end(
    process: Process, *, sig: signal.Signals = signal.SIGKILL, patience_s: float = 10.0
) -> None:
    """Signal a process's whole session and reap it; what ignores the signal is killed."""
    _signal_session(process, sig)
    try:
        process.wait(patience_s)
    except subprocess.TimeoutExpired:
        _signal_session(process, signal.SIGKILL)
        process.wait()


def wait(process: Process, patience_s: float = 10.0) -> int | None:
    """Return with which status a process has ended, or None if it runs on."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        return process.wait(patience_s)
    return None


def ask_to_end(process: Process, patience_s: float) -> None:
    """Ask a process, and not its children, to end by itself; it may still run afterwards."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(patience_s)


def _signal_session(process: Process, sig: signal.Signals) -> None:
    # A reaped process's id may belong to somebody else by now. One that has ended and is not reaped
    # keeps it, and may have left children in its session.
    if process.returncode is not None:
        return
    try:
        os.killpg(process.pid, sig)
    except ProcessLookupError:
        process.send_signal(sig)


def tied_to_us(argv: Sequence[str]) -> list[str]:
    """Wrap a command so that the kernel kills it when the process that starts it dies."""
    tie = ["setpriv", "--pdeathsig", "KILL", "--"]
    return [*tie, "/bin/sh", "-c", _UNLESS_ORPHANED, str(os.getpid()), *argv]


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent dies."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
