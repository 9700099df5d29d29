"""The one orchestrator: has a submission run, puts the evidence to the checks, writes a report."""

from __future__ import annotations

import time
from collections.abc import Callable

from grader.errors import RunDivergedError
from grader.exercises import Exercise, Rubric, RubricCheck
from grader.grading.boxes import Boxes
from grader.grading.session import Session
from grader.model.evidence import Ending, Evidence, Reach, best_accuracy, reach
from grader.model.percent import percent
from grader.model.report import (
    CheckResult,
    Finding,
    Report,
    Status,
    Timing,
    Training,
    Verdict,
    claimed,
)
from grader.model.submission import Attempt
from grader.preflight import Reader
from grader.protocol import Epoch
from grader.runs import SharedTrainer
from grader.trainer import Trainer

# How close to the target a run must fall short of it for a second seed to be tried.
_HAIR = 0.001


class Grader:
    """Grades submissions one after another; keeps the trainer, a reader and one warm box."""

    def __init__(
        self,
        exercise: Exercise,
        boxes: Boxes,
        trainer: Trainer | SharedTrainer,
        *,
        seed: int,
        notes: tuple[str, ...],
    ) -> None:
        """Grade `exercise`; every report carries `notes`."""
        self._exercise = exercise
        self._boxes = boxes
        self._trainer = trainer
        self._seed = seed
        self._notes = notes
        self._reader = Reader()

    @property
    def rubric(self) -> Rubric:
        """The rubric that this grader goes by."""
        return self._exercise.rubric

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

    def grade(self, attempt: Attempt, on_epoch: Callable[[Epoch], None]) -> Report:
        """Grade one attempt.

        Raises:
            InfrastructureError: It could not be graded through no fault of the submission.
        """
        began_s = time.monotonic()
        submission, rubric = attempt.submission, self._exercise.rubric
        source = self._reader.read(submission.source, rubric.function, submission.file)
        evidence = Evidence(source=source)
        luck: tuple[str, ...] = ()
        if not evidence.source.problem:
            first = evidence = self._observe(evidence, submission.file, self._seed, on_epoch)
            if self._is_close(first):
                second = self._observe(
                    Evidence(first.source), submission.file, self._seed + 1, on_epoch
                )
                evidence = max(first, second, key=self._merit)
                luck = (_luck_note(self._seed, first, second, evidence),)
            self._trainer.renew_if_due()
        results = self._results(evidence)
        return Report(
            submission_id=submission.id,
            student=submission.student,
            file=submission.file,
            verdict=self._verdict(evidence, results),
            score=sum(result.points for result in results),
            max_score=rubric.max_score,
            checks=results,
            training=_training(evidence),
            notes=(*self._notes, *_review_note(evidence), *luck, *map(claimed, evidence.shims)),
            timing=Timing(
                queued_s=round(attempt.queued_s, 3),
                graded_s=round(time.monotonic() - began_s, 3),
                trained_s=round(evidence.trained_s, 3),
            ),
        )

    def _is_close(self, evidence: Evidence) -> bool:
        """Whether luck decided: the target is missed by a hair, or reached and then lost again."""
        best, target = best_accuracy(evidence.record), self.rubric.target.accuracy
        missed = not evidence.review and target - _HAIR <= best < target
        return missed or evidence.is_doubtful

    def _merit(self, evidence: Evidence) -> tuple[int, float, float]:
        """Order the two runs of one submission: what is decided, then points, then accuracy."""
        score = sum(result.points for result in self._results(evidence))
        return self._decided(evidence), score, best_accuracy(evidence.record)

    def _decided(self, evidence: Evidence) -> int:
        """Say how far a run settles whether the target is reached: the more, the further.

        A human decides on a doubtful reach, unless the other seed reaches the target beyond doubt;
        that a seed can fall short is no answer to it.
        """
        epochs, target = evidence.record.epochs if evidence.record else (), self.rubric.target
        if evidence.is_doubtful:
            return 2
        if evidence.review:
            return 0
        return 3 if any(reach(epoch, target.accuracy) is Reach.YES for epoch in epochs) else 1

    def _observe(
        self, evidence: Evidence, filename: str, seed: int, on_epoch: Callable[[Epoch], None]
    ) -> Evidence:
        try:
            return self._observe_once(evidence, filename, seed, on_epoch)
        except RunDivergedError:
            # What was stored is dropped; from here on all of it is trained here.
            return self._observe_once(evidence, filename, seed, on_epoch)

    def _observe_once(
        self, evidence: Evidence, filename: str, seed: int, on_epoch: Callable[[Epoch], None]
    ) -> Evidence:
        with self._boxes.take() as box:
            session = Session(box, self._trainer, self.rubric, seed, self._passes_gates, on_epoch)
            try:
                return session.run(evidence, filename)
            except BaseException:
                # It may have been left in the middle of a training, which is no state to go on
                # from.
                self._trainer.close()
                raise

    def _passes_gates(self, evidence: Evidence) -> bool:
        return self._failed_gate(evidence) is None

    def _failed_gate(self, evidence: Evidence) -> RubricCheck | None:
        for check in self._exercise.rubric.checks:
            if check.gate and self._finding(check, evidence).status is not Status.PASSED:
                return check
        return None

    def _finding(self, check: RubricCheck, evidence: Evidence) -> Finding:
        return self._exercise.checks[check.id](evidence, self._exercise.rubric)

    def _results(self, evidence: Evidence) -> tuple[CheckResult, ...]:
        """Put the evidence to every check; what a failed gate left without evidence is skipped."""
        failed_gate = None if evidence.source.problem else self._failed_gate(evidence)
        results, behind_gates = [], False
        for check in self._exercise.rubric.checks:
            behind_gates = behind_gates or check.gate
            if evidence.source.problem and check.id != "interface":
                finding = Finding(Status.SKIPPED, "Skipped, because the file cannot be run.")
            elif evidence.review and check.id != "interface":
                finding = Finding(Status.SKIPPED, "Left to a human reviewer.")
            elif failed_gate and behind_gates and not check.gate:
                finding = Finding(Status.SKIPPED, f"Skipped, because {failed_gate.id} failed.")
            else:
                finding = self._finding(check, evidence)
            results.append(_scored(check, finding))
        return tuple(results)

    def _verdict(self, evidence: Evidence, results: tuple[CheckResult, ...]) -> Verdict:
        if evidence.review:
            return Verdict.NEEDS_REVIEW
        required = {check.id for check in self._exercise.rubric.checks if check.required}
        passes = all(result.status is Status.PASSED for result in results if result.id in required)
        return Verdict.PASSED if passes else Verdict.FAILED


def _scored(check: RubricCheck, finding: Finding) -> CheckResult:
    return CheckResult(
        id=check.id,
        status=finding.status,
        points=check.points if finding.status is Status.PASSED else 0.0,
        max_points=check.points,
        message=finding.message,
        help=finding.help,
    )


def _training(evidence: Evidence) -> Training:
    if evidence.record is None:
        return Training()
    return Training.from_epochs(evidence.record.epochs, cut=evidence.record.ending is Ending.CUT)


def _review_note(evidence: Evidence) -> tuple[str, ...]:
    return (f"Needs a human review: {evidence.review}.",) if evidence.review else ()


def _luck_note(seed: int, first: Evidence, second: Evidence, counted: Evidence) -> str:
    reached = [percent(best_accuracy(evidence.record)) for evidence in (first, second)]
    number = "first" if counted is first else "second"
    return (
        "It was within a hair of the target, so the training was run a second time:"
        f" {reached[0]} with seed {seed}, {reached[1]} with seed {seed + 1}."
        f" The {number} run counts."
    )
