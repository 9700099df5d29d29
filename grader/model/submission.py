"""A submission: a file that a student hands in."""

from __future__ import annotations

import hashlib
import secrets
from enum import StrEnum
from pathlib import PurePath

import msgspec

MAX_SOURCE_BYTES = 256 * 1024
# Pictures in a notebook's outputs are no source, and large.
MAX_NOTEBOOK_BYTES = 10 * 1024 * 1024
NOTEBOOK_SUFFIX = ".ipynb"


def max_file_bytes(filename: str) -> int:
    """How large a file of this name may be."""
    is_notebook = PurePath(filename).suffix.lower() == NOTEBOOK_SUFFIX
    return MAX_NOTEBOOK_BYTES if is_notebook else MAX_SOURCE_BYTES


class Queue(StrEnum):
    """Who waits for the answer; a queue for each, so that a batch never delays a student.

    Workers serve them in this order.
    """

    INTERACTIVE = "interactive"
    BATCH = "batch"
    CI = "ci"


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it was handed in, with the exercise it answers.

    `handed_in_at_s` is when the student did so, in seconds since 1970, where that is known.
    """

    id: str = msgspec.field(default_factory=lambda: secrets.token_hex(8))
    exercise: str
    student: str
    file: str
    source: bytes
    handed_in_at_s: float | None = None

    @property
    def digest(self) -> str:
        """Name what was handed in: the same file of the same student for the same exercise."""
        digest = hashlib.sha256()
        parts = (self.exercise.encode(), self.student.encode(), self.file.encode(), self.source)
        for part in parts:
            # With its length, so that no two parts can be divided otherwise.
            digest.update(len(part).to_bytes(8, "big") + part)
        return digest.hexdigest()


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One worker's lease on a submission, which waited so long; `number` counts from 1.

    `tried_before` are the attempts of earlier gradings, if it is graded again.
    """

    submission: Submission
    number: int
    queued_s: float = 0.0
    tried_before: int = 0

    @property
    def tries(self) -> int:
        """Which attempt it is of this grading, from 1."""
        return self.number - self.tried_before
