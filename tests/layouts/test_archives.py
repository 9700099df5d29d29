"""A zip that somebody has made on purpose costs its own file and nothing else.

No path leaves, nothing is unpacked to disk, and what an archive promises is not believed.
"""

from __future__ import annotations

import io
import os
import stat
import struct
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.layouts import Intake, RefusedError, read_class
from grader.layouts.archive import members, unpacked
from grader.layouts.walk import Limits, read_tree
from tests.layouts.exports import PROGRAM, files_of, packed, reasons
from tests.redteam.mutation import effort

GOOD = PROGRAM.encode()


def info(name: str, mode: int = 0) -> zipfile.ZipInfo:
    """Describe a member of a Unix archive, of the same hour whenever it is made."""
    found = zipfile.ZipInfo(name, date_time=(2026, 1, 1, 12, 0, 0))
    found.create_system = 3
    found.external_attr = mode << 16
    return found


def archive(*files: tuple[zipfile.ZipInfo | str, bytes]) -> bytes:
    """Pack files in an order, names twice if need be."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in files:
            member = info(name, stat.S_IFREG | 0o600) if isinstance(name, str) else name
            out.writestr(member, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def patched(content: bytes, old: bytes, new: bytes) -> bytes:
    """Change bytes of an archive where they stand, such as a name in both of its places."""
    assert len(old) == len(new)
    assert old in content
    return content.replace(old, new)


def read(tmp_path: Path, content: bytes) -> Intake:
    """Read a class with a good student beside the archive of a bad one."""
    (tmp_path / "class").mkdir(exist_ok=True)
    (tmp_path / "class" / "anna.py").write_bytes(GOOD)
    (tmp_path / "class" / "zed.zip").write_bytes(content)
    return read_class([tmp_path / "class"])


def in_64_bits(content: bytes) -> bytes:
    """Say the sizes of an archive's only member, and of its directory, in 64 bits."""
    end = content.rindex(b"PK\x05\x06")
    start = content.index(b"PK\x01\x02")
    header = bytearray(content[start:end])
    packed_size, size = struct.unpack_from("<2L", header, 20)
    name_length = struct.unpack_from("<H", header, 28)[0]
    struct.pack_into("<2L", header, 20, 0xFFFFFFFF, 0xFFFFFFFF)
    struct.pack_into("<H", header, 30, 28)
    struct.pack_into("<L", header, 42, 0xFFFFFFFF)
    extra = struct.pack("<2H3Q", 1, 24, size, packed_size, 0)
    directory = bytes(header[: 46 + name_length]) + extra
    large = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, len(directory), start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, start + len(directory), 1)
    last = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, *([0xFFFF] * 2), *([0xFFFFFFFF] * 2), 0)
    return content[:start] + directory + large + locator + last


ONE = archive(("s.py", GOOD))


@pytest.mark.parametrize(
    "content",
    [
        ONE,
        in_64_bits(ONE),
        b"#!/bin/sh\nexit 1\n" + ONE,
        ONE[:-2] + b"\x04\x00PK\x05\x06",
        archive((info("./a//./s.py"), GOOD)),
        archive((info("a\\s.py"), GOOD)),
        archive((info("a/"), b""), (info("a/s.py", stat.S_IFREG | 0o000), GOOD)),
        patched(ONE, b"s.py", b"\x81.py"),
        patched(ONE, b"s.py", b"\xff.py"),
    ],
    ids=["zip", "64", "sfx", "comment", "dots", "windows", "folder", "cp437", "no-utf-8"],
)
def test_an_honest_archive_is_read(tmp_path: Path, content: bytes) -> None:
    """As any program writes it: large or small, with something before it, from any system."""
    intake = read(tmp_path, content)

    assert [taken.source for taken in intake.taken] == [GOOD, GOOD]


def test_names_are_read_in_the_encoding_that_they_have(tmp_path: Path) -> None:
    """DOS's, UTF-8 that does not say so, and bytes that are no text at all."""
    seen = [
        files_of(read(tmp_path, patched(archive(("xy.py", GOOD)), b"xy.py", name)))["zed"]
        for name in (b"x\x81.py", b"\xc3\xbc.py", b"x\xff.py")
    ]

    assert seen == ["xü.py", "ü.py", "x\N{NO-BREAK SPACE}.py"]


