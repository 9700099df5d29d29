"""The sample collection as data: each folder's file and what its report must say.

Run as a program, it writes the table of `submissions/README.md` anew.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import msgspec

from grader.model.report import Verdict

FOLDER = Path(__file__).resolve().parents[2] / "submissions"
README = FOLDER / "README.md"
# Attacks and what only looks like them belong to tests/redteam.
_OF_REDTEAM = ("hostile_", "innocent_")
_BEGIN, _END = "<!-- table: begin -->\n", "<!-- table: end -->\n"
_HEAD = "| sample | why it exists | verdict | failing checks |\n| --- | --- | --- | --- |"


class Group(StrEnum):
    """What kind of sample it is; the table has a part for each, in this order."""

    CORRECT = "correct"
    ODD = "odd"
    WRONG = "wrong"
    BROKEN = "broken"
    UNDECIDABLE = "undecidable"


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of `expected.toml`; `says` are texts that stand somewhere in the report."""

    why: str
    group: Group
    verdict: Verdict
    failed: tuple[str, ...]
    says: tuple[str, ...]


class Sample(NamedTuple):
    """A file as a student would hand it in, and what must be said of it."""

    name: str
    path: Path
    expected: Expected


def read_samples() -> list[Sample]:
    """Read every sample, in the order of their names."""
    return [
        _read(folder)
        for folder in sorted(FOLDER.iterdir())
        if folder.is_dir() and not folder.name.startswith(_OF_REDTEAM)
    ]


def _read(folder: Path) -> Sample:
    (path,) = folder.glob("solution.*")
    document = (folder / "expected.toml").read_bytes()
    return Sample(folder.name, path, msgspec.toml.decode(document, type=Expected))


def table(samples: list[Sample]) -> str:
    """Write the samples as Markdown, a table for each group."""
    return "\n".join(_part(group, samples) for group in Group)


def _part(group: Group, samples: list[Sample]) -> str:
    rows = [_row(sample) for sample in samples if sample.expected.group is group]
    head = [
        "",
        f"## {group.capitalize()}",
        "",
        "| sample | why it exists | verdict | failing checks |",
    ]
    return "\n".join([*head, "| --- | --- | --- | --- |", *rows]) + "\n"


def _row(sample: Sample) -> str:
    expected = sample.expected
    why = expected.why.replace("|", r"\|")
    failed = ", ".join(f"`{check}`" for check in expected.failed)
    link = f"[{sample.name}]({sample.name}/{sample.path.name})"
    return f"| {link} | {why} | `{expected.verdict}` | {failed} |"


def readme_with(text: str, written: str) -> str:
    """Put a table into the place of the one in `text`."""
    before, rest = text.split(_BEGIN)
    _, after = rest.split(_END)
    return f"{before}{_BEGIN}{written}\n{_END}{after}"


if __name__ == "__main__":
    README.write_text(readme_with(README.read_text(), table(read_samples())))
