"""A submission: a file that a student hands in."""

from __future__ import annotations

from enum import StrEnum

import msgspec

MAX_SOURCE_BYTES = 256 * 1024


class Queue(StrEnum):
    """Who waits for the answer; a queue for each, so that a batch never delays a student."""

    INTERACTIVE = "interactive"
    BATCH = "batch"
    CI = "ci"


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it was handed in, with the exercise it answers."""

    id: str
    exercise: str
    student: str
    file: str
    source: bytes


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One worker's lease on a submission; `number` counts from 1."""

    submission: Submission
    number: int
    submitted_at_s: float
