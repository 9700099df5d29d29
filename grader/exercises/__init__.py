"""Exercises: a folder each, found by name, ours and those of other packages.

A folder holds `exercise.toml`: what is asked, and how many points each check gives. What needs
more than picking from the library is in its `checks.py`. docs/writing-exercises.md tells how to
write one.
"""

from __future__ import annotations

from grader.exercises.catalogue import Catalogue, Exercise, load_exercise
from grader.exercises.definition import read_rubric

__all__ = ["DEFAULT", "Catalogue", "Exercise", "load_exercise", "read_rubric"]

# The one that `submit` means when it is not told.
DEFAULT = "mnist-conv"
