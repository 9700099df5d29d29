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
_BEGIN, _END = "<!-- table: begin -->\n", "<!-- table: end -->\n"


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
    verdict: Verdict
    failed: tuple[str, ...]
    says: tuple[str, ...]


class Sample(NamedTuple):
    """A file as a student would hand it in, and what must be said of it."""

    exercise: str
    group: Group
    name: str
    path: Path
    expected: Expected


def read_samples() -> list[Sample]:
    """Read every sample, exercise by exercise and group by group."""
    return [
        _read(Path(document).parent)
        for document in sorted(FOLDER.glob("*/*/*/expected.toml"), key=_place)
    ]


def _place(document: Path) -> tuple[str, int, str]:
    exercise, group, name = document.parent.relative_to(FOLDER).parts
    return exercise, list(Group).index(Group(group)), name


def _read(folder: Path) -> Sample:
    exercise, group, name = folder.relative_to(FOLDER).parts
    (path,) = (each for each in folder.iterdir() if each.name != "expected.toml")
    expected = msgspec.toml.decode((folder / "expected.toml").read_bytes(), type=Expected)
    return Sample(exercise, Group(group), name, path, expected)


def table(samples: list[Sample]) -> str:
    """Write the samples as Markdown, a table for each group of each exercise."""
    groups = dict.fromkeys((sample.exercise, sample.group) for sample in samples)
    return "\n".join(_part(exercise, group, samples) for exercise, group in groups)


def _part(exercise: str, group: Group, samples: list[Sample]) -> str:
    chosen = [each for each in samples if (each.exercise, each.group) == (exercise, group)]
    head = [
        "",
        f"## {exercise}: {group}",
        "",
        "| sample | why it exists | verdict | failing checks |",
        "| --- | --- | --- | --- |",
    ]
    return "\n".join([*head, *map(_row, chosen)]) + "\n"


def _row(sample: Sample) -> str:
    expected = sample.expected
    why = expected.why.replace("|", r"\|")
    failed = ", ".join(f"`{check}`" for check in expected.failed)
    link = f"[{sample.name}]({sample.path.relative_to(FOLDER)})"
    return f"| {link} | {why} | `{expected.verdict}` | {failed} |"


def readme_with(text: str, written: str) -> str:
    """Put a table into the place of the one in `text`."""
    before, rest = text.split(_BEGIN)
    _, after = rest.split(_END)
    return f"{before}{_BEGIN}{written}\n{_END}{after}"


if __name__ == "__main__":
    README.write_text(readme_with(README.read_text(), table(read_samples())))
