"""The store of trained epochs: a table in the gradebook's database, bounded, and safe to lose.

An epoch is kept under its key with the weights it ended with. Who trains an epoch claims its key
first, so that of many submissions that ask for it one trains and the others wait. The claim is
for the trainer's own time only: a submission that thinks long about an epoch holds up nobody.
"""

from __future__ import annotations

import secrets
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import (
    Column,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from grader.database import Database
from grader.migrations import prepare
from grader.protocol import EpochEnded, Frame, Probed

_metadata = MetaData()
_results = Table(
    "run_results",
    _metadata,
    Column("key", String(160), primary_key=True),
    Column("message", LargeBinary, nullable=False),
    # Unset once it is evicted: the logs stay for ever, the weights while there is room.
    Column("arrays", LargeBinary),
    Column("size_bytes", Integer, nullable=False),
    Column("made_at_s", Float, nullable=False),
    Column("used_at_s", Float, nullable=False, index=True),
)
_claims = Table(
    "run_claims",
    _metadata,
    Column("key", String(160), primary_key=True),
    Column("holder", String(32), nullable=False),
    Column("until_s", Float, nullable=False),
)
# A claim is renewed while its epoch is trained; that of a worker that died ends by this.
CLAIM_S = 60.0


class Stored(NamedTuple):
    """A result of the trainer, and how long ago it was made."""

    frame: Frame[Any]
    age_s: float


class RunStore:
    """Results of the trainer by key, shared by all workers of a database."""

    def __init__(self, database: Database, max_bytes: int) -> None:
        """Keep at most `max_bytes` of arrays in `database`.

        Raises:
            ServiceError: It cannot be reached, or is of another version.
        """
        prepare(database)
        self._database = database
        self._max_bytes = max_bytes
        self._holder = secrets.token_hex(8)

    def get(self, key: str) -> Stored | None:
        """Return a result with its arrays, or None where there is none, or no arrays any more."""
        with self._database.reading() as connection:
            now_s = self._database.now_s(connection)
            row = connection.execute(select(_results).where(_results.c.key == key)).one_or_none()
        if row is None or row.arrays is None:
            return None
        with self._database.writing() as connection:
            connection.execute(
                update(_results).where(_results.c.key == key).values(used_at_s=now_s)
            )
        try:
            message = msgspec.json.decode(row.message, type=EpochEnded | Probed)
        except msgspec.DecodeError:
            # Of a version of ours that wrote it in another form.
            return None
        return Stored(Frame(message, bytes(row.arrays)), max(0.0, now_s - row.made_at_s))

    def put(self, key: str, frame: Frame[Any]) -> None:
        """Keep a result, and give up the arrays of those that were not used for longest."""
        values = {
            "message": msgspec.json.encode(frame.message),
            "arrays": frame.blob,
            "size_bytes": len(frame.blob),
        }
        with self._database.writing() as connection:
            now_s = self._database.now_s(connection)
            values |= {"used_at_s": now_s}
            known = connection.execute(
                update(_results).where(_results.c.key == key).values(**values)
            )
            if not known.rowcount:
                values |= {"made_at_s": now_s}
                try:
                    with connection.begin_nested():
                        connection.execute(insert(_results).values(key=key, **values))
                except IntegrityError:
                    pass  # Another worker was faster, with the same result.
        self._evict()

    def drop(self, beginning: str) -> None:
        """Forget all results whose keys begin so."""
        with self._database.writing() as connection:
            connection.execute(delete(_results).where(_results.c.key.startswith(beginning)))

    def _evict(self) -> None:
        kept = _results.c.arrays.is_not(None)
        with self._database.writing() as connection:
            total = connection.scalar(select(func.sum(_results.c.size_bytes)).where(kept)) or 0
            if total <= self._max_bytes:
                return
            oldest = select(_results.c.key, _results.c.size_bytes).where(kept)
            for row in connection.execute(oldest.order_by(_results.c.used_at_s)).all():
                connection.execute(
                    update(_results).where(_results.c.key == row.key).values(arrays=None)
                )
                total -= row.size_bytes
                if total <= self._max_bytes:
                    return

    def claim(self, key: str) -> bool:
        """Claim an epoch for training; False where another worker is training it."""
        with self._database.writing() as connection:
            now_s = self._database.now_s(connection)
            connection.execute(
                delete(_claims).where(_claims.c.key == key, _claims.c.until_s <= now_s)
            )
            try:
                with connection.begin_nested():
                    connection.execute(
                        insert(_claims).values(
                            key=key, holder=self._holder, until_s=now_s + CLAIM_S
                        )
                    )
            except IntegrityError:
                return False
        return True

    def renew(self, key: str) -> None:
        """Hold a claim of this worker for another while."""
        with self._database.writing() as connection:
            connection.execute(
                update(_claims)
                .where(_claims.c.key == key, _claims.c.holder == self._holder)
                .values(until_s=self._database.now_s(connection) + CLAIM_S)
            )

    def release(self, key: str) -> None:
        """Give a claim of this worker back."""
        with self._database.writing() as connection:
            connection.execute(
                delete(_claims).where(_claims.c.key == key, _claims.c.holder == self._holder)
            )
