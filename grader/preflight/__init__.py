"""Reads a submission's file in the worker, and therefore neither executes nor imports it.

A notebook becomes the Python that Jupyter would run, line for line; what is wrong with a file is
told with its line, and everything else about it is left to the run.
"""

from __future__ import annotations

from grader.preflight.read import read_source

__all__ = ["read_source"]
