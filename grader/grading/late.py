"""What being late costs, by the rubric; only the time of handing in counts, never our delays."""

from __future__ import annotations

from grader.model.report import Lateness, Verdict
from grader.model.rubric import Late

_UNITS = (("day", 24 * 3600), ("hour", 3600), ("minute", 60))


def lateness(
    rule: Late | None, handed_in_at_s: float | None, raw_score: float, verdict: Verdict
) -> Lateness | None:
    """Return what is deducted, or None where nothing is late or nobody knows when it came."""
    if rule is None or handed_in_at_s is None:
        return None
    late_s = rule.late_s(handed_in_at_s)
    if not late_s:
        return None
    percent = rule.percent(handed_in_at_s)
    # What is no grade has no points that could be taken from it.
    is_grade = verdict in (Verdict.PASSED, Verdict.FAILED)
    return Lateness(
        late_s=round(late_s, 3),
        percent=percent,
        raw_score=raw_score,
        deducted=raw_score * percent / 100 if is_grade else 0.0,
    )


def late_note(late: Lateness | None) -> tuple[str, ...]:
    """Say it in a sentence."""
    if late is None:
        return ()
    points = f": {late.deducted:g} of {late.raw_score:g}" if late.deducted else ""
    costs = f"costs {late.percent:g}% of the points{points}"
    return (f"Handed in {_time(late.late_s)} late, which {costs}.",)


def _time(seconds: float) -> str:
    """Return a time in its largest unit, and the next one."""
    words = []
    for name, length in _UNITS:
        count, seconds = divmod(seconds, length)
        if count:
            words.append(f"{count:.0f} {name}{'s' if count > 1 else ''}")
    return " and ".join(words[:2]) or "less than a minute"
