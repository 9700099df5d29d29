"""Students are found on a roster however it and the platform write them, and nobody twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import RosterError
from grader.layouts import Student, read_class
from grader.layouts.names import shown, spellings
from grader.layouts.roster import Roster, read_roster
from tests.layouts.exports import PROGRAM, canvas_file, files_of, moodle_folder, write
from tests.redteam.mutation import effort

ANNA = Student("Müller, Anna", "4711", "amueller", "anna@x.org")


@pytest.mark.parametrize(
    ("text", "student"),
    [
        ('name,id,login,email\n"Müller, Anna",4711,amueller,anna@x.org\n', ANNA),
        (
            "Name;Matrikelnummer;Anmeldename;E-Mail\nMüller, Anna;4711;amueller;anna@x.org\n",
            ANNA,
        ),
        ("sep=;\nname;id;login;email\nMüller, Anna;4711;amueller;anna@x.org\n", ANNA),
        ("name|id|login|email\nMüller, Anna|4711|amueller|anna@x.org\n\n", ANNA),
        (
            "Vorname\tNachname\tMatrikelnr.\tBenutzername\tE-Mail\nAnna\tMüller\t4711\tamueller\tanna@x.org",
            Student("Anna Müller", "4711", "amueller", "anna@x.org"),
        ),
        (
            (
                "Student,ID,SIS User ID,SIS Login ID,Section,HW (5)\n    Points Possible,,,,,10\n"
                '"Müller, Anna",99,4711,amueller,A,\n"Student, Test",100,,,A,\n'
            ),
            Student("Müller, Anna", "4711", "amueller"),
        ),
        (
            "Identifier,Full name,Email address,Grade\nParticipant 99,Anna Müller,anna@x.org,\n",
            Student("Anna Müller", "Participant 99", "", "anna@x.org"),
        ),
        (
            "First Name,Last Name,SID,Email,Role\nAnna,Müller,4711,anna@x.org,Student\n",
            Student("Anna Müller", "4711", "", "anna@x.org"),
        ),
        (
            '"identifier","github_username","name"\n"4711","amueller","Anna Müller"\n',
            Student("Anna Müller", "4711", "amueller"),
        ),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_table_is_read_from_wherever_it_comes(
    tmp_path: Path, text: str, student: Student, encoding: str
) -> None:
    """Any delimiter, any of the usual headers, with and without a byte order mark."""
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode(encoding))

    assert read_roster(path).students == [student]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no column"),
        (b"colour,size\nred,3\n", "no column that says who a student is"),
        (b"name\n" + b'"' + b"x" * 200_000 + b'"', "no table"),
        (b"\xff\xfe\x00", "no table"),
    ],
)
def test_a_table_of_something_else_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    """In one line, with what would help."""
    path = tmp_path / "roster.csv"
    path.write_bytes(content)

    with pytest.raises(RosterError, match=words):
        read_roster(path)


def test_a_roster_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """With the reason that a file has."""
    (tmp_path / "link.csv").symlink_to("/etc/passwd")

    for path, words in ((tmp_path, "is a folder"), (tmp_path / "link.csv", "is a link")):
        with pytest.raises(RosterError, match=words):
            read_class([tmp_path], roster=path)


ROSTER = Roster(
    [
        {"name": "Müller, Anna", "id": "4711", "login": "amueller", "email": "anna@x.org"},
        {"name": "O\u2019Brien, Pat Ó", "email": "pat@x.org"},
        {"name": "Li Wei"},
        {"name": "Wei Li"},
        {"name": "Łukasz Ørsted", "id": "12"},
        {"name": "Ann Carl", "id": "9"},
    ]
)


@pytest.mark.parametrize(
    ("student", "place"),
    [
        (Student(id="4711"), 0),
        (Student(login="AMueller"), 0),
        (Student(email="Anna@X.org"), 0),
        (Student(name="anna muller"), 0),
        (Student(name="Mueller Anna"), 0),
        (Student(name="mülleranna"), 0),
        (Student(name="Mu\u0308ller, Anna"), 0),
        (Student(name="ANNA MÜLLER"), 0),
        (Student(name="obrienpató"), 1),
        (Student(name="Pat O O'Brien"), 1),
        (Student(login="pat"), 1),
        (Student(name="Lukasz Orsted"), 4),
        (Student(name="lukaszoersted"), 4),
        (Student(name="Li Wei"), None),
        (Student(name="Anna"), None),
        (Student(name="Carl Ann", id="12"), 5),
        (Student(name="Somebody Else", id="12"), None),
        (Student(name="oerstedluke", id="12"), 4),
        (Student(name="annette m\u00fcller", id="4711"), 0),
        (Student(name="annette m\u00fcller", id="4712"), None),
        (Student(name="Participant 12", id="12"), 4),
        (Student(), None),
    ],
)
def test_a_student_is_found_as_far_as_it_is_sure(student: Student, place: int | None) -> None:
    """By an id, a login, an address or a name; what fits two fits none."""
    assert ROSTER.place(student) == place


@pytest.mark.parametrize(
    ("filename", "place"),
    [
        *(("anna_mueller_hw1", 0), ("hw-1-muller-anna", 0), ("hw1_4711", 0), ("amueller-final", 0)),
        *(("anna_hw1", None), ("lab_12_x", None), ("anna_mueller_and_pat_o_obrien", None)),
    ],
)
def test_a_name_is_found_in_that_of_a_file(filename: str, place: int | None) -> None:
    """As a whole, and only if it is one student's."""
    assert ROSTER.place(Student(name=filename), filename) == place


