"""Reads a submission's file outside of a box, and therefore neither executes nor imports it.

A notebook becomes the Python that Jupyter would run, line for line; what is wrong with a file is
told with its line, and everything else about it is left to the run.

Python's parser needs seconds, or gigabytes, for files that were made for it, and lets nothing else
run meanwhile. So the worker has files read by a *reader*, a process that it can end.
"""

from __future__ import annotations

from grader.preflight.outline import Outline, Statement
from grader.preflight.read import read_source
from grader.preflight.reader import Reader

__all__ = ["Outline", "Reader", "Statement", "read_source"]
