"""Reads a submission's file outside of a box, and therefore neither executes nor imports it.

A file becomes one text of Python whose lines are those that the student's editor shows: Python
knows three ends of a line, and the text has one. Whatever is wrong with a file is a fact about it,
with a line and a sentence of help; nothing that a student can hand in raises.
"""

from __future__ import annotations

import codecs
import io
import re
import tokenize
import warnings
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from grader.model.source import SourceFacts
from grader.model.submission import MAX_SOURCE_BYTES, max_file_bytes
from grader.preflight.advice import advice
from grader.preflight.bindings import bound_lines, defined
from grader.preflight.formats import format_of
from grader.preflight.magics import is_command
from grader.preflight.notebook import is_notebook, read_notebook
from grader.preflight.syntax import SyntaxProblem, parse, problem_of

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_SAVE_AS_UTF_8 = "Save the file again with the encoding UTF-8: the editor offers it under Save as."
_LOOK_THERE = "Python stopped reading there: the mistake is in this line or shortly before it."
_LINE_END = re.compile(rb"\r\n?|\n")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
# A control character takes six letters in a message; a text of many would not fit into one.
_MAX_MESSAGE_BYTES = 3 * MAX_SOURCE_BYTES


def read_source(source: bytes, names: Sequence[str], filename: str = "solution.py") -> SourceFacts:
    """Decode and parse a file, and look for what it should define under `names`.

    What is wrong with it is a fact about it, never an exception.
    """
    if not source.strip():
        return SourceFacts(
            problem="The file is empty",
            problem_help="Save your program, and hand the file in again.",
        )
    if other := format_of(source):
        return SourceFacts(
            problem=f"The file is {other.name}, not a program", problem_help=other.help
        )
    if len(source) > (limit := max_file_bytes(filename)):
        return SourceFacts(problem=f"The file is larger than {limit // 1024} KiB")
    # Odd escapes and comparisons are for the student's own Python to warn of.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        notebook = is_notebook(source, filename)
        facts = read_notebook(source) if notebook else _read_script(source)
        return _whole(facts if facts.problem else _parsed(facts, names))


def _whole(facts: SourceFacts) -> SourceFacts:
    """Put a question mark for every half of a character, which nobody could store or send."""

    def whole(text: str) -> str:
        return text.encode(errors="replace").decode()

    return replace(
        facts,
        text=whole(facts.text),
        cells=tuple(cell._replace(unrun=whole(cell.unrun)) for cell in facts.cells),
        problem=whole(facts.problem) if facts.problem else facts.problem,
        problem_help=whole(facts.problem_help),
    )


def _read_script(source: bytes) -> SourceFacts:
    """Decode a file of Python."""
    if source.startswith(_UTF_16):
        return SourceFacts(
            problem="The file is saved as UTF-16, which Python does not read",
            problem_help=_SAVE_AS_UTF_8,
        )
    try:
        encoding = _declared_encoding(source)
        text = source.decode(encoding)
    except UnicodeDecodeError as error:
        return SourceFacts(
            problem=f"The file is not text that Python can read: a byte is not {error.encoding}",
            problem_line=len(_LINE_END.findall(source, 0, error.start)) + 1,
            problem_help=_SAVE_AS_UTF_8,
        )
    except (SyntaxError, LookupError, UnicodeError) as error:
        is_marked = source.startswith(codecs.BOM_UTF8)
        reason = "it declares an encoding, but is marked as UTF-8" if is_marked else error
        return SourceFacts(
            problem=f"The file is not text that Python can read: {reason}",
            problem_help=_SAVE_AS_UTF_8,
        )
    return SourceFacts(text=text.replace("\r\n", "\n").replace("\r", "\n"))


def _declared_encoding(source: bytes) -> str:
    """Find the encoding as Python does, which looks at the declaration before the other bytes."""
    mark = codecs.BOM_UTF8 if source.startswith(codecs.BOM_UTF8) else b""
    ascii_only = _NOT_ASCII.sub(b"?", _LINE_END.sub(b"\n", source.removeprefix(mark)))
    return tokenize.detect_encoding(io.BytesIO(mark + ascii_only).readline)[0]


def _parsed(facts: SourceFacts, names: Sequence[str]) -> SourceFacts:
    tree = parse(facts.text)
    if isinstance(tree, SyntaxProblem):
        return _not_python(facts, tree)
    if problem := problem_of(facts.text, tree):
        return _not_python(facts, problem)
    if len(msgspec.json.encode(facts.text)) > _MAX_MESSAGE_BYTES:
        return replace(facts, problem="The file is full of control characters")
    names_found = defined(tree)
    return replace(
        facts,
        functions=names_found.functions,
        classes=names_found.classes,
        defined=bound_lines(tree, names),
    )


def _not_python(facts: SourceFacts, problem: SyntaxProblem) -> SourceFacts:
    first = problem.line or 1
    line = "".join(facts.text.split("\n")[first - 1 : first]).strip()
    help_ = advice(facts.text, problem) or _LOOK_THERE
    if not facts.cells and is_command(line):
        help_ = (
            f"`{line[:40]}` is a command of notebooks, not Python: remove the line,"
            " or hand in the notebook itself."
        )
    return replace(
        facts,
        problem=f"The file is not valid Python: {problem.message}",
        problem_line=problem.line,
        problem_help=help_,
    )
