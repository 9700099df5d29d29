"""A human decides what is left to one; who, when and why stand beside the machine's report."""

from __future__ import annotations

import csv
import getpass
import json
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec
import pytest

from grader.cli.options import user
from grader.desk.review import Ruling, decide
from grader.errors import SettingsError
from grader.exercises import Catalogue
from grader.gradebook import Decided
from grader.model.report import Lateness, Report, Verdict
from grader.model.submission import Submission
from tests.cli.gradebooks import Run, fill, report_on, runner

EXPORTS = Path(__file__).parents[1] / "reports" / "exports"
RUBRIC = Catalogue().rubric("quiz")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return the command line on a gradebook with a class in it."""
    fill(tmp_path)
    return runner(tmp_path, monkeypatch, capsys)


def test_what_waits_for_a_human_is_listed_and_shown(run: Run) -> None:
    """Nothing else is, and nothing once it is decided."""
    listed, shown = run("review"), run("review", "c1")
    decided = run("review", "c1", "--verdict", "passed", "--reason", "Right, by hand.")
    after = run("review")

    assert (listed.code, shown.code, decided.code) == (0, 0, 0)
    assert "c1c1c1c1  quiz, by Grace Hopper: a.toml" in listed.out
    assert "1 to decide" in listed.out
    assert "a1a1" not in listed.out
    assert "NEEDS REVIEW" in shown.out
    assert "grader show c1c1c1c1 --source" in " ".join(shown.out.split())
    assert "PASSED, 100 of 100 points, as a human decided" in decided.out
    assert after.out == "Nothing waits for a human.\n"
    assert json.loads(listed_json(run)) == []


def listed_json(run: Run) -> str:
    """Return the ids that wait, as a list of JSON."""
    return json.dumps([json.loads(line) for line in run("review", "--json").out.splitlines()])


def test_every_way_to_look_carries_a_decision(run: Run) -> None:
    """Scores, a report, a history, and what goes to spreadsheets, build servers and platforms."""
    run("review", "c1", "--points", "70", "--verdict", "passed", "--reason", "Ok.", "--by", "Eva")
    chosen = ("--student", "Grace Hopper")
    document = json.loads(run("show", "c1", "--json").out)
    (row,) = csv.DictReader(run("export", "csv", *chosen).out.splitlines())
    entry = json.loads(run("scores", "--json", *chosen).out)
    exported = ("--into", EXPORTS / "canvas.csv", "--column", "4321", "-e", "quiz")
    suites = ET.fromstring(run("export", "junit", *chosen).out)
    gradescope = json.loads(run("export", "gradescope", *chosen).out)
    decision = document["decision"]

    assert (document["verdict"], document["score"]) == ("passed", 70)
    assert (decision["verdict"], decision["score"], decision["by"]) == ("passed", 70, "Eva")
    assert (decision["reason"], decision["machine_verdict"]) == ("Ok.", "needs_review")
    assert abs(decision["at_s"] - datetime.now(UTC).timestamp()) < 600
    assert (row["verdict"], row["score"], row["decided_by"]) == ("passed", "70", "Eva")
    assert "Decided by Eva on" in row["notes"]
    assert (entry["verdict"], entry["score"], entry["is_decided"]) == ("passed", 70, True)
    assert "70/100" in run("history", "Grace Hopper").out
    assert (
        '"Hopper, Grace",1003,s1003,grace,Section B,7\n' in run("export", "canvas", *exported).out
    )
    assert suites.get("failures") == "0"
    assert gradescope["score"] == 70
    assert "Passed: 70 of 100 points, as a human decided." in gradescope["output"]


def test_earlier_decisions_stay(run: Run) -> None:
    """The last one counts, and a list of the others stands below the report."""
    run("review", "b1", "--points", "45", "--reason", "First.")
    last = run("review", "b1", "--points", "50", "--reason", "Second.")

    assert "NOT PASSED, 50 of 100 points, as a human decided" in last.out
    assert f"{user()}: failed, 45 points. First" in last.out
    assert "Decided by" in run("show", "b1").out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("zz",), "no submission zz"),
        (("e1",), "has no report yet"),
        (("c1", "--verdict", "passed"), "--reason is empty"),
        (("c1", "--reason", "why"), "--reason is for a decision"),
        (("--verdict", "passed", "--reason", "why"), "name its id"),
        (("c1", "--points", "101", "--reason", "why"), "from 0 to 100"),
        (("c1", "--points", "nan", "--reason", "why"), "from 0 to 100"),
        (("c1", "--points", "-1", "--reason", "why"), "from 0 to 100"),
        (("c1", "--verdict", "needs_review", "--reason", "why"), "passed or failed"),
        (("c1", "--verdict", "passed", "--reason", "a\x1b[2J"), "cannot be shown"),
        (("c1", "--verdict", "passed", "--reason", "a", "--by", " "), "--by is empty"),
    ],
)
def test_wrong_usage_is_one_line_and_decides_nothing(
    run: Run, arguments: tuple[str, ...], words: str
) -> None:
    """A decision needs a submission that was looked at, a grade, and a reason."""
    done = run("review", *arguments)

    assert done.code == 2
    assert words in done.err
    assert len(done.err.splitlines()) == 1
    assert "1 to decide" in run("review").out


class Kept:
    """Stands for a gradebook, and remembers what was decided."""

    def decide(self, decided: Decided) -> None:
        """Remember it."""
        del decided


def on(verdict: Verdict, score: float, *, percent: float = 0.0) -> Report:
    """Return a report of a submission that may be late."""
    submission = Submission(exercise="quiz", student="ada", file="a.toml", source=b"")
    late = Lateness(late_s=60, percent=percent, raw_score=score, deducted=0) if percent else None
    return msgspec.structs.replace(report_on(submission, verdict, score), late=late)


@pytest.mark.parametrize(
    ("report", "verdict", "points", "expected"),
    [
        (on(Verdict.NEEDS_REVIEW, 10), "passed", None, ("passed", 100)),
        (on(Verdict.NEEDS_REVIEW, 10, percent=20), "passed", None, ("passed", 80)),
        (on(Verdict.NEEDS_REVIEW, 10, percent=20), "passed", 95, ("passed", 95)),
        (on(Verdict.NEEDS_REVIEW, 10), "failed", None, ("failed", 0)),
        (on(Verdict.ERROR, 0), "passed", 60, ("passed", 60)),
        # The quiz is passed with 80 points.
        (on(Verdict.NEEDS_REVIEW, 10), None, 80, ("passed", 80)),
        (on(Verdict.NEEDS_REVIEW, 10), None, 79, ("failed", 79)),
        (on(Verdict.FAILED, 40), None, 90, ("failed", 90)),
        (on(Verdict.FAILED, 40), "passed", None, ("passed", 40)),
        (on(Verdict.PASSED, 90), None, 0, ("passed", 0)),
    ],
)
def test_what_is_not_said_follows(
    report: Report, verdict: str | None, points: float | None, expected: tuple[str, float]
) -> None:
    """A verdict alone and points alone are decisions, too."""
    ruling = Ruling(Verdict(verdict) if verdict else None, points, "why", "eva")
    decided = decide(Kept(), report, RUBRIC, ruling)  # type: ignore[arg-type] # as far as it goes

    assert (decided.verdict.value, decided.score) == expected


def test_points_pass_without_a_score_that_passes_only_if_they_are_all() -> None:
    """Where every check is needed, one that is missed is one too many."""
    rubric = msgspec.structs.replace(RUBRIC, passing_score=0)
    for points, verdict in ((100.0, Verdict.PASSED), (99.0, Verdict.FAILED)):
        ruling = Ruling(None, points, "why", "eva")
        decided = decide(Kept(), on(Verdict.NEEDS_REVIEW, 0), rubric, ruling)  # type: ignore[arg-type]

        assert decided.verdict is verdict


def test_no_more_points_than_there_are() -> None:
    """Whatever a caller has let through."""
    ruling = Ruling(None, 100.5, "why", "eva")

    with pytest.raises(SettingsError, match="from 0 to 100"):
        decide(Kept(), on(Verdict.FAILED, 0), RUBRIC, ruling)  # type: ignore[arg-type]


def test_a_user_without_a_name_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in many containers."""

    def nobody() -> str:
        raise KeyError

    monkeypatch.setattr(getpass, "getuser", nobody)

    assert user() == "unknown"


def test_a_file_is_printed_as_it_is(run: Run) -> None:
    """For whoever decides."""
    assert run("show", "c1", "--source").out == "c1"
