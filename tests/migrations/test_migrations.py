"""The schema is the sum of its steps: on both backends, from nothing and from every version."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

import grader.migrations
from grader.database import Database
from grader.errors import ServiceError
from grader.gradebook import Gradebook, State
from grader.gradebook import tables as gradebook_tables
from grader.migrations import HEAD, migrate, prepare
from grader.model.report import Report, Verdict
from grader.model.submission import Queue, Submission
from grader.runs import RunStore
from grader.runs import store as runs

FIRST = (Path(__file__).parent / "first.sql").read_text()


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """Return an empty database."""
    database = Database(url)
    with database.writing() as connection:
        if connection.dialect.name == "postgresql":
            # One server for all tests.
            connection.execute(text("drop schema public cascade"))
            connection.execute(text("create schema public"))
    yield database
    database.close()


def make_first(database: Database) -> None:
    """Make what grader 0.1.0 made, with a graded submission and one that waits."""
    statements = FIRST
    with database.writing() as connection:
        if connection.dialect.name == "postgresql":
            statements = statements.replace("BLOB", "BYTEA").replace("FLOAT", "DOUBLE PRECISION")
        for statement in filter(str.strip, statements.split(";\n")):
            connection.execute(text(statement.replace(":", "\\:")))


def version(database: Database) -> str:
    """Return the version that a database says it is of."""
    with database.reading() as connection:
        return str(connection.execute(text("select version_num from alembic_version")).scalar_one())


def test_the_last_step_is_the_version_that_is_asked_for() -> None:
    """`HEAD` is known without Alembic, so it has to be held to the steps."""
    config = Config()
    config.set_main_option("script_location", str(Path(grader.migrations.__file__).parent))

    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


@pytest.mark.parametrize("tables", [gradebook_tables.metadata, runs._metadata])
def test_the_steps_make_the_tables_that_the_code_uses(database: Database, tables: object) -> None:
    """Column by column and index by index."""
    prepare(database)
    with database.reading() as connection:
        context = MigrationContext.configure(connection)
        differences = compare_metadata(context, tables)  # type: ignore[arg-type] # a MetaData
    ours = {table.name for table in tables.sorted_tables}  # type: ignore[attr-defined]
    of_ours = [d for d in differences if not (d[0] == "remove_table" and d[1].name not in ours)]
    of_ours = [d for d in of_ours if not (d[0] == "remove_index" and d[1].table.name not in ours)]

    assert of_ours == []


def test_an_empty_database_is_made_once_by_whoever_comes_first(
    database: Database, url: str
) -> None:
    """Many processes open it at the same time, and none of them fails."""
    failures: list[Exception] = []

    def open_it() -> None:
        try:
            Gradebook(Database(url)).close()
        except ServiceError as error:
            failures.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert version(database) == HEAD


def test_a_gradebook_of_the_first_version_is_refused_and_then_migrated(database: Database) -> None:
    """One line says what to do; nothing changes until a person does it; nothing is lost by it."""
    make_first(database)
    with database.writing() as connection:
        connection.execute(text("update submissions set queue = 'batch' where id = 'b2'"))
    with pytest.raises(ServiceError, match=r"version 0001.*needs .*grader migrate"):
        Gradebook(database)
    with pytest.raises(ServiceError, match="grader migrate"):
        RunStore(database, 1)
    with database.reading() as connection:
        untouched = not inspect(connection).has_table("alembic_version")
    steps = migrate(database)
    gradebook = Gradebook(database)
    progress, waiting = gradebook.progress("a1"), gradebook.progress("b2")
    with database.reading() as connection:
        row = connection.execute(
            text("select verdict, score, max_score from submissions where id = 'a1'")
        ).one()
        times = connection.execute(
            text("select queue, submitted_at_s, handed_in_at_s from submissions")
        ).all()
        kept = connection.execute(text("select submission_id, attempt, report from reports")).all()

    assert untouched
    assert steps == ("0001", HEAD)
    assert version(database) == HEAD
    assert progress is not None
    assert progress.report is not None
    assert (progress.report.verdict, progress.epochs[0].accuracy) == (Verdict.PASSED, 0.5)
    assert tuple(row) == ("passed", 90.0, 100.0)
    assert {each.queue for each in times} == {"interactive", "batch"}
    assert all(
        each.handed_in_at_s == (each.submitted_at_s if each.queue == "interactive" else None)
        for each in times
    )
    assert [(each.submission_id, each.attempt) for each in kept] == [("a1", 1)]
    assert Report.from_json(kept[0].report) == progress.report
    assert waiting is not None
    assert waiting.state is State.QUEUED
    assert migrate(database) == (HEAD, HEAD)


def test_a_gradebook_of_a_newer_grader_is_refused(database: Database) -> None:
    """And `migrate` does not touch it either."""
    prepare(database)
    with database.writing() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))

    with pytest.raises(ServiceError, match="newer grader"):
        Gradebook(database)
    with pytest.raises(ServiceError, match="newer"):
        migrate(database)

    assert version(database) == "9999"


def test_a_step_that_fails_leaves_everything_as_it_was(database: Database) -> None:
    """A report that cannot be read is no reason to lose the gradebook half-way."""
    make_first(database)
    with database.writing() as connection:
        connection.execute(text("update submissions set report = 'no json' where id = 'a1'"))

    with pytest.raises(ServiceError, match="cannot be brought to"):
        migrate(database)

    with database.reading() as connection:
        tables = set(inspect(connection).get_table_names())
        columns = {column["name"] for column in inspect(connection).get_columns("submissions")}
    assert not {"reports", "decisions", "alembic_version"} & tables
    assert "verdict" not in columns


def test_what_is_migrated_is_used_as_any_other(database: Database) -> None:
    """Submissions are added, leased and graded."""
    make_first(database)
    migrate(database)
    gradebook = Gradebook(database)
    submission = Submission(exercise="mnist-conv", student="eva", file="e.py", source=b"x")
    gradebook.add([submission], Queue.BATCH)
    attempt = gradebook.lease(submission.id)

    assert attempt is not None
    assert attempt.submission == submission
