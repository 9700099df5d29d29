"""The gradebook: the truth about submissions, attempts and reports, in SQLite or PostgreSQL.

The queue carries ids and may lose or repeat them; this database decides. A submission is a row; a
worker that wants to grade it *leases* the row, which gives it a numbered attempt, and renews the
lease while it works. Only the holder of the newest attempt can write a report, so work that was
thought lost and came back late changes nothing. A lease that runs out is leased again; after
`MAX_ATTEMPTS` the submission ends as an error.
"""

from __future__ import annotations

from grader.gradebook.decisions import Decided
from grader.gradebook.gradebook import MAX_ATTEMPTS, Gradebook, State
from grader.gradebook.places import Place
from grader.gradebook.queries import Entry, Pick, Queries, Wanted

__all__ = [
    "MAX_ATTEMPTS",
    "Decided",
    "Entry",
    "Gradebook",
    "Pick",
    "Place",
    "Queries",
    "State",
    "Wanted",
]
