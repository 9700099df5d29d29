"""Reports to write in every format, and what each format makes of them.

`python -m tests.reports.samples` writes the golden files again.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from grader.model.report import (
    CheckResult,
    EpochResult,
    Report,
    Status,
    Timing,
    Training,
    Verdict,
    claimed,
)
from grader.reports import canvas, moodle
from grader.reports.formats import CLASS, REPORT

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
EXPORTS = HERE / "exports"

HOSTILE = (
    "=cmd|'/c calc'!A1;=1+1,\t@SUM(1) +1 -1 \uff1d1"
    '"\n::error file=x::owned\r\n##vso[task.complete result=Failed;]##[add-mask]1'
    " %0A::stop-commands::x"
    "\x00\x0b\x1b[2J\x1b]0;owned\x07\x9b2J\x7f\ufffe\uffff"
    "<script>alert(1)</script><img src=x onerror=alert(1)>&amp; ]]></failure>"
    "\u202eevil\u2066\u200b\u2028[[ATTACHMENT|/etc/passwd]]"
    " ![x](http://evil.example) www.evil.example"
    " `<b>` `` ` | *bold* # @everyone $x$ ${{ secrets.TOKEN }}"
)


def _checks(*, failing: str = "", words: str = "") -> tuple[CheckResult, ...]:
    passed = CheckResult(
        id="interface",
        status=Status.PASSED,
        points=10.0,
        max_points=10.0,
        message="`train_mnist_conv()` returned the epochs and the accuracy.",
    )
    if not failing:
        return (passed, msgspec.structs.replace(passed, id="target", points=25, max_points=25))
    failed = CheckResult(
        id=failing,
        status=Status.FAILED,
        points=5 / 3,
        max_points=15.0,
        message=words or "The first layer is `Dense(64)` in line 12, but should be a convolution.",
        help=words or "Put `Conv2D` before it, as in the lesson.",
    )
    skipped = CheckResult(
        id="target",
        status=Status.SKIPPED,
        points=0.0,
        max_points=25.0,
        message="Not looked at, because `layers` failed.",
    )
    return (passed, failed, skipped)


def report(verdict: Verdict, **changes: object) -> Report:
    """Return a report of an exercise of 35 or 50 points, as the grader would make it."""
    graded = verdict is not Verdict.ERROR
    checks = _checks() if verdict is Verdict.PASSED else _checks(failing="layers")
    if not graded:
        checks = tuple(
            msgspec.structs.replace(check, status=Status.SKIPPED, points=0.0, help="")
            for check in checks
        )
    epochs = (EpochResult(0.951, 0.15), EpochResult(0.9987, None)) if graded else ()
    values = {
        "submission_id": f"01-{verdict.value}",
        "exercise": "mnist-conv",
        "student": {"passed": "Ada Lovelace", "failed": "Zoë O'Brien, Pat"}.get(verdict, verdict),
        "file": "solution.py",
        "verdict": verdict,
        "score": sum(check.points for check in checks),
        "max_score": sum(check.max_points for check in checks),
        "checks": checks,
        "training": Training(epochs=epochs, stopped_after=len(epochs)),
        "notes": (claimed("keras shows `acc`"),) if graded else ("The grader failed.",),
        "timing": Timing(queued_s=0.5, graded_s=12.25, trained_s=10.125),
    }
    return msgspec.convert(msgspec.to_builtins(values | changes), Report)


def says(text: str, verdict: Verdict = Verdict.FAILED) -> Report:
    """Return a report that says a text wherever a submission's text may stand."""
    made = report(verdict)
    checks = tuple(msgspec.structs.replace(check, message=text, help=text) for check in made.checks)
    return msgspec.structs.replace(
        made, student=text, file=text, exercise=text, checks=checks, notes=(text,)
    )


ORDINARY = [report(verdict) for verdict in Verdict]
ATTACKING = [says(HOSTILE, verdict) for verdict in Verdict]
# In the exported tables these are the students of the reports.
KEYS = {
    "Ada Lovelace": "1001",
    "Zoë O'Brien, Pat": "1002",
    "needs_review": "1003",
    "error": "1004",
    HOSTILE: "1001",
}


def golden() -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of every golden file."""
    for kind, reports in {"ordinary": ORDINARY, "hostile": ATTACKING}.items():
        of_one = {name: write(reports[1]) for name, write in REPORT.items()}
        of_class = {name: write(reports) for name, write in CLASS.items()}
        for name, files in (of_one | of_class).items():
            for file, text in files.items():
                yield f"{name}.{kind}.{file}", text.encode()
        some = reports if kind == "ordinary" else reports[1:2]
        exported = (EXPORTS / "canvas.csv").read_bytes()
        yield f"canvas.{kind}.csv", canvas.fill(some, exported, KEYS, "4321").content
        exported = (EXPORTS / "moodle.csv").read_bytes()
        yield f"moodle.{kind}.csv", moodle.worksheet(some, exported, KEYS).content


def main() -> None:
    """Write the golden files."""
    for path in GOLDEN.iterdir():
        path.unlink()
    for name, content in golden():
        (GOLDEN / name).write_bytes(content)


if __name__ == "__main__":
    main()
