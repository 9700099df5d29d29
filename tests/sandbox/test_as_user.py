"""The sandbox needs no root: its whole suite passes as an ordinary user as well."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.conftest import ROOT, require

NOBODY = 65534
AS_NOBODY = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--")
OPTIONS = ("-q", "-x", "-p", "no:cacheprovider")


def test_the_suite_passes_as_an_ordinary_user() -> None:
    """Run by root, the tests of this folder are run again by somebody without any rights."""
    if os.geteuid() != 0:
        pytest.skip("these tests run as an ordinary user already")
    require("bwrap", "setpriv")
    asked = [*AS_NOBODY, sys.executable, "-c", "import sys, pytest, grader; print(sys.version)"]
    answer = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    if answer.stdout.strip() != sys.version:
        pytest.skip("an ordinary user cannot read this Python, its packages or this checkout")
    home = Path(tempfile.mkdtemp())
    os.chown(home, NOBODY, NOBODY)
    try:
        done = subprocess.run(
            [*AS_NOBODY, sys.executable, "-m", "pytest", *OPTIONS, "tests/sandbox"],
            cwd=ROOT,
            env={**os.environ, "HOME": str(home), "TMPDIR": str(home), "USER": "nobody"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    finally:
        shutil.rmtree(home)

    assert done.returncode == 0, done.stdout
