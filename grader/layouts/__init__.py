"""A class as an instructor has it: the exports of platforms, folders, archives, and a roster.

`tree` lists what is there, and reads it within limits; `recognition` finds the layout, each of
which is a module that says whose a file is; `roster` knows the students; `choice` decides which
file of a student counts; `reading` is the whole. Nothing that was handed in is parsed or run here,
and nothing is written to disk.
"""

from __future__ import annotations

from grader.layouts.handback import (
    CanvasIds,
    GithubIds,
    GradescopeIds,
    MoodleIds,
    NbgraderIds,
    PlatformIds,
)
from grader.layouts.intake import Intake, PassedOver, Taken
from grader.layouts.opening import RefusedError, read_whole
from grader.layouts.piece import LayoutName
from grader.layouts.reading import PROGRAMS, read_class
from grader.layouts.recognition import LAYOUTS
from grader.layouts.student import Student

__all__ = [
    "LAYOUTS",
    "PROGRAMS",
    "CanvasIds",
    "GithubIds",
    "GradescopeIds",
    "Intake",
    "LayoutName",
    "MoodleIds",
    "NbgraderIds",
    "PassedOver",
    "PlatformIds",
    "RefusedError",
    "Student",
    "Taken",
    "read_class",
    "read_whole",
]
