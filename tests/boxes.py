"""Boxes that run a few lines of a test instead of the harness, and so start at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from grader.protocol import FromSandbox
from grader.sandbox import Box, Limits
from grader.sandbox.jail import Contents

SMALL = Limits(memory_mib=512, processes=64)


def program_box(
    source: str,
    folder: Path,
    limits: Limits = SMALL,
    without: frozenset[str] = frozenset(),
    *arguments: str,
) -> Box[Any]:
    """Start a box with a program of the test; `folder` is in the place of the data set."""
    return Box(Contents(["-c", source, *arguments], (), folder), FromSandbox, limits, without)


def said_by(source: str, folder: Path, limits: Limits = SMALL) -> list[str]:
    """Run a program in a box to its end and return the lines that it prints."""
    with program_box(source, folder, limits) as box:
        status = box.wait_end(60)
        box.close()

        assert status == 0, box.output

    return box.output.splitlines()
