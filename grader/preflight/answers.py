"""Reads a file of answers: TOML or JSON, with a line for each question.

Of questions this knows nothing: it tells which names the file gives answers to, which twice, and
in which lines, and leaves what the answers mean to those who ask. A student's editor may have put
round quotes for straight ones, which is no mistake here.
"""

from __future__ import annotations

import codecs
import json
import re
import tomllib
from collections import Counter
from typing import Any, NamedTuple

from grader.model.source import SourceFacts
from grader.preflight.formats import format_of

MAX_ANSWERS_BYTES = 16 * 1024
_MOST_ANSWERS = 200
_LONGEST_NAME = 100
_LONGEST_ANSWER = 300
_MOST_PARTS = 8
_INT_BITS = 64
# Instead of a table, or a list in a list, which answers nothing.
_DEEPER = "{...}"
# “ ” „ ‟, and likewise the single ones, by their numbers: they are easily taken for others.
_DOUBLE, _SINGLE = range(0x201C, 0x2020), range(0x2018, 0x201C)
_ROUND_QUOTES = dict.fromkeys(_DOUBLE, '"') | dict.fromkeys(_SINGLE, "'")
_TOO_MUCH = "The file holds more than answers need: long numbers, long names, or lists in lists"
_PROGRAM = re.compile(r"^(?:import|from|def|class|print)\b(?!\s*=)", re.MULTILINE)
_AT_LINE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
# A key of many parts costs TOML's reader the square of their number.
_LONG_KEY = re.compile(r"""(?<![\w"'-])(?:[\w"'-]+[ \t]*\.[ \t]*){50}""")
_TWICE = ("Cannot overwrite a value", "Duplicate inline table key")
_KEY = re.compile(
    r"""^[ \t]*[{,]?[ \t]*(?:"([^"\n]*)"|'([^'\n]*)'|([\w-]+))[ \t]*[=:]""", re.MULTILINE
)


class Answers(NamedTuple):
    """What a file says: each answer as text, by name, and the names that stand there twice."""

    given: dict[str, str]
    doubled: tuple[str, ...] = ()


def read_answers(source: bytes, filename: str) -> tuple[SourceFacts, Answers]:
    """Read the answers of a file; what is wrong with it is a fact about it, never an exception.

    An answer may be a text, a number, or a list of them; lists become "13, 13". Of the facts,
    `defined` says in which lines names stand.
    """
    read = _read(source, filename)
    if isinstance(read, SourceFacts):
        return read, Answers({})
    text, answers = read
    return SourceFacts(text=_whole(text), defined=_lines(text, answers)), answers


def straight(text: str) -> str:
    """Put straight quotes for round ones."""
    return text.translate(_ROUND_QUOTES)


def _read(source: bytes, filename: str) -> tuple[str, Answers] | SourceFacts:
    if not source.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        return SourceFacts(problem="The file is empty")
    if other := format_of(source):
        return SourceFacts(
            problem=f"The file is {other.name}, not a file of answers",
            problem_help="Write the answers into a plain text file whose name ends in .toml.",
        )
    if len(source) > MAX_ANSWERS_BYTES:
        return SourceFacts(
            problem=f"The file is larger than {MAX_ANSWERS_BYTES // 1024} KiB, which is more than"
            " answers need"
        )
    try:
        text = source.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError:
        return SourceFacts(
            problem="The file is not text in UTF-8",
            problem_help="Save it again with the encoding UTF-8: the editor offers it under"
            " Save as.",
        )
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    problem = None
    for form in dict.fromkeys((text, straight(text))):
        answers = _answers(form, filename)
        if isinstance(answers, Answers):
            return form, answers
        problem = problem or answers
    if _PROGRAM.search(text):
        problem = SourceFacts(problem="The file is a program, not a file of answers")
    return problem or SourceFacts()


