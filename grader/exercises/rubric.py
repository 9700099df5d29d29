"""A rubric: which checks count, for how many points, and what the exercise asks for, in TOML."""

from __future__ import annotations

from pathlib import Path

import msgspec

from grader.errors import SettingsError

_MAX_POINTS = 1_000_000


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the exercise asks for: accuracy from 0 to 1, epochs, distinct images.

    `min_kernel` and `min_pool` are the shortest sides, in pixels, of what counts as a convolution
    and as a pooling.
    """

    accuracy: float
    max_epochs: int
    min_images: int
    min_kernel: int = 2
    min_pool: int = 2


class RubricCheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One check: its points, whether `passed` needs it, and whether failing it ends grading."""

    id: str
    points: float
    required: bool = True
    gate: bool = False


class Rubric(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"checks": "check"}):
    """A rubric; the order of its checks is the order of the report."""

    exercise: str
    function: str
    target: Target
    checks: tuple[RubricCheck, ...]

    @property
    def max_score(self) -> float:
        """Sum of all points."""
        return sum(check.points for check in self.checks)


def read_rubric(path: Path) -> Rubric:
    """Read and validate a rubric file.

    Raises:
        SettingsError: It cannot be read, or a value is outside its range.
    """
    try:
        rubric = msgspec.toml.decode(path.read_bytes(), type=Rubric)
    # The last three are bytes that are no UTF-8, tables in tables without end, and huge numbers.
    except (OSError, msgspec.DecodeError, ValueError, RecursionError, OverflowError) as error:
        raise SettingsError(f"the rubric {path} cannot be used: {error}") from error
    ids = [check.id for check in rubric.checks]
    target = rubric.target
    for holds, rule in (
        (ids, "at least one check is needed"),
        (len(set(ids)) == len(ids), "each check may stand once"),
        (
            all(0 <= check.points <= _MAX_POINTS for check in rubric.checks),
            f"points must be from 0 to {_MAX_POINTS}",
        ),
        (0 < target.accuracy <= 1, "target.accuracy must be over 0 and at most 1"),
        (1 <= target.max_epochs <= 100, "target.max_epochs must be from 1 to 100"),
        (1 <= target.min_images <= 60_000, "target.min_images must be from 1 to 60000"),
        (1 <= target.min_kernel <= 28, "target.min_kernel must be from 1 to 28"),
        (1 <= target.min_pool <= 28, "target.min_pool must be from 1 to 28"),
    ):
        if not holds:
            raise SettingsError(f"the rubric {path} cannot be used: {rule}")
    return rubric
