"""A Celery worker whose task only counts: `python -m bench.bare BROKER_URL PROCESSES`."""

from __future__ import annotations

import sys

import redis
from celery import Celery

COUNTER = "bench:done"


def create_app(broker_url: str) -> Celery:
    """Return an application with the same options as the grader's where they cost time."""
    app = Celery("bare", broker=broker_url)
    app.conf.update(
        task_acks_late=True,
        task_ignore_result=True,
        worker_prefetch_multiplier=1,
        broker_connection_retry_on_startup=True,
    )
    return app


def connect(broker_url: str) -> redis.Redis:
    """Return a client of the Redis behind a Celery address."""
    return redis.Redis(unix_socket_path=broker_url.removeprefix("redis+socket://"))


def main(broker_url: str, processes: int) -> None:
    """Serve the queue `bare` until terminated."""
    app = create_app(broker_url)
    client = connect(broker_url)

    @app.task(name="bare")  # type: ignore[untyped-decorator] # Celery has no types
    def bare() -> None:
        client.incr(COUNTER)

    app.Worker(concurrency=processes, pool="prefork", queues=["bare"], loglevel="ERROR").start()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
