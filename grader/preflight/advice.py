"""What to do about a text that is not Python, where the cause is plain to see.

Most of such texts were Python once: pasted from a chat, a web page or an interactive session,
merged by Git, or typed with the keyboard of another language. The parser's words name the first
character that disturbs it; the advice names what brought it there.
"""

from __future__ import annotations

import ast
import re
import unicodedata

from grader.preflight.syntax import SyntaxProblem, parse

_CONFLICT = re.compile(r"(?:<{7}|={7}|>{7}|\|{7})(?:\s|$)")
_CONFLICT_BEGINS = re.compile(r"^<{7}(?:\s|$)", re.MULTILINE)
_FENCE = re.compile(r"^[ \t]*```.*$", re.MULTILINE)
_PROGRAM = re.compile(r"^(?:import|from|def|class)\s", re.MULTILINE)
_PROMPT = re.compile(r">>>|In ?\[\d*\]:")
_CHARACTER = re.compile(r"invalid (?:non-printable )?character .*\bU\+([0-9A-F]{4,6})")
_NO_BODY = re.compile(r"expected an indented block after .* on line (\d+)")
_QUOTES = "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a\u00b4"
_LOOK_ALIKES = {"\u2212": "-", "\u00d7": "*", "\u3001": ",", "\u3002": "."} | {
    "\u2264": "<=",
    "\u2265": ">=",
    "\u2260": "!=",
}
_SENTENCES = (
    (
        re.compile("unindent|unexpected indent|inconsistent use of tabs"),
        "All lines of a block begin with the same blanks: use four spaces for each level, no tabs.",
    ),
    (re.compile("was never closed"), "Every bracket that is opened has to be closed again."),
    (
        re.compile("unterminated .*string"),
        "A string ends with the same quotation mark that it begins with.",
    ),
    (
        re.compile("Missing parentheses in call to 'print'"),
        "This is Python 2; in Python 3 `print` needs brackets: `print(...)`.",
    ),
    (
        re.compile("outside function"),
        "Indent the line as far as the function that it belongs to.",
    ),
)


def advice(text: str, problem: SyntaxProblem) -> str:
    """Say in a sentence what to do, or nothing where the cause is not plain."""
    lines = text.split("\n")
    line = "".join(lines[problem.line - 1 : problem.line]).strip() if problem.line else ""
    return (
        _conflict(text, line)
        or _fence(text, line, problem)
        or _prompt(line)
        or _character(problem.message)
        or _no_body(lines, problem)
        or next((words for found, words in _SENTENCES if found.search(problem.message)), "")
    )


def _conflict(text: str, line: str) -> str:
    if not _CONFLICT.match(line) or not _CONFLICT_BEGINS.search(text):
        return ""
    return (
        "Git has left two versions here: keep one, and remove the lines that begin with"
        " `<<<<<<<`, `=======` and `>>>>>>>`."
    )


def _fence(text: str, line: str, problem: SyntaxProblem) -> str:
    parts = _FENCE.split(text)
    if len(parts) > 1 and not line.startswith("```"):
        before, inside = parts[:2]
        is_before = problem.line is not None and problem.line <= before.count("\n")
        if not is_before or not _PROGRAM.search(inside):
            return ""
        # A docstring may hold fences too: here the text before them is no program, and they hold
        # one.
        if not isinstance(parse(inside), ast.Module) or isinstance(parse(before), ast.Module):
            return ""
    return (
        "Leave out the lines that begin with ``` and all that stands outside of them: only the"
        " program between them is Python."
        if len(parts) > 1
        else ""
    )


def _prompt(line: str) -> str:
    prompt = _PROMPT.match(line)
    if not prompt:
        return ""
    more = " and `...`" if prompt[0] == ">>>" else ""
    return (
        f"`{prompt[0]}` is the prompt of an interactive Python: take it{more} away from the"
        " beginning of the lines."
    )


def _character(message: str) -> str:
    found = _CHARACTER.search(message)
    if not found:
        return ""
    character = chr(int(found[1], 16))
    if character in _QUOTES:
        return "This is the quotation mark of a text, not of a program: write ' or \" in its place."
    category = unicodedata.category(character)
    if category == "Zs":
        return (
            "This blank came with text from a web page or a document and looks like a space:"
            " replace it with one."
        )
    if category in {"Cf", "Cc"}:
        return "An invisible character stands in this line: delete the line and type it again."
    meant = _LOOK_ALIKES.get(character, "-" if category == "Pd" else "")
    plain = meant or unicodedata.normalize("NFKC", character)
    if not plain.isascii() or not plain.isprintable():
        return ""
    return f"`{character}` only looks like `{plain}`: type it with an English keyboard."


def _no_body(lines: list[str], problem: SyntaxProblem) -> str:
    header = _NO_BODY.match(problem.message)
    if not header or problem.line is None:
        return ""
    between = [line.strip() for line in lines[int(header[1]) : problem.line - 1]]
    next_line = "".join(lines[problem.line - 1 : problem.line]).strip()
    if any(between) or not next_line or next_line.startswith("#"):
        return "There is no code under it yet: write yours there, indented by four spaces."
    return "Indent by four spaces what belongs under it."
