"""Files that are handed in: read whole, and refused where they are not what they seem."""

from __future__ import annotations

from pathlib import Path

from grader.layouts import RefusedError, opening, read_whole
from grader.model.submission import max_file_bytes

_ADVICE = {
    opening.FOLDER: "name the file to submit",
    opening.LINK: "name the file that it leads to",
    opening.NOT_ORDINARY: "name one that holds the program",
}


class BadFileError(Exception):
    """Raised when what was named on the command line is not a file that can be handed in."""


def read_files(paths: list[Path]) -> list[bytes]:
    """Read every file before any is handed in.

    Raises:
        BadFileError: One of them cannot be handed in; its text says which and why.
    """
    return [_read(path) for path in paths]


def _read(path: Path) -> bytes:
    try:
        return read_whole(path, max_file_bytes(path.name))
    except RefusedError as error:
        reason = str(error)
        advice = f"; {_ADVICE[reason]}" if reason in _ADVICE else ""
        raise BadFileError(f"{path} {reason}{advice}") from error
