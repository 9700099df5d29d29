"""The command line: parse, call, print, exit with a named code. It never imports TensorFlow."""

from __future__ import annotations

from grader.cli.app import main

__all__ = ["main"]