def test_a_name_that_is_not_what_its_flag_says_is_shown(tmp_path: Path) -> None:
    """An archive with one such name is read all the same."""
    content = patched(archive(("ü.py", GOOD)), "ü.py".encode(), b"\xff\xfe.py")

    assert files_of(read(tmp_path, content))["zed"] == "\ufffd\ufffd.py"


@pytest.mark.parametrize(
    "name",
    [
        *("../s.py", "a/../../s.py", "..", "a/..", "/s.py", "//s.py", "C:/s.py", "c:s.py"),
        *("..\\s.py", "a\\..\\..\\s.py", "\\s.py", "C:\\s.py", "/etc/passwd"),
    ],
)
def test_a_path_that_leads_out_is_passed_over(tmp_path: Path, name: str) -> None:
    """It is told, nothing is written, and the rest of the archive is read."""
    before = sorted(tmp_path.rglob("*"))
    content = archive((info(name), b"bad"), ("good.py", GOOD))

    intake = read(tmp_path, content)
    (row,) = intake.passed_over

    assert files_of(intake) == {"anna": "anna.py", "zed": "good.py"}
    assert row.reason == "has a path that leads out of its archive"
    assert row.student is not None
    assert row.student.name == "zed"
    assert len(sorted(tmp_path.rglob("*"))) == len(before) + 3


def test_a_name_with_a_zero_in_it_is_passed_over(tmp_path: Path) -> None:
    """Some programs would read it as another name."""
    content = patched(archive(("s.pyxtxt", GOOD)), b"s.pyxtxt", b"s.py\0txt")

    assert [each.reason for each in read(tmp_path, content).passed_over] == [
        "has a path that leads out of its archive"
    ]


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        (stat.S_IFLNK | 0o777, "is a link"),
        (stat.S_IFIFO | 0o644, "is not an ordinary file"),
        (stat.S_IFCHR | 0o644, "is not an ordinary file"),
        (stat.S_IFSOCK | 0o644, "is not an ordinary file"),
    ],
)
def test_what_is_no_file_is_passed_over(tmp_path: Path, mode: int, reason: str) -> None:
    """A link in an archive is no file, whatever it says and wherever it leads."""
    intake = read(tmp_path, archive((info("s.py", mode), b"/etc/passwd")))

    assert files_of(intake) == {"anna": "anna.py"}
    assert reasons(intake) == {"s.py": reason}


def encrypted(content: bytes) -> bytes:
    """Set the flag that a member is encrypted, in both places."""
    local = content[:6] + b"\x01" + content[7:]
    at = local.index(b"PK\x01\x02") + 8
    return local[:at] + b"\x01" + local[at + 1 :]


def by_method(content: bytes, method: int) -> bytes:
    """Say that a member is packed by another method."""
    at = content.index(b"PK\x01\x02") + 10
    return content[:at] + method.to_bytes(2, "little") + content[at + 2 :]


def promising(content: bytes, size: int) -> bytes:
    """Say that a member has another size."""
    at = content.index(b"PK\x01\x02") + 24
    return content[:at] + size.to_bytes(4, "little") + content[at + 4 :]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (encrypted(ONE), "is encrypted"),
        (by_method(ONE, 12), "is packed by a method that is not read here (12)"),
        (by_method(ONE, 0), "is damaged, or no zip archive"),
        (promising(ONE, 3), "is damaged, or no zip archive"),
        (promising(ONE, 200_000), "is damaged, or no zip archive"),
        (promising(ONE, 0xFFFFFFFE), "is larger than 256 KiB"),
        (patched(ONE, b"PK\x03\x04", b"PK\x03\x05"), "is damaged, or no zip archive"),
        (archive(("s.py", b" " * (300 << 10))), "is larger than 256 KiB"),
        (archive(("s.ipynb", b" " * (9 << 20))), "is packed so tightly that it looks like a bomb"),
        (archive(("s.py", os.urandom(300 << 10))), "is larger than 256 KiB"),
    ],
    ids=[
        *("encrypted", "method", "stored", "small", "large", "huge", "no-header"),
        *("packed", "bomb", "unpackable"),
    ],
)
def test_a_member_that_breaks_its_promise_is_passed_over(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    """Encrypted, packed by another method, of another size, or too large."""
    intake = read(tmp_path, content)

    assert files_of(intake) == {"anna": "anna.py"}
    assert [each.reason for each in intake.passed_over] == [reason]


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", b"PK\5\6", ONE[:-1], ONE[:40], b"x" * 100_000],
    ids=["empty", "two-letters", "end-alone", "cut-by-one", "cut-short", "letters"],
)
def test_what_is_no_archive_is_passed_over(tmp_path: Path, content: bytes) -> None:
    """Cut short, empty, or something else under an archive's name."""
    intake = read(tmp_path, content)

    assert files_of(intake) == {"anna": "anna.py"}
    assert reasons(intake) == {"zed.zip": "is damaged, or no zip archive"}


