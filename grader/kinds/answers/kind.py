"""Reads files of answers, each within the limits of the reader's process."""

from __future__ import annotations

from collections.abc import Callable

from grader.kinds.answers.evidence import AnswersEvidence
from grader.kinds.kind import Judge, Task
from grader.preflight import Reader
from grader.protocol import Epoch


class AnswersKind:
    """Reads answers; shares the reader with other kinds."""

    def __init__(self, reader: Reader) -> None:
        """Read with `reader`."""
        self._reader = reader

    def warm_up(self) -> None:
        """Start the reader before a submission needs it."""
        self._reader.warm_up()

    def close(self) -> None:
        """End the reader."""
        self._reader.close()

    def observe(
        self, task: Task, judge: Judge, on_epoch: Callable[[Epoch], None]
    ) -> AnswersEvidence:
        """Read the answers.

        Raises:
            InfrastructureError: They could not be read through no fault of the submission.
        """
        del judge, on_epoch  # Nothing costs anything, and nothing is trained.
        facts, read = self._reader.read_answers(task.submission.source, task.submission.file)
        return AnswersEvidence(source=facts, given=read.given, doubled=read.doubled)
