"""Whatever lies in a folder, it is opened as it stands, and one bad file never ends the reading."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path

import pytest

from grader.layouts import Intake, opening, read_class, walk
from grader.layouts.walk import Limits, read_tree
from tests.layouts.exports import PROGRAM, files_of, reasons, write

GOOD = {"anna.py": PROGRAM, "zoe/s.py": PROGRAM}


@pytest.fixture
def class_(tmp_path: Path) -> Path:
    """Return a folder with two good students."""
    return write(tmp_path / "class", GOOD)


def assert_only_the_good_are_taken(intake: Intake) -> None:
    """Nobody else's file changes what is taken."""
    assert files_of(intake) == {"anna": "anna.py", "zoe": "s.py"}


def test_what_is_no_file_is_passed_over_at_once(class_: Path) -> None:
    """A FIFO, a socket, links to files and folders, a loop, under any name."""
    os.mkfifo(class_ / "fifo.py")
    os.mkfifo(class_ / "fifo.zip")
    (class_ / "link.py").symlink_to("/etc/passwd")
    (class_ / "link.zip").symlink_to("/etc/passwd")
    (class_ / "folder").symlink_to("/etc")
    (class_ / "loop").symlink_to("loop")
    (class_ / "bo").mkdir()
    (class_ / "bo" / "s.py").symlink_to("../anna.py")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(class_ / "socket.py"))

        intake = read_class([class_])

    assert_only_the_good_are_taken(intake)
    assert reasons(intake) == {
        **dict.fromkeys(["fifo.py", "fifo.zip", "socket.py"], opening.NOT_ORDINARY),
        **dict.fromkeys(["link.py", "link.zip", "folder", "loop", "s.py"], opening.LINK),
    }


@pytest.mark.parametrize("place", ["/dev/zero", "/proc/self/environ", "/proc/self/fd/0"])
def test_what_the_kernel_makes_up_is_no_file(place: str) -> None:
    """Whoever names it gets a reason, and no end of zeros."""
    intake = read_class([Path(place)], suffixes=frozenset({""}))

    assert intake.taken == ()
    assert {each.reason for each in intake.passed_over} <= {opening.NOT_ORDINARY, opening.LINK}
    assert len(intake.passed_over) == 1


def test_a_class_may_be_reached_by_a_link(class_: Path, tmp_path: Path) -> None:
    """Whoever names one folder means where it leads; of many, one may be a student's."""
    (tmp_path / "link").symlink_to("class")

    assert_only_the_good_are_taken(read_class([tmp_path / "link"]))
    assert reasons(read_class([tmp_path / "link", class_ / "anna.py"])) == {"link": opening.LINK}


def test_a_folder_that_cannot_be_read_is_passed_over(
    class_: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are read."""
    write(class_, {"bo/s.py": PROGRAM})
    real = os.open

    def refuse(path: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if path == "bo":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return real(path, flags, mode, dir_fd=dir_fd)

    # Whoever may read everything, such as in a container, cannot be kept out by a mode.
    monkeypatch.setattr(os, "open", refuse)

    intake = read_class([class_])

    assert_only_the_good_are_taken(intake)
    assert reasons(intake) == {"bo": "cannot be read: Permission denied"}


def test_a_file_that_grows_is_passed_over(class_: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of a file is no submission."""
    write(class_, {"bo.py": PROGRAM})
    real = os.fstat

    def then_grow(opened: int) -> os.stat_result:
        found = real(opened)
        if found.st_ino == (class_ / "bo.py").stat().st_ino:
            with (class_ / "bo.py").open("a") as file:
                file.write("more\n")
        return found

    monkeypatch.setattr(os, "fstat", then_grow)

    intake = read_class([class_])

    assert_only_the_good_are_taken(intake)
    assert reasons(intake) == {"bo.py": opening.CHANGED}


def test_a_folder_that_becomes_a_link_is_not_followed(class_: Path, tmp_path: Path) -> None:
    """What was listed is opened step by step, and a step may be another by then."""
    write(tmp_path / "secret", {"s.py": "secret"})
    tree = read_tree(class_, Limits())
    (entry,) = (entry for entry in tree.entries if entry.parts == ("zoe", "s.py"))
    (class_ / "zoe" / "s.py").unlink()
    (class_ / "zoe").rmdir()
    (class_ / "zoe").symlink_to(tmp_path / "secret")

    with pytest.raises(opening.RefusedError, match="is a link"):
        entry.read(1000)


def test_a_large_file_is_passed_over(class_: Path) -> None:
    """At the limit of a single submission, which a notebook has higher."""
    write(class_, {"bo.py": b" " * (256 * 1024 + 1), "carl.ipynb": b" " * (256 * 1024 + 1)})

    intake = read_class([class_])

    assert "carl" in files_of(intake)
    assert reasons(intake) == {"bo.py": "is larger than 256 KiB"}


def test_names_of_any_bytes_are_shown(class_: Path) -> None:
    """No text at all, control characters, and marks that turn text around."""
    for name in (b"b\xff.py", b"c\x1b[31m.py", "d\u202eyp.py".encode(), b"e\n.py"):
        (class_ / os.fsdecode(name)).write_text(PROGRAM)

    shown = list(files_of(read_class([class_])).values())

    assert shown == [
        *("anna.py", "b\ufffd.py", "c\\u001b[31m.py", "d\\u202eyp.py", "e\\u000a.py", "s.py"),
    ]


def test_folders_without_end_are_cut(class_: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither depth nor number costs the others."""
    deep = class_ / "bo" / "/".join("d" * 60)
    write(deep, {"s.py": PROGRAM})

    intake = read_class([class_])

    assert_only_the_good_are_taken(intake)
    assert [each.reason for each in intake.passed_over] == ["lies in too many folders"]

    monkeypatch.setattr("grader.layouts.reading.Limits", lambda: walk.Limits(files=10))
    write(class_, {f"bo/{number}.txt": "" for number in range(20)})

    intake = read_class([class_])

    assert "holds more files than are read" in reasons(intake).values()


def test_all_sources_together_have_a_limit(class_: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A class that would fill the memory is told to come in parts."""
    monkeypatch.setattr("grader.layouts.reading._MAX_SOURCES_BYTES", len(PROGRAM))

    intake = read_class([class_])

    assert files_of(intake) == {"anna": "anna.py"}
    assert reasons(intake) == {"s.py": "is too much with all the others; grade the class in parts"}


def test_an_order_is_that_of_the_students(tmp_path: Path) -> None:
    """Whatever the disk or the command line has."""
    names = ["Zoë", "anna", "Özil", "Bo", "bo2"]
    class_ = write(tmp_path / "class", {f"{name}.py": PROGRAM for name in names})
    paths = sorted(class_.iterdir(), key=lambda path: hash(path.name))

    for intake in (read_class([class_]), read_class(paths), read_class(paths[::-1])):
        assert list(files_of(intake)) == ["anna", "Bo", "bo2", "Özil", "Zoë"]
