"""`grader feedback` writes pages of what is graded, and says where."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.gradebooks import Run, fill, runner


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return what runs a command on a gradebook with a class."""
    fill(tmp_path)
    return runner(tmp_path, monkeypatch, capsys)


def names(folder: Path) -> list[str]:
    """Return the names of the pages in a folder."""
    return sorted(path.name for path in folder.iterdir())


def test_a_class_has_a_page_each_and_one_of_all(run: Run, tmp_path: Path) -> None:
    """The best submission of each student; who is not graded yet has none."""
    out = tmp_path / "pages"
    ran = run("feedback", "--all", "--exercise", "quiz", "--out", out)

    assert ran.code == 0
    assert names(out) == [
        "ada-lovelace-a1a1a1a1a1a1a1a1.html",
        "class-quiz.html",
        "grace-hopper-c1c1c1c1c1c1c1c1.html",
        "zoe-o-brien-b1b1b1b1b1b1b1b1.html",
    ]
    assert "4 pages" in ran.out


def test_the_last_may_count(run: Run, tmp_path: Path) -> None:
    """As in every other list."""
    out = tmp_path / "pages"
    run("feedback", "--all", "-e", "quiz", "--pick", "last", "-o", out)

    assert "zoe-o-brien-b2b2b2b2b2b2b2b2.html" in names(out)


def test_every_exercise_has_a_class(run: Run, tmp_path: Path) -> None:
    """Without one that is named, all have their pages."""
    out = tmp_path / "pages"
    run("feedback", "--all", "-o", out)

    assert {"class-quiz.html", "class-mnist-conv.html"} <= set(names(out))


def test_one_submission_has_one_page(run: Run, tmp_path: Path) -> None:
    """Named by the beginning of its id; its check is asked in the exercise's own words."""
    out = tmp_path / "pages"
    ran = run("feedback", "b1", "-o", out)
    [name] = names(out)

    assert ran.code == 0
    assert name in ran.out.replace("\n", "")
    assert "Zoë O&#39;Brien" in (out / name).read_text()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "name submissions by their ids, or say --all"),
        (["b1", "--all"], "name submissions by their ids, or say --all"),
        (["--all", "--pick", "all"], "--pick can be best or last"),
        (["nobody"], "there is no submission nobody"),
        (["--all", "-e", "c1w3"], "there is nothing to write a page of"),
        (["e1"], "there is nothing to write a page of"),
        (["--all", "--given", "missing.py"], "missing.py"),
    ],
)
def test_what_cannot_be_written_is_said(
    run: Run, tmp_path: Path, arguments: list[str], words: str
) -> None:
    """In one line, and nothing is left behind."""
    ran = run("feedback", *arguments, "-o", tmp_path / "pages")

    assert ran.code == 2
    assert words in " ".join(ran.err.split())
    assert not (tmp_path / "pages").exists()


def test_a_folder_that_cannot_be_made_is_ours(run: Run, tmp_path: Path) -> None:
    """It is no verdict."""
    (tmp_path / "pages").write_text("")

    assert run("feedback", "--all", "-o", tmp_path / "pages").code == 3
