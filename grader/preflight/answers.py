"""Reads a file of answers: TOML or JSON, a line for each question."""

from __future__ import annotations

import codecs
import json
import tomllib
from typing import Any

from grader.model.source import SourceFacts
from grader.model.submission import MAX_SOURCE_BYTES
from grader.preflight.formats import format_of

_MOST_ANSWERS = 200
_LONGEST_NAME = 100
_LONGEST_ANSWER = 200
_MOST_PARTS = 8
_FORM = 'Write one line for each question, such as `size-after-pooling = "13 x 13"`.'


def read_answers(source: bytes, filename: str) -> tuple[SourceFacts, dict[str, str]]:
    """Read the answers of a file; what is wrong with it is a fact about it, never an exception.

    An answer may be a text, a number, or a list of numbers; lists become "13 x 13".
    """
    if not source.strip():
        return SourceFacts(problem="The file is empty", problem_help=_FORM), {}
    if other := format_of(source):
        return SourceFacts(
            problem=f"The file is {other.name}, not a file of answers", problem_help=other.help
        ), {}
    if len(source) > MAX_SOURCE_BYTES:
        return SourceFacts(problem=f"The file is larger than {MAX_SOURCE_BYTES // 1024} KiB"), {}
    try:
        text = source.removeprefix(codecs.BOM_UTF8).decode().replace("\r\n", "\n")
    except UnicodeDecodeError:
        help_ = "Save the file again with the encoding UTF-8."
        return SourceFacts(problem="The file is not text in UTF-8", problem_help=help_), {}
    document = _document(text, filename)
    if isinstance(document, SourceFacts):
        return document, {}
    inner = document.get("answers")
    answers = inner if isinstance(inner, dict) else document
    given = {
        str(name)[:_LONGEST_NAME]: _as_text(answer)
        for name, answer in [*answers.items()][:_MOST_ANSWERS]
    }
    return SourceFacts(text=text), given


def _document(text: str, filename: str) -> dict[str, Any] | SourceFacts:
    is_json = text.lstrip()[:1] in ("{", "[") and not filename.lower().endswith(".toml")
    try:
        document = json.loads(text) if is_json else tomllib.loads(text)
    except json.JSONDecodeError as error:
        return _unreadable(f"JSON: {error.msg}", error.lineno)
    except tomllib.TOMLDecodeError as error:
        return _unreadable(f"TOML: {error}", None)
    # Digits without end, and lists in lists without end.
    except (ValueError, RecursionError):
        return _unreadable("TOML or JSON: it goes beyond what answers need", None)
    if not isinstance(document, dict):
        return SourceFacts(
            problem="The file holds a list, not answers by the names of their questions",
            problem_help='Write `{"size-after-pooling": "13 x 13"}`, with an entry for each.',
        )
    return document


def _unreadable(reason: str, line: int | None) -> SourceFacts:
    return SourceFacts(
        problem=f"The file is not valid {reason}", problem_line=line, problem_help=_FORM
    )


def _as_text(answer: Any) -> str:
    if isinstance(answer, list):
        return " x ".join(
            _as_text(part) for part in answer[:_MOST_PARTS] if not isinstance(part, list)
        )
    if isinstance(answer, bool):
        return "true" if answer else "false"
    if isinstance(answer, str | int | float):
        # Python refuses to write thousands of digits.
        return (
            str(answer)[:_LONGEST_ANSWER]
            if not isinstance(answer, int) or abs(answer) < 1 << 64
            else ""
        )
    return ""
