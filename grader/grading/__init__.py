"""Grading: a submission in, a report out."""

from __future__ import annotations

from grader.grading.attempt import run_attempt
from grader.grading.grade import Grader

__all__ = ["Grader", "run_attempt"]
