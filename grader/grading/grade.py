"""The one orchestrator: has a submission observed, puts the evidence to the checks, reports."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from grader.exercises import Exercise
from grader.grading.late import late_note, lateness
from grader.kinds import Kind, Task
from grader.model.evidence import Evidence
from grader.model.report import (
    CheckResult,
    Finding,
    Origin,
    Report,
    Status,
    Timing,
    Verdict,
    claimed,
)
from grader.model.rubric import KindName, Rubric, RubricCheck
from grader.model.submission import Attempt, Submission
from grader.protocol import Epoch

# The check that speaks of the file itself, and is asked even of one that cannot be read.
_OF_THE_FILE = "interface"
_NOTHING = 1e-9


class Grader:
    """Grades submissions one after another, each by its exercise, with what its kind keeps."""

    def __init__(
        self,
        exercises: Mapping[str, Exercise],
        kinds: Mapping[KindName, Kind],
        notes: tuple[str, ...] = (),
        origin: Origin | None = None,
    ) -> None:
        """Grade `exercises`; every report carries `notes`, and `origin` with digests of its own."""
        self._exercises = exercises
        self._kinds = kinds
        self._notes = notes
        self._origin = origin or Origin()

    def rubric(self, exercise: str) -> Rubric:
        """Return what an exercise asks for.

        Raises:
            ExerciseUnknownError: It is not installed here.
        """
        return self._exercises[exercise].rubric

    def warm_up(self) -> None:
        """Start what kinds need before a submission needs it."""
        for kind in self._kinds.values():
            kind.warm_up()

    def close(self) -> None:
        """End everything that was started."""
        for kind in self._kinds.values():
            kind.close()

    def grade(self, attempt: Attempt, on_epoch: Callable[[Epoch], None]) -> Report:
        """Grade one attempt.

        Raises:
            InfrastructureError: It could not be graded through no fault of the submission.
        """
        began_s = time.monotonic()
        submission = attempt.submission
        exercise = self._exercises[submission.exercise]
        judge = Judge(exercise)
        task = Task(submission, exercise.rubric, exercise.driver, exercise.plan)
        evidence = self._kinds[exercise.rubric.kind].observe(task, judge, on_epoch)
        results = judge.results(evidence)
        verdict = judge.verdict(evidence, results)
        raw_score = sum(result.points for result in results)
        late = lateness(exercise.rubric.late, submission.handed_in_at_s, raw_score, verdict)
        return Report(
            submission_id=submission.id,
            exercise=submission.exercise,
            student=submission.student,
            file=submission.file,
            verdict=verdict,
            score=raw_score - late.deducted if late else raw_score,
            max_score=exercise.rubric.max_score,
            checks=results,
            training=evidence.training,
            anatomy=evidence.anatomy,
            pictures=exercise.pictures(evidence) if exercise.pictures else (),
            notes=(
                *self._notes,
                *_review_note(evidence),
                *late_note(late),
                *evidence.notes,
                *map(claimed, evidence.shims),
            ),
            timing=Timing(
                queued_s=round(attempt.queued_s, 3),
                graded_s=round(time.monotonic() - began_s, 3),
                trained_s=round(evidence.trained_s, 3),
            ),
            late=late,
            origin=self._origin_of(submission, exercise.rubric, evidence),
        )

    def _origin_of(self, submission: Submission, rubric: Rubric, evidence: Evidence) -> Origin:
        training = evidence.training
        return msgspec.structs.replace(
            self._origin,
            source=_digest(submission.source),
            rubric=_digest(msgspec.json.encode(rubric)),
            run=_digest(msgspec.json.encode(training)) if training.epochs else "",
        )


@dataclass(frozen=True)
class Judge:
    """Puts evidence to the checks of an exercise."""

    exercise: Exercise

    def passes_gates(self, evidence: Evidence) -> bool:
        """Whether no gate fails by what is known so far."""
        return self._failed_gate(evidence) is None

    def merit(self, evidence: Evidence) -> float:
        """Sum up the points."""
        return sum(result.points for result in self.results(evidence))

    def results(self, evidence: Evidence) -> tuple[CheckResult, ...]:
        """Put the evidence to every check; what a failed gate left without evidence is skipped."""
        failed_gate = None if evidence.source.problem else self._failed_gate(evidence)
        results, behind_gates = [], False
        for check in self.exercise.rubric.checks:
            behind_gates = behind_gates or check.gate
            if evidence.source.problem and check.id != _OF_THE_FILE:
                finding = Finding(Status.SKIPPED, "Skipped, because the file cannot be read.")
            elif evidence.review and check.id != _OF_THE_FILE:
                finding = Finding(Status.SKIPPED, "Left to a human reviewer.")
            elif failed_gate and behind_gates and not check.gate:
                finding = Finding(Status.SKIPPED, f"Skipped, because {failed_gate.id} failed.")
            else:
                finding = self._finding(check, evidence)
            results.append(_scored(check, finding))
        return tuple(results)

    def verdict(self, evidence: Evidence, results: tuple[CheckResult, ...]) -> Verdict:
        """Say how a submission ends."""
        if evidence.review:
            return Verdict.NEEDS_REVIEW
        required = {check.id for check in self.exercise.rubric.checks if check.required}
        passes = all(result.status is Status.PASSED for result in results if result.id in required)
        # A sum of thirds may miss by the last digit what it should be.
        score = sum(result.points for result in results)
        passes = passes and score >= self.exercise.rubric.passing_score - _NOTHING
        return Verdict.PASSED if passes else Verdict.FAILED

    def _failed_gate(self, evidence: Evidence) -> RubricCheck | None:
        for check in self.exercise.rubric.checks:
            if check.gate and self._finding(check, evidence).status is not Status.PASSED:
                return check
        return None

    def _finding(self, check: RubricCheck, evidence: Evidence) -> Finding:
        return self.exercise.checks[check.id](evidence, self.exercise.rubric)


def _scored(check: RubricCheck, finding: Finding) -> CheckResult:
    share = 1.0 if finding.status is Status.PASSED else finding.share
    return CheckResult(
        id=check.id,
        status=finding.status,
        points=check.points * share,
        max_points=check.points,
        message=finding.message,
        help=finding.help,
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _review_note(evidence: Evidence) -> tuple[str, ...]:
    return (f"Needs a human review: {evidence.review}.",) if evidence.review else ()
