"""What each platform wants to see again when results are handed back to it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CanvasIds:
    """Of a file in Canvas: `user` is empty where marking is anonymous, and then `anonymous` is set.

    `filename` is the name in the export, by which Canvas knows a marked file again.
    """

    user: str
    attachment: str
    filename: str
    anonymous: str = ""


@dataclass(frozen=True)
class MoodleIds:
    """Of a file in Moodle: `folder` is the name in the export, byte for byte.

    In a flat export it is the beginning of the file's name, as Moodle reads it.
    """

    participant: str
    folder: str


@dataclass(frozen=True)
class GradescopeIds:
    """Of a file in Gradescope: the number of its submission."""

    submission: str


@dataclass(frozen=True)
class NbgraderIds:
    """Of a notebook in a course of nbgrader."""

    student: str
    assignment: str


@dataclass(frozen=True)
class GithubIds:
    """Of a checkout: the folder's name, and the login that it seems to end in."""

    repository: str
    login: str


PlatformIds = CanvasIds | MoodleIds | GradescopeIds | NbgraderIds | GithubIds
