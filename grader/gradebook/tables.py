"""The tables of the gradebook. Times are seconds since 1970, UTC.

`grader.migrations` makes them; a test holds the two together.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData()

submissions = Table(
    "submissions",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("exercise", String(64), nullable=False),
    Column("student", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("source", LargeBinary, nullable=False),
    Column("queue", String(16), nullable=False),
    Column("submitted_at_s", Float, nullable=False),
    # queued | leased | graded | withdrawn
    Column("state", String(16), nullable=False),
    # Number of the newest attempt; 0 before the first.
    Column("attempt", Integer, nullable=False),
    # When the newest attempt's lease ends; for a queued row, when to hand it to the queue again.
    Column("due_at_s", Float, nullable=False),
    # The newest report, and what of it others search by.
    Column("report", Text),
    # Of exercise, student, file and source: what is handed in again is known by it.
    Column("digest", String(64)),
    Column("verdict", String(16)),
    Column("score", Float),
    Column("max_score", Float),
    # When the student handed it in, where that is known: a batch comes later than its files.
    Column("handed_in_at_s", Float),
    # How many attempts were made before it was last asked to be graded again.
    Column("tried_before", Integer, nullable=False, server_default="0"),
    Index("due", "state", "due_at_s"),
    Index("of_student", "student", "submitted_at_s"),
)

# Every report that was written; none is ever changed.
reports = Table(
    "reports",
    metadata,
    Column("submission_id", String(32), ForeignKey("submissions.id"), primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("report", Text, nullable=False),
    Column("made_at_s", Float, nullable=False),
)

# What humans decided, the newest last; it stands beside the report and does not change it.
decisions = Table(
    "decisions",
    metadata,
    Column("submission_id", String(32), ForeignKey("submissions.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("verdict", String(16), nullable=False),
    Column("score", Float, nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at_s", Float, nullable=False),
)

attempts = Table(
    "attempts",
    metadata,
    Column("submission_id", String(32), ForeignKey("submissions.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("began_at_s", Float, nullable=False),
    # Unset while it runs or after its worker died; else "graded" or our own error in one line.
    Column("outcome", Text),
)

epochs = Table(
    "epochs",
    metadata,
    Column("submission_id", String(32), ForeignKey("submissions.id"), primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("accuracy", Float, nullable=False),
    Column("loss", Float),
)
