"""Who is in a class: a table from a platform or of an instructor's own.

Commas, semicolons, tabs or bars stand between columns, and their headers are the usual ones in
English or German. A student is found by an id, a login or an address, else by the name: with or
without accents, family name first or last. What fits two students fits none.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.errors import RosterError
from grader.layouts.names import folded, share_a_word, shown, spellings, words
from grader.layouts.opening import RefusedError, read_whole
from grader.layouts.student import Student

_MAX_BYTES = 16 << 20
_DELIMITERS = ",;\t|"
_NAME = ("name", "fullname", "student", "studentname", "vollstandigername", "displayname")
_FIRST = ("firstname", "first", "givenname", "vorname")
_LAST = ("lastname", "last", "surname", "familyname", "nachname", "familienname")
_NUMBER = (
    *("sisuserid", "sid", "studentid", "studentnumber", "idnumber"),
    *("matrikelnummer", "matrikelnr", "matriculationnumber"),
)
_OTHER_ID = ("id", "userid", "canvasid", "identifier", "participantid", "integrationid")
_LOGIN = (
    *("sisloginid", "login", "loginid", "username", "user", "netid", "githubusername", "github"),
    *("benutzername", "anmeldename"),
)
_EMAIL = ("email", "emailaddress", "emailadresse", "mail")
_KNOWN = frozenset((*_NAME, *_FIRST, *_LAST, *_NUMBER, *_OTHER_ID, *_LOGIN, *_EMAIL))
# Rows of Canvas's gradebook that are no students.
_NO_STUDENTS = ("pointspossible", "studenttest", "teststudent")
# Shorter ones stand in names of files for something else.
_LEAST = 4
_PARTICIPANT = "participant "


class Roster:
    """The students of a class, found by what is known of them."""

    def __init__(self, rows: Iterable[dict[str, str]]) -> None:
        """Take rows whose columns are named by folded headers."""
        self.students: list[Student] = []
        self._by_id: dict[str, set[int]] = {}
        self._by_name: dict[str, set[int]] = {}
        for row in rows:
            self._add(row)

    def _add(self, row: dict[str, str]) -> None:
        name = _first(row, _NAME) or " ".join(
            filter(None, (_first(row, _FIRST), _first(row, _LAST)))
        )
        ids = [*_all(row, _NUMBER), *_all(row, _OTHER_ID)]
        logins, emails = _all(row, _LOGIN), _all(row, _EMAIL)
        student = Student(name, *(next(iter(each), "") for each in (ids, logins, emails)))
        if not student.label or "".join(words(name)) in _NO_STUDENTS:
            return
        at = len(self.students)
        self.students.append(student)
        # A course's logins often are what stands before the @.
        local = [] if logins else [email.partition("@")[0] for email in emails]
        for key in (*ids, *logins, *emails, *local):
            self._by_id.setdefault(_key(key), set()).add(at)
        for spelling in spellings(name):
            self._by_name.setdefault(spelling, set()).add(at)

    def place(self, student: Student, filename: str = "") -> int | None:
        """Return the place of a student, or None if the roster has none or several such.

        Args:
            student: What a platform knows.
            filename: A name that may have the student's somewhere in it, as `anna_hw1` has.
        """
        sure = (
            self._by_id.get(_key(each), set()) for each in (student.email, student.login) if each
        )
        for found in (
            sure,
            self._numbered(student),
            self._named(student.name or student.login),
            self._within(filename),
        ):
            places = set().union(*found)
            if places:
                return places.pop() if len(places) == 1 else None
        return None

    def _numbered(self, student: Student) -> Iterator[set[int]]:
        """Find a number of a platform's; a roster may number otherwise, so the names must agree."""
        # Of who is anonymous, the name is the number once more.
        says_nothing = not student.name or student.name.endswith(student.id)
        for place in self._by_id.get(_key(student.id), set()) if student.id else ():
            theirs = self.students[place].name
            if says_nothing or not theirs or _agree(theirs, student.name):
                yield {place}

    def _named(self, name: str) -> Iterator[set[int]]:
        if name:
            yield self._by_id.get(_key(name), set())
        for spelling in spellings(name):
            yield self._by_name.get(spelling, set())

    def _within(self, filename: str) -> Iterator[set[int]]:
        parts = words(filename)[:16]
        for begin in range(len(parts)):
            if len(parts[begin]) >= _LEAST:
                yield self._by_id.get(parts[begin], set())
            for end in range(begin + 2, len(parts) + 1):
                yield from self._named(" ".join(parts[begin:end]))


def _agree(theirs: str, name: str) -> bool:
    """Whether two names may be one student's, who may be called by another first name."""
    return share_a_word(theirs, name) or not spellings(theirs).isdisjoint(spellings(name))


def _key(text: str) -> str:
    return text.strip().casefold().removeprefix(_PARTICIPANT)


def _all(row: dict[str, str], columns: tuple[str, ...]) -> list[str]:
    return [row[column] for column in columns if row.get(column)]


def _first(row: dict[str, str], columns: tuple[str, ...]) -> str:
    return next(iter(_all(row, columns)), "")


def read_roster(path: Path) -> Roster:
    """Read a roster.

    Raises:
        RosterError: It cannot be read, or has no column that says who somebody is.
    """
    try:
        text = _text(read_whole(path, _MAX_BYTES))
        rows = list(_rows(text))
    except RefusedError as error:
        raise RosterError(f"the roster {path} {error}") from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise RosterError(f"the roster {path} is no table: {error}") from error
    header = [_column(cell) for cell in rows[0]] if rows else []
    if not _KNOWN.intersection(header):
        raise RosterError(
            f"the roster {path} has no column that says who a student is:"
            " name one `name`, `email`, `login` or `id`"
        )
    return Roster(
        dict(zip(header, (shown(cell.strip()) for cell in row), strict=False)) for row in rows[1:]
    )


def _column(cell: str) -> str:
    return "".join(filter(str.isalnum, folded(cell)))


def _text(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What spreadsheets on Windows write.
        return content.decode("cp1252", "replace")


def _rows(text: str) -> Iterator[list[str]]:
    # A spreadsheet may be told its delimiter in a line of its own.
    told, _, rest = text.partition("\n")
    if told.lower().startswith("sep=") and len(told.strip()) == 5:
        delimiter, text = told[4], rest
    else:
        delimiter = max(_DELIMITERS, key=text.lstrip().partition("\n")[0].count)
    for row in csv.reader(io.StringIO(text.replace("\0", "")), delimiter=delimiter):
        if any(cell.strip() for cell in row):
            yield row