def test_of_two_members_with_one_name_the_later_counts(tmp_path: Path) -> None:
    """As when they are unpacked; the other is told."""
    with pytest.warns(UserWarning, match="Duplicate name"):
        content = archive(("s.py", b"first"), ("s.py", b"second"))

    intake = read(tmp_path, content)

    assert intake.taken[1].source == b"second"
    assert reasons(intake) == {"s.py": "stands in its archive twice, and the later one counts"}


def bomb(depth: int, width: int, content: bytes) -> bytes:
    """Pack archives into archives, as 42.zip does."""
    for _ in range(depth):
        content = archive(*((f"{number}.zip", content) for number in range(width)))
    return content


def test_archives_in_archives_end(tmp_path: Path) -> None:
    """A bomb of many levels is opened on two, in little memory and no time."""
    inner = archive(("s.ipynb", b"\0" * (10 << 20)))
    content = bomb(5, 16, inner)
    tracemalloc.start()
    begin = time.monotonic()

    intake = read(tmp_path, content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert files_of(intake) == {"anna": "anna.py"}
    assert {each.reason for each in intake.passed_over} == {
        "is an archive in an archive in an archive"
    }
    assert peak < 64 << 20
    assert time.monotonic() - begin < 20


def test_a_large_archive_in_an_archive_is_not_unpacked(tmp_path: Path) -> None:
    """Neither one that is packed tightly nor one that is large."""
    tight = archive(("x.zip", b"\0" * (64 << 20)))
    large = promising(archive(("x.zip", os.urandom(1000))), 200 << 20)

    assert reasons(read(tmp_path, tight)) == {
        "x.zip": "is packed so tightly that it looks like a bomb"
    }
    assert reasons(read(tmp_path, large)) == {"x.zip": f"is larger than {128 << 10} KiB"}


def test_no_more_is_unpacked_than_was_promised() -> None:
    """A member that says it is small is not unpacked to find out that it is large."""
    content = promising(archive(("s.py", b"\0" * (64 << 20))), 100)
    file = io.BytesIO(content)
    (member,) = members(file, 9, 999)
    tracemalloc.start()

    with pytest.raises(RefusedError, match="damaged"):
        unpacked(file, member, 1000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 1 << 20


def test_archives_in_archives_have_a_limit_together(tmp_path: Path) -> None:
    """Each is small, and a thousand are not."""
    export = tmp_path / "class.zip"
    export.write_bytes(archive(("a.zip", ONE), ("b.zip", ONE)))

    tree = read_tree(export, Limits(all_archives_bytes=len(ONE)))

    assert [(entry.parts, entry.refusal) for entry in tree.entries] == [
        (("a.zip", "s.py"), ""),
        (("b.zip",), "is too much with all the other archives"),
    ]


def test_a_directory_that_begins_before_its_archive_is_refused() -> None:
    """Its length is a promise as well."""
    content = ONE[:-10] + (len(ONE) * 2).to_bytes(4, "little") + ONE[-6:]

    with pytest.raises(RefusedError, match="damaged"):
        members(io.BytesIO(content), 9, 9999)


def directory_of(count: int) -> bytes:
    """Return an archive with the same tiny member under many names."""
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    entries = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, *([0] * 4), *([0] * 3), 9, *([0] * 4), 0, 0)
        + b"%05d.txt" % number
        for number in range(count)
    )
    sizes = min(count, 0xFFFF), min(count, 0xFFFF), len(entries), len(local)
    return local + entries + struct.pack("<4s2H2H2LH", b"PK\5\6", 0, 0, *sizes, 0)


