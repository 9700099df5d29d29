"""What was graded is shown, listed and taken away: as people, programs and platforms want it."""

from __future__ import annotations

import csv
import json
import unicodedata
from pathlib import Path

import pytest

from grader.cli import options
from grader.errors import SettingsError
from tests.cli.gradebooks import ROWS, Run, fill, runner

EXPORTS = Path(__file__).parents[1] / "reports" / "exports"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return the command line on a gradebook with a class in it."""
    fill(tmp_path)
    return runner(tmp_path, monkeypatch, capsys)


def names(text: str) -> list[str]:
    """Return whose submissions were printed as JSON."""
    return [json.loads(line)["submission_id"][:2] for line in text.splitlines()]


def test_scores_have_a_row_for_each_student_and_exercise(run: Run) -> None:
    """The best counts; who is not graded has no points; the lines fit a terminal."""
    done = run("scores", "--exercise", "quiz")
    rows = [line.split("  ") for line in done.out.splitlines()[1:5]]

    assert done.code == 0
    assert [row[0][:2] for row in rows] == ["a1", "e1", "c1", "b1"]
    assert "90/100" in done.out
    assert "NOT YET" in done.out
    assert "1 passed, 1 not passed, 1 needs review, 1 not graded yet" in done.out
    assert "points: median 65, quartiles 52.5 and 77.5" in done.out
    assert all(len(line) <= 80 for line in done.out.splitlines())


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), ["d1", "a1", "e1", "c1", "b1"]),
        (("--pick", "last"), ["d1", "a1", "e1", "c1", "b2"]),
        (("--pick", "all"), ["d1", "a1", "e1", "c1", "b1", "b2"]),
        (("--student", " Ada Lovelace"), ["d1", "a1"]),
        (("--student", unicodedata.normalize("NFD", "Zoë O'Brien")), ["b1"]),
        (("--verdict", "needs_review"), ["c1"]),
        (("--exercise", "mnist-conv"), ["d1"]),
        (("--since", "2026-11-24"), ["d1", "e1"]),
        (("--until", "2026-11-20"), ["a1"]),
        (("--since", "2026-11-21T12:00", "--until", "2026-11-21T12:01+00:00"), ["b1"]),
        (("--student", "nobody"), []),
    ],
)
def test_filters_keep_what_they_say(
    run: Run, arguments: tuple[str, ...], expected: list[str]
) -> None:
    """Each alone; a day that ends a time is meant whole."""
    assert names(run("scores", "--json", *arguments).out) == expected


def test_lists_are_for_programs_too(run: Run) -> None:
    """JSON a line and CSV say the same, and give no points where there is no grade."""
    documents = [json.loads(line) for line in run("scores", "--json").out.splitlines()]
    rows = list(csv.DictReader(run("scores", "--csv").out.splitlines()))

    assert [document["submission_id"] for document in documents] == [
        row["submission_id"] for row in rows
    ]
    assert [document["score"] for document in documents] == [100.0, 90.0, None, None, 40.0]
    assert [row["score"] for row in rows] == ["100", "90", "", "", "40"]
    assert documents[1]["handed_in"] == "2026-11-20T12:00:00+00:00"


def test_a_history_is_all_that_a_student_handed_in(run: Run) -> None:
    """The oldest first."""
    done = run("history", "Zoë O'Brien")

    assert [line[:2] for line in done.out.splitlines()[1:3]] == ["b1", "b2"]
    assert names(run("history", "Zoë O'Brien", "--json").out) == ["b1", "b2"]
    assert run("history", "nobody").out == "No submission is of this kind.\n"


def test_a_submission_is_shown_by_the_beginning_of_its_id(run: Run) -> None:
    """With what it could have written as plain characters."""
    done = run("show", "b1", "e1")

    assert done.code == 0
    assert "quiz, by Zoë O'Brien" in done.out
    assert "submission b1b1b1b1b1b1b1b1, handed in 2026-11-21 12:00" in done.out
    assert "NOT PASSED, 40 of 100 points" in done.out
    assert "It waits; there is no report yet." in done.out
    assert "\x1b" not in done.out
    assert "::" not in done.out
    assert json.loads(run("show", "b1", "--json").out)["score"] == 40
    assert run("show", "b1", "b2", "--csv").out.count("\n") == 3


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("show", "zz"), 2, "there is no submission zz"),
        (("show", ""), 2, "there is no submission"),
        (("show", "%"), 2, "there is no submission"),
        (("show", "b"), 2, "several submissions begin with b"),
        (("show", "e1", "--json"), 3, "has no report yet"),
        (("scores", "--json", "--csv"), 2, "two forms of one output"),
        (("scores", "--since", "tomorrow"), 2, "--since is 'tomorrow'"),
        (("scores", "--until", "9999-12-31"), 2, "--until is '9999-12-31'"),
        (("scores", "--student", "a\x1bb"), 2, "cannot be shown"),
        (("scores", "--student", "a" * 201), 2, "201 characters"),
        (("history", " "), 2, "--student is empty"),
        (("export", "nothing"), 2, "no format 'nothing'"),
        (("export", "canvas"), 2, "--into"),
        (("export", "csv", "--into", "x.csv"), 2, "fills in no file"),
        (("export", "csv", "--student", "nobody"), 2, "nothing to export"),
        (("export", "gradescope"), 2, "--out"),
        (("export", "canvas", "--into", "/nowhere.csv"), 2, "say which with --exercise"),
        (("export", "canvas", "--into", "/nowhere.csv", "-e", "quiz"), 2, "does not exist"),
        (("export", "moodle", "--into", EXPORTS / "canvas.csv", "-e", "quiz"), 2, "no grading"),
        (("export", "canvas", "--into", EXPORTS / "canvas.csv", "-e", "quiz"), 2, "one column"),
    ],
)
def test_wrong_usage_is_one_line_and_no_verdict(
    run: Run, arguments: tuple[str, ...], code: int, words: str
) -> None:
    """It is never 1, which is what a submission that fails ends with."""
    done = run(*arguments)

    assert done.code == code
    assert words in done.err
    assert len(done.err.splitlines()) == 1


def test_a_platform_gets_its_own_file_filled_in(run: Run, tmp_path: Path) -> None:
    """Students are found by their names, whichever stands first; who is left out is named."""
    exported = EXPORTS / "canvas.csv"
    out = tmp_path / "done.csv"
    arguments = ("--into", exported, "--column", "4321", "--exercise", "quiz")
    done = run("export", "canvas", *arguments, "--out", out)
    rows = {row[0]: row[-1] for row in csv.reader(out.read_text().splitlines())}

    assert done.code == 0
    assert done.out == ""
    assert rows["Lovelace, Ada"] == "9"
    assert rows["O'Brien, Zoë"] == "4"
    assert rows["Hopper, Grace"] == "6.50"
    assert "left out: Grace Hopper: Needs a human review" in done.err
    assert "left out: 1 not graded yet" in done.err
    assert run("export", "canvas", *arguments).out.encode() == out.read_bytes()


def test_a_roster_says_who_is_who(run: Run, tmp_path: Path) -> None:
    """Where the gradebook has names that the platform does not know."""
    exported = tmp_path / "canvas.csv"
    text = (EXPORTS / "canvas.csv").read_text().replace("Lovelace, Ada", "King, Countess")
    exported.write_text(text)
    roster = tmp_path / "roster.csv"
    roster.write_text("name,login\nAda Lovelace,ada\n")
    arguments = ("export", "canvas", "--into", exported, "--column", "4321", "-e", "quiz")
    without, with_roster = run(*arguments), run(*arguments, "--roster", roster)

    assert "left out: Ada Lovelace: no row has that name" in without.err
    assert "Ada Lovelace" not in with_roster.err
    assert '"King, Countess",1001,s1001,ada,Section A,9\n' in with_roster.out


def test_an_export_never_overwrites_what_it_fills_in(run: Run, tmp_path: Path) -> None:
    """The platform's file is all there is to try again with."""
    exported = tmp_path / "canvas.csv"
    before = (EXPORTS / "canvas.csv").read_bytes()
    exported.write_bytes(before)
    done = run(
        "export", "canvas", "--into", exported, "-o", exported, "--column", "4321", "-e", "quiz"
    )

    assert done.code == 2
    assert exported.read_bytes() == before


