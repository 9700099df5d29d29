"""The tables of the gradebook. Times are seconds since 1970, UTC."""

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
    Column("report", Text),
    Index("due", "state", "due_at_s"),
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
