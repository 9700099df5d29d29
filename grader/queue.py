"""The courier: Celery on Redis. It carries submission ids, and may lose or repeat them."""

from __future__ import annotations

from celery import Celery
from kombu.exceptions import KombuError, OperationalError
from redis.exceptions import RedisError

from grader.errors import ServiceError
from grader.model.submission import Queue

GRADE = "grader.grade"
_DAY_S = 24 * 3600


def create_app(broker_url: str) -> Celery:
    """Return the Celery application; the gradebook, not Celery, keeps results."""
    app = Celery("grader", broker=broker_url)
    app.conf.update(
        accept_content=["json"],
        broker_connection_retry_on_startup=True,
        # Redis hands a task that was not acknowledged for this long to another worker, while the
        # first still runs it. Leases in the gradebook notice dead workers sooner, so: never.
        # Queues are looked at in the order in which a worker names them, not in turns.
        broker_transport_options={
            "visibility_timeout": _DAY_S,
            "queue_order_strategy": "priority",
        },
        task_acks_late=True,
        task_default_queue=Queue.INTERACTIVE,
        task_ignore_result=True,
        task_serializer="json",
        worker_enable_remote_control=False,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
    )
    return app


def enqueue(app: Celery, submission_id: str, attempt: int, queue: Queue) -> None:
    """Hand over the id of a submission that is in the gradebook already.

    Raises:
        ServiceError: Redis cannot be reached.
    """
    task_id = f"{submission_id}:{attempt}"
    try:
        app.send_task(GRADE, args=[submission_id], task_id=task_id, queue=queue, retry=False)
    # An address whose database is no number is found out only now.
    except (KombuError, OperationalError, RedisError, OSError, ValueError) as error:
        raise ServiceError(f"Redis cannot be reached: {error}") from error
