"""A terminal for tests: types when the program waits for it, and keeps what is shown."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import select
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pyte

COLUMNS, _ROWS = 80, 40
_STYLES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Seen(NamedTuple):
    """What a program showed, without styles and with plain ends of lines, and how it ended."""

    raw: str
    code: int

    @property
    def text(self) -> str:
        """What somebody reads."""
        return _STYLES.sub("", self.raw).replace("\r", "")

    @property
    def screen(self) -> list[str]:
        """What is left on the screen, with all that has moved out of it."""
        screen = pyte.HistoryScreen(COLUMNS, _ROWS, history=10_000)
        pyte.Stream(screen).feed(self.raw.replace("\r\n", "\n").replace("\n", "\r\n"))
        above = ["".join(line[at].data for at in range(COLUMNS)) for line in screen.history.top]
        return "\n".join(each.rstrip() for each in [*above, *screen.display]).rstrip().split("\n")

    @property
    def words(self) -> str:
        """The same on one line."""
        return " ".join(self.text.split())


def typed(
    arguments: Sequence[str],
    keys: Sequence[str],
    environment: dict[str, str],
    timeout_s: float = 120.0,
    folder: Path | None = None,
) -> Seen:
    """Run the command line at a terminal of 80 columns, and type one of `keys` at each prompt."""
    command = [sys.executable, "-m", "grader", *arguments]
    pid, terminal = pty.fork()
    if pid == 0:
        if folder is not None:
            os.chdir(folder)
        settings = {"COLUMNS": str(COLUMNS), "TERM": "xterm", **environment}
        os.execve(command[0], command, settings)  # noqa: S606 - the program under test
    shown, waiting = b"", [*keys]
    ends_s = time.monotonic() + timeout_s
    with contextlib.suppress(OSError):
        while time.monotonic() < ends_s:
            ready, _, _ = select.select([terminal], [], [], 0.2)
            if ready:
                part = os.read(terminal, 4096)
                if not part:
                    break
                shown += part
            elif waiting and shown.endswith(b": "):
                os.write(terminal, waiting.pop(0).encode())
                shown += b"\0"
    os.close(terminal)
    _, status = os.waitpid(pid, 0)
    return Seen(shown.replace(b"\0", b"").decode(), os.waitstatus_to_exitcode(status))
