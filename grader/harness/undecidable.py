"""What a submission does that the trainer cannot repeat, and where: a human then decides."""

from __future__ import annotations

import sys
from typing import Any, NoReturn

from grader.protocol import Undecidable, clipped

_LONGEST_REASON = 300


class UndecidableError(BaseException):
    """Raised where the submission trains in a way that the trainer cannot repeat.

    It derives from BaseException so that a submission's `except Exception` does not hide it by
    accident.
    """


class Undecidables:
    """Remembers the first thing that cannot be decided, even if the submission goes on after it."""

    def __init__(self, filename: str) -> None:
        """Name lines of the submission, which was compiled under `filename`."""
        self._filename = filename
        self.first: Undecidable | None = None

    def stop(self, reason: str, line: int | None = None) -> NoReturn:
        """End the submission here, for a reason that a human will read."""
        self.note(reason, line)
        raise UndecidableError(reason)

    def note(self, reason: str, line: int | None = None) -> None:
        """Leave the verdict to a human and let the submission go on."""
        if self.first is None:
            reason = clipped(reason[:_LONGEST_REASON])
            self.first = Undecidable(reason=reason, line=line or self.line())

    def line(self) -> int | None:
        """Line of the submission that is being executed."""
        frame: Any = sys._getframe()  # noqa: SLF001 - the only way to the caller's line
        while frame is not None and frame.f_code.co_filename != self._filename:
            frame = frame.f_back
        return frame.f_lineno if frame is not None else None
