"""Which version a database is of, and how it gets to this one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from grader.database import Database
from grader.errors import ServiceError

# The last of the steps in `versions`; known without Alembic, which takes a while to import.
HEAD = "0003"
# What grader 0.1.0 made, which did not number its schema.
_UNNUMBERED = "0001"
_VERSIONS = "alembic_version"
# Any number that nobody else locks in this database.
_LOCK = 7_240_113


def prepare(database: Database) -> None:
    """See that a database is of this version, and make everything in an empty one.

    Raises:
        ServiceError: It cannot be reached, or it is of another version.
    """
    with database.reading() as connection:
        found = _version(connection)
    if found is None:
        _upgrade(database, only_if_empty=True)
        with database.reading() as connection:
            found = _version(connection)
    if found == HEAD:
        return
    if found is not None and found > HEAD:
        raise ServiceError(
            f"the gradebook is of version {found} and this grader knows {HEAD}: it was changed by a"
            " newer grader; install that one"
        )
    raise ServiceError(
        f"the gradebook is of version {found} and this grader needs {HEAD}: stop all workers, back"
        " it up, and run `grader migrate`"
    )


def migrate(database: Database) -> tuple[str, str]:
    """Bring a database to this version; return the version it was of, and the one it is of now.

    Raises:
        ServiceError: It cannot be reached, it is of a newer version, or a step failed, which
            leaves it as it was.
    """
    with database.reading() as connection:
        before = _version(connection) or "nothing"
    if before != "nothing" and before > HEAD:
        raise ServiceError(f"the gradebook is of version {before}, newer than {HEAD}")
    if before != HEAD:
        _upgrade(database, only_if_empty=False)
    return before, HEAD


def _version(connection: Connection) -> str | None:
    """Return the version of a database; None where nothing is in it."""
    tables = set(inspect(connection).get_table_names())
    if _VERSIONS in tables:
        found: str | None = connection.execute(
            text(f"select version_num from {_VERSIONS}")  # noqa: S608 - our own name
        ).scalar_one_or_none()
        return found
    return _UNNUMBERED if "submissions" in tables else None


def _upgrade(database: Database, *, only_if_empty: bool) -> None:
    # Imported where it is needed: every other command starts without it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    with database.writing() as connection:
        _lock(connection)
        found = _version(connection)
        if only_if_empty and found is not None:
            # Somebody was faster.
            return
        config.attributes["connection"] = connection
        try:
            if found == _UNNUMBERED and not _is_numbered(connection):
                command.stamp(config, _UNNUMBERED)
            command.upgrade(config, HEAD)
        except SQLAlchemyError:
            raise
        # Whatever is wrong in a step, the line must name the database and not a traceback.
        except Exception as error:
            raise ServiceError(f"the gradebook cannot be brought to {HEAD}: {error}") from error


def _is_numbered(connection: Connection) -> bool:
    return bool(inspect(connection).has_table(_VERSIONS))


def _lock(connection: Connection) -> None:
    """Let only one process change the schema at a time."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    else:
        # SQLite's own lock for writers, taken before the version is read again.
        _begin_immediate(connection)


def _begin_immediate(connection: Connection) -> Any:
    return connection.exec_driver_sql("BEGIN IMMEDIATE")
