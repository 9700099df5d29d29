"""Whoever reaches Redis can add work and take it away, but neither end a worker nor steer it."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from grader.intake import rebuilt
from grader.model.submission import Queue
from grader.queue import GRADE, create_app, enqueue
from tests import servers

# A worker that writes down what it would grade.
WORKER = """
import sys
from grader.intake import serve
from grader.queue import GRADE, create_app
app = create_app(sys.argv[1])
@app.task(name=GRADE)
def grade(submission_id):
    open(sys.argv[2], "a").write(submission_id + "\\n")
serve(app, 1)
"""


def message(*args: Any, queue: Any = "interactive", **more: Any) -> dict[str, Any]:
    """Return a message as Celery sends it."""
    body = json.dumps([args, {}, {"callbacks": None}]).encode()
    return {
        "body": base64.b64encode(body).decode(),
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": {"lang": "py", "task": GRADE, "id": "abc:0", "timelimit": [None, None]},
        "properties": {
            "delivery_info": {"exchange": "", "routing_key": queue},
            "body_encoding": "base64",
            "delivery_tag": "tag",
        },
    } | more


def changed(*path: str, to: Any) -> dict[str, Any]:
    """Return a message with another value somewhere."""
    whole = message("abc")
    place = whole
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = to
    return whole


def encoded(body: bytes) -> str:
    """Return a body as it stands in a message."""
    return base64.b64encode(body).decode()


UNREADABLE = {
    "no JSON": b"{",
    "no text": b"\xff\xfe",
    "a number": b"1",
    "null": b"null",
    "nested": b"[" * 50_000,
    "a strange type": b'{"__type__": "datetime", "__value__": {}}',
    "no body": changed("body", to=None),
    "no base64": changed("body", to="*"),
    "another task's arguments": changed("body", to=encoded(b'{"args": [1]}')),
    "no arguments": message(),
    "a path": message("../../x"),
    "a list": message(["abc"]),
    "half a character": message("\ud800"),
    "NUL": message("a\0"),
    "no properties": changed("properties", to=None),
    "no tag": changed("properties", "delivery_tag", to=None),
    "a list as tag": changed("properties", "delivery_tag", to=[1]),
    "no such queue": message("abc", queue="celery"),
}
STEERING = {
    "hold it back": changed("headers", "eta", to="2999-01-01T00:00:00"),
    "a time that is none": changed("headers", "eta", to="soon"),
    "limits that are none": changed("headers", "timelimit", to="x"),
    "kill it": changed("headers", "timelimit", to=[1e-9, 1e-9]),
    "another task": changed("headers", "task", to=["x"]),
    "no headers": changed("headers", to=None),
    "pickle": changed("content-type", to="application/x-python-serialize"),
    "a strange encoding": changed("content-encoding", to="rot13"),
    "follow-ups": changed(
        "body", to=encoded(b'[["abc"], {"x": 1}, {"callbacks": [{"task": "x"}], "chord": 3}]')
    ),
}


@pytest.mark.parametrize("name", STEERING)
def test_nothing_of_a_message_counts_but_the_id(name: str) -> None:
    """What steers Celery is the same for every message."""
    assert rebuilt(STEERING[name]) == rebuilt(message("abc"))


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a real Redis."""
    with servers.redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


def test_who_waits_is_served_first(broker: str, tmp_path: Path) -> None:
    """Whatever was handed in before: a student, then a class, then a build server."""
    app = create_app(broker)
    for queue in (Queue.CI, Queue.BATCH, Queue.INTERACTIVE):
        for number in range(3):
            enqueue(app, f"{'ab0'[list(Queue).index(queue)]}{number}", 0, queue)
    written = tmp_path / "graded"
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", WORKER, broker, str(written)], stdout=log, stderr=log
        )
    ends_s = time.monotonic() + 60
    while time.monotonic() < ends_s and (
        not written.exists() or written.read_text().count("\n") < 9
    ):
        time.sleep(0.1)
    process.terminate()
    process.wait(30)

    assert written.read_text().split() == [f"{queue}{n}" for queue in "ab0" for n in range(3)]


@pytest.fixture
def worker(broker: str, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Return a worker and the file that it writes to."""
    written = tmp_path / "graded"
    log = (tmp_path / "log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, broker, str(written)],
        stdout=log,
        stderr=log,
        env=dict(os.environ),
    )
    yield process, written
    process.terminate()
    process.wait(30)
    log.close()


def wait_for(written: Path, submission_id: str) -> list[str]:
    """Wait until a submission is graded; return all that are."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        graded = written.read_text().split() if written.exists() else []
        if submission_id in graded:
            return graded
        time.sleep(0.05)
    raise TimeoutError(submission_id)


def test_no_message_ends_a_worker(
    broker: str, worker: tuple[subprocess.Popen[bytes], Path]
) -> None:
    """Whatever lies on the queue is graded or dropped, acknowledged, and the next one is taken."""
    process, written = worker
    client = Redis.from_url(broker)
    for content in (*UNREADABLE.values(), *STEERING.values()):
        client.lpush("interactive", content if isinstance(content, bytes) else json.dumps(content))
    enqueue(create_app(broker), "e0d", 0, Queue.INTERACTIVE)
    graded = wait_for(written, "e0d")
    time.sleep(0.5)

    assert graded == ["abc"] * len(STEERING) + ["e0d"]
    assert process.poll() is None
    assert client.hlen("unacked") == 0
    assert client.llen("interactive") == 0


def test_a_worker_takes_no_orders_from_redis(
    broker: str, worker: tuple[subprocess.Popen[bytes], Path]
) -> None:
    """Neither is there anybody who answers a ping, nor anybody who obeys a shutdown."""
    process, written = worker
    app = create_app(broker)
    enqueue(app, "1", 0, Queue.INTERACTIVE)
    wait_for(written, "1")
    answers = app.control.ping(timeout=1)
    app.control.shutdown()
    enqueue(app, "2", 0, Queue.INTERACTIVE)
    wait_for(written, "2")

    assert answers == []
    assert process.poll() is None
