"""What the documents say is what the code does: tables, version, samples and wiring agree."""

from __future__ import annotations

import io
import itertools
import re
import tokenize
import tomllib
from collections.abc import Iterator

import yaml

import grader
from grader.exercises import Catalogue, load_exercise
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


# Who may name the two layers: what knows Keras's layers, or reads them, whatever exercise asks.
_KNOW_LAYERS = {
    "admission/vocabulary.py": "which layers may be trained",
    "checks/layers.py": "checks on layers that exercises pick from",
    "engine/build.py": "which layers the probe can describe",
    "engine/compiled.py": "the kind of model that compiled code trains",
    "engine/gradients.py": "layers whose gradients are computed faster",
    "engine/probe.py": "describes the layers that the reference defines",
    "kinds/training/shapes.py": "knows what shapes leave the layers of beginners",
    "harness/layers.py": "shows the layers that the reference defines",
}


def _sources(*suffixes: str) -> Iterator[tuple[str, str]]:
    package = ROOT / "grader"
    for path in sorted(package.rglob("*")):
        name = str(path.relative_to(package))
        if path.suffix in suffixes and not name.startswith("exercises/"):
            yield name, path.read_text()


def test_only_exercises_name_an_exercise_or_what_one_asks() -> None:
    """A new exercise is a folder: no other module has to learn its name, or a function of one."""
    exercises = Catalogue()
    names = {*exercises, *(name.replace("-", "_") for name in exercises)}
    asked = {name for each in exercises.values() for name in each.rubric.names}
    checked = dict(_sources(".py", ".toml", ".c"))
    words = re.compile(rf"\b({'|'.join(map(re.escape, sorted(names | asked)))})\b")
    found = {
        name: words.findall(text)
        for name, text in checked.items()
        # `quiz` is what the command that asks questions is called in every course.
        if set(words.findall(text)) - ({"quiz"} if name.startswith("cli/") else set())
    }

    assert len(checked) > 100
    assert found == {}


def test_layers_are_named_only_where_layers_are_known() -> None:
    """`Conv2D` and `MaxPooling2D` stand in what knows Keras's layers, and hints at mistakes."""
    layers = re.compile(r"\b(Conv2D|MaxPooling2D)\b")
    naming = {
        name
        for name, text in _sources(".py")
        if layers.search(text) and not name.startswith(("harness/compat/", "hints/"))
    }

    assert naming == set(_KNOW_LAYERS)


def test_contracts_on_boxes_forget_no_package() -> None:
    """What may not be imported in a box is listed one by one, and the list is all there is."""
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    on_disk = {
        f"grader.{path.stem}"
        for path in (ROOT / "grader").iterdir()
        if (path / "__init__.py").exists() or path.suffix == ".py"
    } - {"grader.__init__", "grader.__main__"}
    allowed = {
        "grader.harness": {"grader.harness", "grader.protocol"},
        "grader.engine": {"grader.engine", "grader.protocol", "grader.admission"},
    }
    lists = {
        contract["source_modules"][0]: set(contract["forbidden_modules"])
        for contract in tool["contracts"]
        if contract.get("source_modules") in (["grader.harness"], ["grader.engine"])
    }

    assert lists == {box: (on_disk - own) | {"reference"} for box, own in allowed.items()}


def test_every_layer_is_a_package_on_disk() -> None:
    """The contract *Layers* names what there is, and nothing that is gone."""
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (layers,) = (each for each in tool["contracts"] if each["type"] == "layers")
    named = {name.strip() for line in layers["layers"] for name in line.split(":")}

    assert all(
        (ROOT / "grader" / name / "__init__.py").exists() or (ROOT / f"grader/{name}.py").exists()
        for name in named
    )


def test_sizes_of_mnist_are_said_once() -> None:
    """One module says how many images, pixels and classes there are."""
    sizes = re.compile(r"\b(60_?000|70_000|28 \* 28|784)\b")
    saying = {name for name, text in _sources(".py") if sizes.search(_code(text))}

    assert saying == {"protocol/mnist.py"}


def _code(text: str) -> str:
    """Return a module without its texts and comments."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    left_out = (tokenize.STRING, tokenize.COMMENT)
    return " ".join(token.string for token in tokens if token.type not in left_out)


def test_no_process_is_started_elsewhere() -> None:
    """One module of the package starts processes."""
    for path in (ROOT / "grader").rglob("*.py"):
        if path.name != "processes.py":
            source = path.read_text()

            assert not re.search(
                r"subprocess\.(run|Popen|call|check)|os\.(system|exec|spawn)", source
            )