def _answers(text: str, filename: str) -> Answers | SourceFacts:
    doubled: list[str] = []
    # No file of TOML begins so, whatever its name.
    is_json = text.lstrip()[:1] == "{" or filename.lower().endswith(".json")
    if not is_json and _LONG_KEY.search(text):
        return SourceFacts(problem=_TOO_MUCH)
    try:
        document = _json(text, doubled) if is_json else tomllib.loads(text)
    except json.JSONDecodeError as error:
        return _unreadable("JSON", error.msg, error.lineno)
    except tomllib.TOMLDecodeError as error:
        return _no_toml(str(error), text)
    # Digits without end, and lists in lists without end.
    except (ValueError, RecursionError):
        return SourceFacts(problem=_TOO_MUCH)
    return _of_document(document, doubled)


def _of_document(document: Any, doubled: list[str]) -> Answers | SourceFacts:
    if not isinstance(document, dict):
        return SourceFacts(
            problem="The file holds a list, not answers by the names of their questions"
        )
    if "nbformat" in document:
        return SourceFacts(problem="The file is a notebook, not a file of answers")
    inner = document.get("answers")
    if isinstance(inner, dict):
        outer = {name: answer for name, answer in document.items() if name != "answers"}
        doubled += outer.keys() & inner.keys()
        document = outer | inner
    if len(document) > _MOST_ANSWERS:
        return SourceFacts(problem=f"The file holds more than {_MOST_ANSWERS} answers")
    given = {_name(name): _as_text(answer) for name, answer in document.items()}
    return Answers(given, tuple(sorted({*map(_name, doubled)})))


def _json(text: str, doubled: list[str]) -> Any:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        table = dict(pairs)
        if len(table) < len(pairs):
            counts = Counter(name for name, _ in pairs)
            doubled.extend(name for name in table if counts[name] > 1)
        return table

    return json.loads(text, object_pairs_hook=unique)


def _no_toml(message: str, text: str) -> SourceFacts:
    place = _AT_LINE.search(message)
    line = int(place[1]) if place and place[1] else text.rstrip().count("\n") + 1
    reason = _AT_LINE.sub("", message)
    if reason.startswith(_TWICE):
        return SourceFacts(
            problem="A question is answered twice",
            problem_line=line,
            problem_help="Keep one answer for each question.",
        )
    return _unreadable("TOML", reason, line)


def _unreadable(form: str, reason: str, line: int | None) -> SourceFacts:
    words = _whole(" ".join(reason.split()))
    return SourceFacts(
        problem=f"The file is not valid {form}: {words[:1].lower()}{words[1:_LONGEST_ANSWER]}",
        problem_line=line,
    )


def _lines(text: str, answers: Answers) -> dict[str, int]:
    """Say in which line each name stands first, where that can be told."""
    lines: dict[str, int] = {}
    line, seen = 1, 0
    for found in _KEY.finditer(text):
        name = _name(next(filter(None, found.groups()), ""))
        line, seen = line + text.count("\n", seen, found.end()), found.end()
        if name in answers.given:
            lines.setdefault(name, line)
    return lines


def _name(name: str) -> str:
    return _whole(name)[:_LONGEST_NAME]


def _as_text(answer: Any) -> str:
    if isinstance(answer, list):
        parts = [_DEEPER if isinstance(each, list) else _as_text(each) for each in answer]
        more = ", ..." if len(parts) > _MOST_PARTS else ""
        return ", ".join(parts[:_MOST_PARTS])[:_LONGEST_ANSWER] + more
    if isinstance(answer, dict):
        return _DEEPER
    if answer is None:
        return ""
    if isinstance(answer, bool):
        return "true" if answer else "false"
    if isinstance(answer, int) and answer.bit_length() > _INT_BITS:
        # Python refuses to write thousands of digits.
        return "a number of many digits"
    return _whole(str(answer))[:_LONGEST_ANSWER]


def _whole(text: str) -> str:
    """Put a question mark for every half of a character, which nobody could store or send."""
    return text.encode(errors="replace").decode()
