"""A database that many processes use at once: SQLite in a file, or PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from grader.errors import ServiceError
from grader.private import close_to_others, make_private_file, make_private_folder

# Seconds since 1970 by the clock of the database's own machine.
_NOW = {
    "sqlite": text("select (julianday('now') - 2440587.5) * 86400.0"),
    "postgresql": text("select cast(extract(epoch from clock_timestamp()) as double precision)"),
}


class Database:
    """Connections to one database; what it refuses is a `ServiceError`."""

    def __init__(self, url: str, clock: Callable[[], float] | None = None) -> None:
        """Open the database at an SQLAlchemy address.

        Args:
            url: The address.
            clock: What time it is; None means the database's clock, because those of two workers
                do not agree.

        Raises:
            ServiceError: It cannot be reached, or is neither SQLite nor PostgreSQL.
        """
        self._clock = clock
        try:
            address = make_url(url)
            self._now = _NOW[address.get_backend_name()]
            if address.get_backend_name() == "sqlite":
                _keep_private(address.database or "")
            self._engine = create_engine(address, pool_pre_ping=True)
            if address.get_backend_name() == "sqlite":
                event.listen(self._engine, "connect", _tune_sqlite)
        except KeyError as error:
            raise ServiceError(
                f"the gradebook cannot be opened: {error} is neither sqlite nor postgresql"
            ) from error
        except (SQLAlchemyError, ArgumentError, ImportError, OSError) as error:
            raise ServiceError(f"the gradebook cannot be opened: {_first_line(error)}") from error

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def now_s(self, connection: Connection) -> float:
        """Return the time by the one clock that all who use this database can compare with."""
        if self._clock is not None:
            return self._clock()
        now_s: float = connection.execute(self._now).scalar_one()
        return now_s

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection whose changes are kept together at the end, or not at all."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise ServiceError(f"the gradebook cannot be written: {_first_line(error)}") from error

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection to read from."""
        try:
            with self._engine.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise ServiceError(f"the gradebook cannot be read: {_first_line(error)}") from error


def _keep_private(database: str) -> None:
    if database in ("", ":memory:") or database.startswith("file:"):
        return
    path = Path(database)
    if not path.parent.exists():
        make_private_folder(path.parent)
    # SQLite creates the other two with the permissions of the first.
    make_private_file(path)
    for suffix in ("-wal", "-shm"):
        close_to_others(path.with_name(path.name + suffix))


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _tune_sqlite(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    # Readers and one writer at the same time, and a writer waits for another instead of failing.
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA busy_timeout=30000")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()
