"""The desk between those who hand in and the gradebook; command line and web call it, and add form.

It hands in, one file or a class, and follows what was handed in as a stream of events. It prints
nothing.
"""

from __future__ import annotations

from grader.desk.batch import Batch, Standing, follow_class, hand_in_class
from grader.desk.export import Exported, export_class, export_each, fill_in
from grader.desk.follow import Began, EpochSeen, Event, Graded, Waits, follow
from grader.desk.hand_in import Work, hand_in, wake, withdrawn_if_interrupted, work_of
from grader.desk.references import FILE as EXPECTED
from grader.desk.references import (
    Reference,
    compare,
    find_references,
    hand_in_references,
)
from grader.desk.references import update as update_expectation
from grader.desk.regrade import Change, differing, graded_again, machine, reasons
from grader.desk.review import Ruling, decide

__all__ = [
    "EXPECTED",
    "Batch",
    "Began",
    "Change",
    "EpochSeen",
    "Event",
    "Exported",
    "Graded",
    "Reference",
    "Ruling",
    "Standing",
    "Waits",
    "Work",
    "compare",
    "decide",
    "differing",
    "export_class",
    "export_each",
    "fill_in",
    "find_references",
    "follow",
    "follow_class",
    "graded_again",
    "hand_in",
    "hand_in_class",
    "hand_in_references",
    "machine",
    "reasons",
    "update_expectation",
    "wake",
    "withdrawn_if_interrupted",
    "work_of",
]
