"""What the reference shows and exports is what it does.

Guards the docstrings' examples, which are run, and the list of public names.
"""

import ast
import doctest
import importlib
import pkgutil
import sys
from pathlib import Path

import numpy as np
import pytest

import reference

MODULES = sorted(module.name for module in pkgutil.iter_modules(reference.__path__))


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name: str) -> None:
    """Every example in a docstring gives the output printed under it."""
    module = importlib.import_module(f"reference.{name}")
    result = doctest.testmod(module, extraglobs={"np": np})

    assert result.failed == 0


@pytest.mark.parametrize("name", reference.__all__)
def test_public_names_are_documented(name: str) -> None:
    """Every public function has a docstring, and every one that computes has an example."""
    member = getattr(reference, name)
    if name in {"ACTIVATIONS", "Pads"}:
        return

    assert ">>>" in member.__doc__


def test_public_names_are_sorted() -> None:
    """The list of public names is sorted and has no doubles."""
    assert sorted(set(reference.__all__)) == reference.__all__


@pytest.mark.parametrize("name", ["__init__", *MODULES])
def test_reference_imports_only_numpy_and_scipy(name: str) -> None:
    """No module of the reference knows the grader, or the framework that it is to judge."""
    tree = ast.parse((Path(reference.__path__[0]) / f"{name}.py").read_text())
    imported = {
        module.partition(".")[0]
        for node in ast.walk(tree)
        for module in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or "."]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert imported - sys.stdlib_module_names <= {"numpy", "scipy", "reference"}
