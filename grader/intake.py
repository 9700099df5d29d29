"""What a worker takes from Redis: ids of submissions, whatever else may lie there.

Redis is trusted to carry, not to be closed to everybody. So Celery's remote control and events are
off, and of a message nothing reaches Celery but the one id in it: times, time limits, callbacks and
other headers with which a message steers a worker are left behind, and a message that does not
parse is dropped. Nothing is lost with it, because the gradebook knows what waits.
"""

from __future__ import annotations

import base64
import logging
from queue import Empty
from typing import Annotated, Any

import msgspec
from celery import Celery
from kombu.transport import redis

from grader.errors import ServiceError
from grader.model.submission import Queue
from grader.queue import GRADE

_SubmissionId = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{1,32}\Z")]

logger = logging.getLogger(__name__)


class _Info(msgspec.Struct):
    routing_key: Queue


class _Properties(msgspec.Struct):
    delivery_tag: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    delivery_info: _Info


class _Given(msgspec.Struct):
    body: str
    properties: _Properties


_BODY = msgspec.json.Decoder(tuple[tuple[_SubmissionId], dict[str, Any], dict[str, Any]])


def rebuilt(payload: object) -> dict[str, Any]:
    """Return the message as Celery would send it for the id in `payload`.

    Raises:
        ValueError: There is none.
    """
    given = msgspec.convert(payload, _Given)
    (submission_id,), _, _ = _BODY.decode(base64.b64decode(given.body, validate=True))
    follow_up = dict.fromkeys(("callbacks", "errbacks", "chain", "chord"))
    queue = given.properties.delivery_info.routing_key.value
    return {
        "body": base64.b64encode(msgspec.json.encode(([submission_id], {}, follow_up))).decode(),
        "content-type": "application/json",
        "content-encoding": "utf-8",
        "headers": {"lang": "py", "task": GRADE, "id": submission_id},
        "properties": {
            "body_encoding": "base64",
            "delivery_tag": given.properties.delivery_tag,
            "delivery_info": {"exchange": "", "routing_key": queue},
        },
    }


class _Message(redis.Channel.Message):  # type: ignore[misc] # Kombu has no types
    def __init__(self, payload: object, channel: Any = None, **options: Any) -> None:
        super().__init__(rebuilt(payload), channel, **options)


class _Channel(redis.Channel):  # type: ignore[misc]
    Message = _Message

    def _brpop_read(self, **options: Any) -> Any:
        held = set(self.qos._delivered)  # noqa: SLF001 - Kombu has no other list of them
        try:
            return super()._brpop_read(**options)
        except (Empty, *self.connection_errors, *self.connection.channel_errors):
            raise
        # Anything at all may have been written there, and it was taken off the queue already.
        except Exception as error:  # noqa: BLE001
            logger.warning("a message was dropped: %s: %s", type(error).__name__, error)
            for tag in set(self.qos._delivered) - held:  # noqa: SLF001
                self.qos.ack(tag)
            return True


def serve(app: Celery, processes: int) -> None:
    """Take ids from all queues until this process is told to end, those who wait first.

    Raises:
        ServiceError: Celery ended by itself.
    """
    # Kombu has no other place for a channel of one's own, whatever the address.
    redis.Transport.Channel = _Channel
    worker = app.Worker(
        concurrency=processes,
        pool="prefork",
        queues=[queue.value for queue in Queue],
        loglevel="INFO",
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    worker.start()
    if worker.exitcode:
        raise ServiceError("the worker has ended; its log says why")
