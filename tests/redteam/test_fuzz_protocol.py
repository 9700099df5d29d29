"""Whatever bytes a box writes, the worker receives a whole message or a stated refusal, in time."""

from __future__ import annotations

import json
import socket
import struct
import threading
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from grader.protocol import (
    Channel,
    DataClaim,
    Decision,
    Finished,
    FitAsked,
    FromSandbox,
    FromTrainer,
    ProtocolError,
    Raised,
    Returned,
    TrainingRequest,
    Undecidable,
)
from tests.examples import lesson_model
from tests.redteam.mutation import changed, effort, spoiled

MESSAGES: list[Any] = [
    Decision(stop=True, learning_rate=0.5),
    Finished(outcome=Returned(description="x", epochs=(0, 1), accuracy=0.5), shims=("a",)),
    Finished(outcome=Raised(error="E", message="m", phase="call", line=3), returned_fit=1),
    Finished(outcome=Undecidable(reason="because", line=4)),
    FitAsked(
        request=TrainingRequest(model=lesson_model(), data=DataClaim(count=3), epochs=2), line=1
    ),
]
DOCUMENTS = [msgspec.to_builtins(message) for message in MESSAGES]


def framed(document: bytes, blob: bytes = b"") -> bytes:
    """Return the bytes of a frame."""
    return struct.pack(">II", len(document), len(blob)) + document + blob


STREAMS = [
    framed(msgspec.json.encode(MESSAGES[0])) * 3,
    framed(msgspec.json.encode(MESSAGES[4])) + framed(msgspec.json.encode(MESSAGES[1])),
]


def heard(stream: bytes, receives: Any) -> list[Any]:
    """Return the messages that arrive before the stream is refused or ends."""
    theirs, ours = socket.socketpair()
    channel: Channel[Any] = Channel(ours, receives)
    messages = []

    def write() -> None:
        with theirs:
            theirs.sendall(stream)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while True:
            messages.append(channel.receive(5).message)
    except ProtocolError:
        pass
    finally:
        channel.close()
        writer.join()
    return messages


@effort
@given(stream=spoiled(*STREAMS))
def test_a_spoiled_stream_is_refused(stream: bytes) -> None:
    """A stream that was cut anywhere gives whole messages until it is refused."""
    messages = heard(stream, FromSandbox)

    assert len(messages) <= 3


@effort
@given(data=st.data(), receives=st.sampled_from([FromSandbox, FromTrainer]))
def test_a_changed_message_is_strictly_typed(data: st.DataObject, receives: Any) -> None:
    """What arrives is of its type to the last field, however the message was changed."""
    document = data.draw(st.sampled_from(DOCUMENTS).flatmap(changed))
    messages = heard(framed(json.dumps(document).encode()), receives)

    for message in messages:
        assert msgspec.convert(msgspec.to_builtins(message), type(message), strict=False)
