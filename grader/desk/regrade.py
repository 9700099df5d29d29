"""Grades again what has a report: for a whole class through the queue, or one from nothing.

To *regrade* is to ask the rubric and the checks of today; what was trained before is not trained
again. To *replay* is to ask whether the same would come out once more, with no stored run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import msgspec

from grader.gradebook import Gradebook
from grader.model.report import Report, Verdict
from grader.queue import create_app, enqueue
from grader.service import Service


class Change(NamedTuple):
    """What the machine found before, and what it finds now."""

    before: Report
    after: Report

    @property
    def gain(self) -> float:
        """How many points more it gives now; none where one of the two is no grade."""
        grades = (Verdict.PASSED, Verdict.FAILED)
        if self.before.verdict not in grades or self.after.verdict not in grades:
            return 0.0
        return self.after.score - self.before.score

    @property
    def is_one(self) -> bool:
        """Whether anything that counts is different."""
        return bool(self.gain) or self.before.verdict is not self.after.verdict


@contextmanager
def graded_again(gradebook: Gradebook, service: Service, ids: Sequence[str]) -> Iterator[list[str]]:
    """Have graded submissions graded again; their reports stay until there are new ones.

    Gives the ids of those that were graded. Whatever is not done at the end keeps what it had,
    unless a service goes on with it.
    """
    opened = gradebook.reopen(ids)
    try:
        app = create_app(service.broker_url)
        for due in opened:
            enqueue(app, due.submission_id, due.attempt, due.queue)
        yield [due.submission_id for due in opened]
    except BaseException:
        if service.worker is not None:
            gradebook.keep(ids)
        raise


def machine(report: Report) -> Report:
    """Return a report as the machine made it, without a human's decision."""
    decision = report.decision
    if decision is None:
        return report
    return msgspec.structs.replace(
        report,
        verdict=decision.machine_verdict,
        score=decision.machine_score,
        notes=report.notes[1:],
        decision=None,
    )


def differing(before: Report, after: Report) -> list[str]:
    """Say where two reports on one submission differ, to the last digit of a training.

    What went by the clock, or is drawn anew for each grading, may differ.
    """
    said = []
    if before.verdict is not after.verdict:
        said.append(f"verdict: {before.verdict.value} before, {after.verdict.value} now")
    if before.score != after.score:
        said.append(f"points: {before.score:g} before, {after.score:g} now")
    said += _differing_checks(before, after)
    epochs = before.training.epochs, after.training.epochs
    for number, (old, new) in enumerate(zip(*epochs, strict=False), 1):
        if old != new:
            said.append(
                f"epoch {number}: accuracy {old.accuracy!r}, loss {old.loss!r} before;"
                f" {new.accuracy!r}, {new.loss!r} now"
            )
            break
    if len(epochs[0]) != len(epochs[1]):
        said.append(f"epochs: {len(epochs[0])} before, {len(epochs[1])} now")
    return said


def reasons(before: Report, after: Report) -> list[str]:
    """Say what is not as it was when a submission was graded, of what digits depend on."""
    if before.origin is None or after.origin is None:
        return ["the report of before does not say how it came about"]
    old, new = (msgspec.to_builtins(each.origin) for each in (before, after))
    old |= old.pop("versions")
    new |= new.pop("versions")
    names = dict.fromkeys([*old, *new])
    return [
        f"{name}: {_short(old.get(name))} before, {_short(new.get(name))} now"
        for name in names
        if name != "run" and old.get(name) != new.get(name)
    ]


def _differing_checks(before: Report, after: Report) -> list[str]:
    old, new = ({check.id: check for check in each.checks} for each in (before, after))
    said = []
    for name in dict.fromkeys([*old, *new]):
        if name not in new or name not in old:
            said.append(f"{name}: is only {'new' if name in new else 'in the one of before'}")
        elif old[name] != new[name]:
            was, is_now = old[name], new[name]
            said.append(
                f"{name}: {was.status.value}, {was.points:g} points before;"
                f" {is_now.status.value}, {is_now.points:g} points now"
            )
    return said


def _short(value: object) -> str:
    """Return enough of a digest to tell it from another."""
    return str(value)[:12] if value not in (None, "") else "nothing"
