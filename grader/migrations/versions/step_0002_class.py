"""What a class needs: verdicts and scores to search by, every report ever written, decisions."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add columns and tables, and fill them from the reports that are there."""
    with op.batch_alter_table("submissions") as table:
        table.add_column(sa.Column("digest", sa.String(64)))
        table.add_column(sa.Column("verdict", sa.String(16)))
        table.add_column(sa.Column("score", sa.Float))
        table.add_column(sa.Column("max_score", sa.Float))
    op.create_index("of_student", "submissions", ["student", "submitted_at_s"])
    op.create_table(
        "reports",
        sa.Column(
            "submission_id", sa.String(32), sa.ForeignKey("submissions.id"), primary_key=True
        ),
        sa.Column("attempt", sa.Integer, primary_key=True),
        sa.Column("report", sa.Text, nullable=False),
        sa.Column("made_at_s", sa.Float, nullable=False),
    )
    op.create_table(
        "decisions",
        sa.Column(
            "submission_id", sa.String(32), sa.ForeignKey("submissions.id"), primary_key=True
        ),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column("decided_at_s", sa.Float, nullable=False),
    )
    _fill(op.get_bind())


def _fill(connection: sa.Connection) -> None:
    names = ("id", "attempt", "submitted_at_s", "report", "verdict", "score", "max_score")
    submissions = sa.table("submissions", *map(sa.column, names))
    kept = ("submission_id", "attempt", "report", "made_at_s")
    reports = sa.table("reports", *map(sa.column, kept))
    rows = connection.execute(sa.select(submissions).where(submissions.c.report.is_not(None))).all()
    for row in rows:
        report = json.loads(row.report)
        told = {name: report[name] for name in ("verdict", "score", "max_score")}
        connection.execute(sa.update(submissions).where(submissions.c.id == row.id).values(told))
        connection.execute(
            sa.insert(reports).values(
                submission_id=row.id,
                attempt=row.attempt,
                report=row.report,
                # When it was graded was not written down.
                made_at_s=row.submitted_at_s,
            )
        )