def test_formats_of_one_report_make_a_folder_each(run: Run, tmp_path: Path) -> None:
    """Named by the submission; one alone may be printed."""
    done = run("export", "gradescope", "-o", tmp_path / "out", "--pick", "all")
    made = {path.parent.name[:2] for path in tmp_path.glob("out/*/results.json")}

    assert done.code == 0
    assert made == {name for name, *_, verdict, _ in ROWS if verdict}
    assert json.loads(run("export", "gradescope", "--student", "Ada Lovelace", "-e", "quiz").out)


def test_a_class_is_exported_to_the_output(run: Run) -> None:
    """A table with a row for each report."""
    rows = list(csv.DictReader(run("export", "csv").out.splitlines()))

    assert [row["student"] for row in rows] == [
        *("Ada Lovelace", "Ada Lovelace", "Grace Hopper", "Zoë O'Brien"),
    ]


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a\u202eb", "\x9b2J", "x" * 201])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    """Nothing that a terminal obeys is kept as somebody's name."""
    with pytest.raises(SettingsError, match="--student"):
        options.student_name(name)


def test_a_name_is_kept_in_one_form() -> None:
    """However a keyboard writes its letters, it is one student."""
    assert options.student_name(unicodedata.normalize("NFD", " Zoë ")) == "Zoë"
