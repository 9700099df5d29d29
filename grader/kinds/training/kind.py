"""Has submissions run in boxes, and carries out with the trainer what their fits ask for."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from grader.errors import RunDivergedError
from grader.kinds.boxes import Boxes
from grader.kinds.kind import Judge, Task
from grader.kinds.training.evidence import Reach, TrainingEvidence, best_accuracy, reach
from grader.kinds.training.maps import maps_of
from grader.kinds.training.session import Session
from grader.model.anatomy import Anatomy
from grader.model.percent import percent
from grader.preflight import Reader
from grader.protocol import Epoch
from grader.trainer import Trainer

# How close to the target a run must fall short of it for a second seed to be tried.
_HAIR = 0.001


class TrainingKind:
    """Has one submission after another trained; shares boxes and the reader with other kinds."""

    def __init__(  # noqa: PLR0913 - what one is made of
        self,
        boxes: Boxes,
        reader: Reader,
        trainer: Trainer,
        *,
        seed: int,
        notes: tuple[str, ...] = (),
        digit: Callable[[], NDArray[np.uint8]] | None = None,
    ) -> None:
        """Train from `seed`; all evidence carries `notes`, and shows what `digit` reads."""
        self._boxes = boxes
        self._reader = reader
        self._trainer = trainer
        self._seed = seed
        self._notes = notes
        self._digit = digit

    def warm_up(self) -> None:
        """Start the trainer, the reader and a box before a submission needs them."""
        self._trainer.warm_up()
        self._boxes.prepare()
        self._reader.warm_up()

    def close(self) -> None:
        """End the trainer, the reader and the waiting box."""
        self._trainer.close()
        self._boxes.close()
        self._reader.close()

    def observe(
        self, task: Task, judge: Judge, on_epoch: Callable[[Epoch], None]
    ) -> TrainingEvidence:
        """Read the file and hold the dialogue; a second time, from another seed, if luck decided.

        Raises:
            InfrastructureError: It could not be observed through no fault of the submission.
        """
        submission = task.submission
        source = self._reader.read(submission.source, task.rubric.names, submission.file)
        unseen = TrainingEvidence(source=source, notes=self._notes)
        if source.problem:
            return unseen
        first = counted = self._observed(unseen, task, self._seed, judge, on_epoch)
        if _is_close(first, task.rubric.target.accuracy):
            second = self._observed(unseen, task, self._seed + 1, judge, on_epoch)
            target = task.rubric.target.accuracy
            counted = max(first, second, key=lambda found: _merit(found, target, judge))
            note = _luck_note(self._seed, first, second, is_first=counted is first)
            counted = dataclasses.replace(counted, notes=(*counted.notes, note))
        self._trainer.renew_if_due()
        anatomy = Anatomy(layers=counted.built, maps=maps_of(counted))
        return dataclasses.replace(counted, anatomy=anatomy)

    def _observed(
        self,
        unseen: TrainingEvidence,
        task: Task,
        seed: int,
        judge: Judge,
        on_epoch: Callable[[Epoch], None],
    ) -> TrainingEvidence:
        try:
            return self._observed_once(unseen, task, seed, judge, on_epoch)
        except RunDivergedError:
            # What was stored is dropped; from here on all of it is trained here.
            return self._observed_once(unseen, task, seed, judge, on_epoch)

    def _observed_once(
        self,
        unseen: TrainingEvidence,
        task: Task,
        seed: int,
        judge: Judge,
        on_epoch: Callable[[Epoch], None],
    ) -> TrainingEvidence:
        with self._boxes.take() as box:
            session = Session(
                box,
                self._trainer,
                task.rubric,
                seed,
                judge.passes_gates,
                on_epoch,
                task.driver,
                self._digit,
            )
            try:
                return session.run(unseen, task.submission.file)
            except BaseException:
                # It may have been left in the middle of a training, which is no state to go on
                # from.
                self._trainer.close()
                raise


def _is_close(evidence: TrainingEvidence, target: float) -> bool:
    """Whether luck decided: the target is missed by a hair, or reached and then lost again."""
    best = best_accuracy(evidence.record)
    missed = not evidence.review and target - _HAIR <= best < target
    return missed or evidence.is_doubtful


def _merit(evidence: TrainingEvidence, target: float, judge: Judge) -> tuple[int, float, float]:
    """Order the two runs of one submission: what is decided, then points, then accuracy."""
    return _decided(evidence, target), judge.merit(evidence), best_accuracy(evidence.record)


def _decided(evidence: TrainingEvidence, target: float) -> int:
    """Say how far a run settles whether the target is reached: the more, the further.

    A human decides on a doubtful reach, unless the other seed reaches the target beyond doubt;
    that a seed can fall short is no answer to it.
    """
    epochs = evidence.record.epochs if evidence.record else ()
    if evidence.is_doubtful:
        return 2
    if evidence.review:
        return 0
    return 3 if any(reach(epoch, target) is Reach.YES for epoch in epochs) else 1


def _luck_note(
    seed: int, first: TrainingEvidence, second: TrainingEvidence, *, is_first: bool
) -> str:
    reached = [percent(best_accuracy(evidence.record)) for evidence in (first, second)]
    return (
        "It was within a hair of the target, so the training was run a second time:"
        f" {reached[0]} with seed {seed}, {reached[1]} with seed {seed + 1}."
        f" The {'first' if is_first else 'second'} run counts."
    )