def test_a_roster_names_students_and_finds_who_is_missing(tmp_path: Path) -> None:
    """Who handed in what cannot be graded is not missing."""
    roster = tmp_path / "roster.csv"
    roster.write_text(
        'Student,ID,SIS Login ID,Section\n"O\'Brien, Pat",11,pob,A\n"Gone, Far",12,fg,A\n'
        '"Word, In",13,wi,A\n"Müller, Anna",14,am,A\n'
    )
    class_ = write(
        tmp_path / "c",
        {
            canvas_file("O'Brien, Pat", 11, 101, "x.py"): PROGRAM,
            canvas_file("Word, In", 13, 102, "x.docx"): "PK",
            canvas_file("Müller, Anna", 14, 103, "x.py"): PROGRAM,
            canvas_file("Guest, A", 99, 104, "x.py"): PROGRAM,
        },
    )

    intake = read_class([class_], roster=roster, limit=1)

    assert [student.name for student in intake.missing] == ["Gone, Far"]

    intake = read_class([class_], roster=roster)

    assert [(taken.student.label, taken.is_on_roster) for taken in intake.taken] == [
        ("guesta", False),
        ("Müller, Anna", True),
        ("O'Brien, Pat", True),
    ]
    assert intake.taken[2].student == Student("O'Brien, Pat", "11", "pob")


def test_a_student_who_is_there_twice_is_taken_once(tmp_path: Path) -> None:
    """Two spellings of a name are one student where the roster says so."""
    roster = tmp_path / "roster.csv"
    roster.write_text("name\nAnna Müller\n")
    class_ = write(tmp_path / "c", {"mueller_anna.py": "1", "Anna Müller/s.py": "2"})

    assert len(read_class([class_]).taken) == 2

    intake = read_class([class_], roster=roster)

    assert (intake.taken, intake.missing) == ((), ())
    assert {each.reason for each in intake.passed_over} == {
        "is one of several files that could be meant: s.py, mueller_anna.py"
    }


def test_partners_are_not_missing(tmp_path: Path) -> None:
    """Who handed in with somebody else has handed in."""
    roster = tmp_path / "roster.csv"
    roster.write_text("Full Name,SID,Email\nAnn B,1,a@x\nBo C,2,b@x\n")
    metadata = (
        "submission_1:\n  :submitters:\n  - :name: Ann B\n    :email: a@x\n"
        "  - :name: Bo C\n    :email: b@x\n"
    )
    class_ = write(
        tmp_path / "e", {"submission_metadata.yml": metadata, "submission_1/x.py": PROGRAM}
    )

    intake = read_class([class_], roster=roster)

    assert intake.missing == ()
    assert intake.taken[0].partners == (Student("Bo C", "2", "", "b@x"),)


def test_an_identifier_of_moodles_is_a_number(tmp_path: Path) -> None:
    """The grading worksheet is a roster, also where marking is anonymous."""
    roster = tmp_path / "grades.csv"
    roster.write_text("\ufeffIdentifier,Status,Grade\nParticipant 3,,\nParticipant 4,,\n", "utf-8")
    files = {f"{moodle_folder('Participant', number)}/x.py": PROGRAM for number in (3,)}

    intake = read_class([write(tmp_path / "m", files)], roster=roster)

    assert [taken.is_on_roster for taken in intake.taken] == [True]
    assert files_of(intake) == {"Participant 3": "x.py"}
    assert [student.id for student in intake.missing] == ["Participant 4"]


@effort
@given(st.text(), st.text())
def test_no_name_is_too_odd(name: str, filename: str) -> None:
    """A name is found or not, and is shown on one line without tricks."""
    ROSTER.place(Student(name=name, id=name, login=name, email=name), filename)

    assert len(shown(name).splitlines()) <= 1
    assert not set(shown(name)) & set("\u202e\u2066\x1b\x00\r\n")


@effort
@given(st.lists(st.text(st.characters(categories=["L"]), min_size=1), min_size=1, max_size=4))
def test_a_name_is_itself_in_any_order(words: list[str]) -> None:
    """Family name first or last, with or without blanks, in capitals or not."""
    name = " ".join(words)

    assert spellings(name) == spellings(" ".join(words[1:] + words[:1]))
    assert spellings("".join(words).casefold()) <= spellings(name)
