"""Every format writes what it wrote when somebody last looked at it."""

from __future__ import annotations

import pytest

from tests.reports.samples import GOLDEN, golden

WRITTEN = dict(golden())


@pytest.mark.parametrize("name", WRITTEN)
def test_a_format_writes_its_golden_file(name: str) -> None:
    """What is written is the golden file; `python -m tests.reports.samples` writes them again."""
    assert WRITTEN[name] == (GOLDEN / name).read_bytes()


def test_no_golden_file_is_left_over() -> None:
    """Each golden file is written by a format."""
    assert {path.name for path in GOLDEN.iterdir()} == set(WRITTEN)
