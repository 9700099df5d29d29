"""The schema of the database, as the sum of numbered steps, with Alembic.

`prepare` is what everybody who opens a database calls: an empty one gets all steps, and one that is
not of this version is refused with a line that says what to do. Only `migrate` changes one that
holds anything, and only a person calls it.
"""

from __future__ import annotations

from grader.migrations.schema import HEAD, migrate, prepare

__all__ = ["HEAD", "migrate", "prepare"]
