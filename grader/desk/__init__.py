"""The desk between those who hand in and the gradebook; command line and web call it, and add form.

It hands in, and follows what was handed in as a stream of events. It prints nothing.
"""

from __future__ import annotations

from grader.desk.follow import EpochSeen, Event, Graded, follow
from grader.desk.hand_in import Work, hand_in, withdrawn_if_interrupted

__all__ = [
    "EpochSeen",
    "Event",
    "Graded",
    "Work",
    "follow",
    "hand_in",
    "withdrawn_if_interrupted",
]
