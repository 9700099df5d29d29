"""The recipes do what they say, run as the platforms run them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml

from tests.conftest import ROOT, require

ANSWERS = "submissions/quiz/correct/all_right/answers.toml"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Return an environment with `grader` on its path and a home of its own."""
    require("redis-server", "setpriv", "bash")
    programs = tmp_path / "bin"
    programs.mkdir()
    grader = programs / "grader"
    grader.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m grader "$@"\n')
    grader.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GRADER_")}
    return {
        **kept,
        "PATH": f"{programs}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "GRADER_HOME": str(tmp_path / "home"),
        "GRADER_WORKERS": "1",
    }


def run(
    command: list[str], environment: dict[str, str], folder: Path
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        command,
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


class TestGradescope:
    """The autograder's folder, in a container's own."""

    @pytest.fixture
    def container(self, tmp_path: Path) -> Path:
        """Return the folder that Gradescope calls /autograder, with an empty submission."""
        root = tmp_path / "autograder"
        shutil.copytree(ROOT / "recipes/gradescope", root / "source")
        (root / "submission").mkdir()
        (root / "results").mkdir()
        users = [{"email": "ada@example.org", "id": 7, "name": "Ada Lovelace"}]
        (root / "submission_metadata.json").write_text(json.dumps({"id": 1, "users": users}))
        return root

    def graded(self, root: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        """Run the autograder."""
        changed = {**environment, "AUTOGRADER_ROOT": str(root)}
        return run([str(root / "source/run_autograder")], changed, root)

    def test_a_submission_has_results(self, container: Path, environment: dict[str, str]) -> None:
        """With points for every check, and again when it is handed in again."""
        shutil.copy(ROOT / ANSWERS, container / "submission")
        done = self.graded(container, environment)
        results = json.loads((container / "results/results.json").read_text())

        assert done.returncode == 0, done.stderr
        assert results["score"] == 100
        assert {"name", "score", "max_score", "output"} <= set(results["tests"][0])

        wrong = ROOT / "submissions/quiz/correct/one_wrong/answers.toml"
        shutil.copy(wrong, container / "submission")
        self.graded(container, environment)

        assert json.loads((container / "results/results.json").read_text())["score"] == 85

    def test_two_files_are_told(self, container: Path, environment: dict[str, str]) -> None:
        """Nobody guesses which one is meant, and it is no zero."""
        for name in ("a.toml", "b.toml"):
            shutil.copy(ROOT / ANSWERS, container / "submission" / name)
        self.graded(container, environment)
        results = json.loads((container / "results/results.json").read_text())

        assert results == {"output": "Hand in one file; there are 2."}

    def test_what_we_cannot_do_is_no_score(
        self, container: Path, environment: dict[str, str]
    ) -> None:
        """Gradescope says that the autograder failed where there are no results."""
        shutil.copy(ROOT / ANSWERS, container / "submission")
        with (container / "source/grader.env").open("a") as settings:
            settings.write("GRADER_BROKER_URL=redis://127.0.0.1:1/0\n")
        done = self.graded(container, environment)

        assert done.returncode != 0
        assert not (container / "results/results.json").exists()

    def test_the_set_up_is_a_script(self) -> None:
        """As far as a shell can tell without running it."""
        for path in (ROOT / "recipes/gradescope").iterdir():
            assert subprocess.run(["bash", "-n", path], check=False).returncode == 0
            assert os.access(path, os.X_OK) is (path.suffix != ".env")


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """Return a course's repository: two solutions, one of which is expected to be another."""
    folder = tmp_path / "course"
    for name in ("all_right", "one_wrong"):
        source = ROOT / "submissions/quiz/correct" / name
        shutil.copytree(source, folder / "solutions/quiz" / name)
    expected = folder / "solutions/quiz/one_wrong/expected.toml"
    expected.write_text('verdict = "failed"\n')
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    subprocess.run(["git", "-C", folder, "add", "."], check=True)
    return folder


def test_the_action_annotates_what_differs(course: Path, environment: dict[str, str]) -> None:
    """Its step is run as a runner runs it: a script of bash, with the inputs as variables."""
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    install, grade = action["runs"]["steps"]
    inputs = {name: each.get("default") for name, each in action["inputs"].items()}
    inputs["folder"] = "solutions"
    given = {
        name: inputs[text.removeprefix("${{ inputs.").removesuffix(" }}")]
        for name, text in grade["env"].items()
    }
    script = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", grade["run"]]
    done = run(script, {**environment, **given}, course)

    assert action["runs"]["using"] == "composite"
    assert install["if"] == "inputs.set-up == 'true'"
    assert done.returncode == 1, done.stderr
    assert "::error file=solutions/quiz/one_wrong/answers.toml" in done.stdout
    assert ET.parse(course / "junit.xml").getroot().get("failures") == "1"

    (course / "solutions/quiz/one_wrong/expected.toml").write_text('verdict = "passed"\n')

    assert run(script, {**environment, **given}, course).returncode == 0


def test_the_hook_keeps_a_commit_back(course: Path, environment: dict[str, str]) -> None:
    """By the real pre-commit, which takes the hook from this repository."""
    require("git")
    tool = [sys.executable, "-m", "pre_commit"]
    # A repository with the manifest alone: pre-commit clones what it takes a hook from.
    grader = course.parent / "grader"
    grader.mkdir()
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", grader)
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "hooks"]):
        subprocess.run(["git", "-C", grader, *identity, *command], check=True)
    revision = subprocess.check_output(["git", "-C", grader, "rev-parse", "HEAD"], text=True)
    hook = {"id": "check-reference", "args": ["solutions"]}
    repository = {"repo": str(grader), "rev": revision.strip(), "hooks": [hook]}
    (course / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [repository]}))
    changed = {**environment, "PRE_COMMIT_HOME": str(course.parent / "cache")}
    valid = run([*tool, "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")], changed, course)
    kept_back = run([*tool, "run", "--all-files"], changed, course)
    (course / "solutions/quiz/one_wrong/expected.toml").write_text('verdict = "passed"\n')
    let_through = run([*tool, "run", "--all-files"], changed, course)

    assert valid.returncode == 0, valid.stdout
    assert kept_back.returncode == 1
    assert "one_wrong" in kept_back.stdout
    assert let_through.returncode == 0, let_through.stdout
