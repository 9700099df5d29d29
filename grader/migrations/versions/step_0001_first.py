"""What grader 0.1.0 made: submissions, attempts, epochs, and the runs that submissions share."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "submissions",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("exercise", sa.String(64), nullable=False),
        sa.Column("student", sa.Text, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("source", sa.LargeBinary, nullable=False),
        sa.Column("queue", sa.String(16), nullable=False),
        sa.Column("submitted_at_s", sa.Float, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("due_at_s", sa.Float, nullable=False),
        sa.Column("report", sa.Text),
    )
    op.create_index("due", "submissions", ["state", "due_at_s"])
    op.create_table(
        "attempts",
        sa.Column(
            "submission_id", sa.String(32), sa.ForeignKey("submissions.id"), primary_key=True
        ),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("began_at_s", sa.Float, nullable=False),
        sa.Column("outcome", sa.Text),
    )
    op.create_table(
        "epochs",
        sa.Column(
            "submission_id", sa.String(32), sa.ForeignKey("submissions.id"), primary_key=True
        ),
        sa.Column("attempt", sa.Integer, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("accuracy", sa.Float, nullable=False),
        sa.Column("loss", sa.Float),
    )
    op.create_table(
        "run_results",
        sa.Column("key", sa.String(160), primary_key=True),
        sa.Column("message", sa.LargeBinary, nullable=False),
        sa.Column("arrays", sa.LargeBinary),
        sa.Column("size_bytes", sa.Integer, nullable=False),
        sa.Column("made_at_s", sa.Float, nullable=False),
        sa.Column("used_at_s", sa.Float, nullable=False, index=True),
    )
    op.create_table(
        "run_claims",
        sa.Column("key", sa.String(160), primary_key=True),
        sa.Column("holder", sa.String(32), nullable=False),
        sa.Column("until_s", sa.Float, nullable=False),
    )
