"""Reads a submission's file in the worker, and therefore neither executes nor imports it."""

from __future__ import annotations

import ast
import io
import tokenize

from grader.model.evidence import SourceFacts
from grader.model.submission import MAX_SOURCE_BYTES


def read_source(source: bytes, function: str) -> SourceFacts:
    """Decode and parse a file; what is wrong with it is a fact about it, never an exception."""
    if not source.strip():
        return SourceFacts(problem="The file is empty")
    if len(source) > MAX_SOURCE_BYTES:
        return SourceFacts(problem=f"The file is larger than {MAX_SOURCE_BYTES // 1024} KiB")
    try:
        text = _decode(source)
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        return SourceFacts(problem=f"The file is not text that Python can read: {error}")
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        return SourceFacts(
            text=text,
            problem=f"The file is not valid Python: {error.msg}",
            problem_line=error.lineno,
        )
    # A file that nests expressions deeper than the parser goes; ValueError is a NUL character.
    except (ValueError, RecursionError, MemoryError) as error:
        return SourceFacts(
            text=text, problem=f"The file is not valid Python: {error or 'too deeply nested'}"
        )
    return SourceFacts(text=text, function_line=_function_line(tree, function))


def _decode(source: bytes) -> str:
    encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    return source.decode(encoding)


def _function_line(tree: ast.Module, name: str) -> int | None:
    """Line of the last definition at module level: the one that a call would reach."""
    lines = [
        node.lineno
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name
    ]
    return lines[-1] if lines else None
