"""When a student handed something in, and how often it was tried before it was graded again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns; who handed in for themselves did so when the row was written."""
    with op.batch_alter_table("submissions") as table:
        table.add_column(sa.Column("handed_in_at_s", sa.Float))
        table.add_column(sa.Column("tried_before", sa.Integer, nullable=False, server_default="0"))
    submissions = sa.table(
        "submissions", *map(sa.column, ("queue", "submitted_at_s", "handed_in_at_s"))
    )
    op.get_bind().execute(
        sa.update(submissions)
        .where(submissions.c.queue == "interactive")
        .values(handed_in_at_s=submissions.c.submitted_at_s)
    )