def test_a_hundred_thousand_members_of_one_student_are_too_many(tmp_path: Path) -> None:
    """One student's archive, whether it lies in a folder or in another archive."""
    content = directory_of(100_000)
    export = tmp_path / "class.zip"
    export.write_bytes(archive(("anna.py", GOOD), ("zed.zip", content)))

    for intake in (read(tmp_path, content), read_class([export])):
        assert files_of(intake) == {"anna": "anna.py"}
        assert [each.reason for each in intake.passed_over] == ["holds more than 20,000 files"]


def test_a_hundred_thousand_members_of_a_class_are_listed(tmp_path: Path) -> None:
    """A class may be large: what it holds is one line, and read in no time."""
    export = tmp_path / "class.zip"
    export.write_bytes(directory_of(100_000))
    begin = time.monotonic()

    intake = read_class([export])

    assert intake.taken == ()
    assert time.monotonic() - begin < 60


def test_a_directory_without_end_is_not_parsed() -> None:
    """Its length is looked at before anything of it is."""
    with pytest.raises(RefusedError, match="more files than are read"):
        members(io.BytesIO(directory_of(1000)), 10**6, 10_000)


def test_names_are_shown_without_tricks(tmp_path: Path) -> None:
    """Control characters and marks that turn text around are spelled out, wherever they stand."""
    names = ["a\x1b[31m/x\n.py", "b\u202eyp.exe/\u2066z.py", "c" * 5000 + "/s.py"]
    export = tmp_path / "class.zip"
    export.write_bytes(archive(*((name, GOOD) for name in names), ("d\r/s.txt", b"")))

    intake = read_class([export])
    told = [
        *(each.student.name + each.file + each.where for each in intake.taken),
        *(each.where + each.reason for each in intake.passed_over),
    ]

    assert [taken.file for taken in intake.taken] == ["x\\u000a.py", "\\u2066z.py", "s.py"]
    assert not set("".join(told)) & set("\x1b\n\r\u202e\u2066")
    assert max(map(len, told)) < 1000


@effort
@given(st.binary(max_size=400), st.integers(0, len(ONE)), st.integers(0, len(ONE)))
def test_an_archive_that_is_spoiled_is_read_or_refused(patch: bytes, begin: int, end: int) -> None:
    """Whatever stands in it, it gives what it promised, or a reason."""
    content = ONE[:begin] + patch + ONE[end:]
    file = io.BytesIO(content)

    try:
        found = members(file, 1000, 1 << 20)
    except RefusedError:
        return
    for member in found:
        try:
            source = unpacked(file, member, 1 << 20)
        except RefusedError:
            continue

        assert zlib.crc32(source) == member.crc


@effort
@given(st.dictionaries(st.text(min_size=1, max_size=20), st.binary(max_size=50), max_size=5))
def test_a_class_of_any_names_is_read(files: dict[str, bytes]) -> None:
    """No name in an archive ends the reading."""
    found = members(
        io.BytesIO(packed({f"{name}.py": text for name, text in files.items()})), 99, 9999
    )

    assert all(part not in ("", ".", "..") for member in found for part in member.parts[:-1])


_MAKERS: list[Callable[[], bytes]] = [lambda: directory_of(70_000), lambda: ONE]


@pytest.mark.parametrize("make", _MAKERS)
def test_what_is_read_is_what_python_reads(make: Callable[[], bytes]) -> None:
    """Lists of members agree with the standard library's, which is the measure for honest ones."""
    content = make()
    with zipfile.ZipFile(io.BytesIO(content)) as theirs:
        names = theirs.namelist()

    assert ["/".join(m.parts) for m in members(io.BytesIO(content), 10**6, 1 << 30)] == names
