"""What the documents say is what the code does: tables, version, samples and wiring agree."""

from __future__ import annotations

import itertools
import re
import tomllib

import yaml

import grader
from grader.exercises import load_exercise
from grader.settings import VARIABLES
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text()


def test_the_readme_lists_every_check_with_its_points() -> None:
    """The table of checks is the rubric and the checks' own sentences."""
    exercise = load_exercise("mnist-conv")
    for check in exercise.rubric.checks:
        gate = " (gate)" if check.gate else ""
        sentence = str(exercise.checks[check.id].__doc__).strip()

        assert f"| `{check.id}`{gate} | {check.points:g} | {sentence} |" in README


def test_the_readme_lists_every_setting() -> None:
    """The table of settings is the list that the code reads."""
    for variable in VARIABLES:
        assert f"| `{variable.name}` | {variable.default} | {variable.meaning} |" in README

    named = set(re.findall(r"\bGRADER_[A-Z_]+\b", README))
    assert named <= {variable.name for variable in VARIABLES}


def test_the_changelog_tells_of_this_version() -> None:
    """The newest release in the changelog is the version of the package."""
    released = re.findall(
        r"^## \[?(\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE
    )

    assert released[0] == grader.__version__


def test_links_between_documents_lead_somewhere() -> None:
    """Every relative link in a document names a file that exists."""
    documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    for document in documents:
        for target in re.findall(r"\]\(([^)#:]+)[^):]*\)", document.read_text()):
            assert (document.parent / target).exists(), (document.name, target)


def test_pinned_packages_hold_what_the_project_asks_for() -> None:
    """Each package named in pyproject.toml is pinned to one version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    pinned = {line.partition("==")[0].lower() for line in lines if "==" in line}
    extras = project["optional-dependencies"].values()
    asked = [*project["dependencies"], *itertools.chain.from_iterable(extras)]

    assert {re.split(r"[\[><=]", name)[0].lower() for name in asked} <= pinned
    assert all("==" in line or line.startswith("#") for line in lines)


def test_the_compose_file_has_the_parts_of_the_service() -> None:
    """Redis, PostgreSQL and a worker that is not privileged."""
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]

    assert {"redis", "postgres", "worker"} <= set(services)
    assert not any(service.get("privileged") for service in services.values())
    assert "docker.sock" not in (ROOT / "docker-compose.yml").read_text()


def test_no_process_is_started_elsewhere() -> None:
    """One module of the package starts processes."""
    for path in (ROOT / "grader").rglob("*.py"):
        if path.name != "processes.py":
            source = path.read_text()

            assert not re.search(
                r"subprocess\.(run|Popen|call|check)|os\.(system|exec|spawn)", source
            )
