"""Exports as the platforms write them, made for tests: rules of naming, folders and zips."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePath

from grader.layouts import Intake

PROGRAM = "def solve():\n    return 1\n"


def canvas_file(
    sortable_name: str,
    user: int,
    attachment: int,
    file: str,
    *,
    late: bool = False,
    anonymous: str = "",
) -> str:
    """Name a file as Canvas's zips do."""
    name = re.sub(r"_(\d+)_", r"\1", sortable_name).lower()
    owner = f"anon_{anonymous}" if anonymous else str(user)
    parts = [*([] if anonymous else [name]), *(["LATE"] if late else []), owner]
    begin = "".join(each for each in "_".join(parts) if _is_word(each))
    return f"{begin}_{attachment}_{canvas_display(file)}"


def canvas_display(file: str) -> str:
    """Return the name of an uploaded file as it stands at the end of Canvas's."""
    return re.sub(r'[\x00/\\:*?"<>|]+', "_", file)


def _is_word(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] in "LM" or category in ("Nd", "Pc")


def moodle_folder(full_name: str, participant: int, plugin: str = "file") -> str:
    """Name a folder as Moodle does."""
    return f"{moodle_name(full_name)}_{participant}_assignsubmission_{plugin}"


def moodle_name(full_name: str) -> str:
    """Return a name as Moodle writes it into one of a file."""
    clean = "".join(each for each in full_name if each not in "&<>\"`|':\\/" and each >= " ")
    return clean.replace("_", " ")


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files into a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def packed(files: Mapping[str, str | bytes]) -> bytes:
    """Pack files into a zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def files_of(intake: Intake) -> dict[str, str]:
    """Return which file was taken of each student."""
    return {taken.student.label: taken.file for taken in intake.taken}


def reasons(intake: Intake) -> dict[str, str]:
    """Return why each file was passed over, by the last part of its place."""
    return {PurePath(each.where).name: each.reason for each in intake.passed_over}
