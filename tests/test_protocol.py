"""A peer can send anything: what is not a whole frame of the expected types is refused, in time."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator

import pytest

from grader.protocol import (
    MAX_DOCUMENT_BYTES,
    ArraySpec,
    Channel,
    Decision,
    EpochEnded,
    Finished,
    FromSandbox,
    MalformedFrameError,
    PeerClosedError,
    PeerSilentError,
    Returned,
    split,
)
from tests.examples import epochs

Pair = tuple[socket.socket, Channel[FromSandbox]]


@pytest.fixture
def pair() -> Iterator[Pair]:
    """Return a raw end and a channel that expects what a sandbox may say."""
    theirs, ours = socket.socketpair()
    yield theirs, Channel(ours, FromSandbox, max_blob_bytes=1 << 20)
    theirs.close()
    ours.close()


def frame(document: bytes, blob: bytes = b"") -> bytes:
    """Return the bytes of a frame."""
    return struct.pack(">II", len(document), len(blob)) + document + blob


def test_a_message_arrives_as_it_was_sent(pair: Pair) -> None:
    """Every field of a message survives the crossing."""
    theirs, channel = pair
    sent = Finished(outcome=Returned(description="x", epochs=(0, 1), accuracy=0.5), shims=("a",))
    Channel(theirs, FromSandbox).send(sent)

    assert channel.receive(5).message == sent


def test_arrays_cross_as_bytes() -> None:
    """A blob is cut where the specs say."""
    theirs, ours = socket.socketpair()
    specs = (ArraySpec("float32", (2, 3)), ArraySpec("uint8", (5,)))
    message = EpochEnded(epoch=epochs(0.5)[0], last=False, arrays=specs)
    sender: Channel[EpochEnded] = Channel(theirs, EpochEnded)
    sender.send(message, [bytes(range(24)), b"hello"])
    received: Channel[EpochEnded] = Channel(ours, EpochEnded)
    got = received.receive(5)

    assert [bytes(part) for part in split(got.blob, specs)] == [bytes(range(24)), b"hello"]


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"\xff\xfe",
        b'{"type": "Nonsense"}',
        b'{"type": "Train"}',
        b'{"type": "Decision"}',
        b'{"type": "Decision", "stop": 1}',
        b'{"type": "Decision", "stop": true, "more": 1}',
        b'{"type": "Finished", "outcome": {"type": "Returned", "description": 1}}',
        b"[" * 100_000,
    ],
)
def test_a_document_of_another_kind_is_refused(pair: Pair, document: bytes) -> None:
    """Garbage, unknown types, wrong types and unknown fields are all malformed."""
    theirs, channel = pair
    theirs.sendall(frame(document))

    with pytest.raises(MalformedFrameError):
        channel.receive(5)


@pytest.mark.parametrize(("document", "blob"), [(MAX_DOCUMENT_BYTES + 1, 0), (2, (1 << 20) + 1)])
def test_a_length_is_refused_before_anything_is_read(pair: Pair, document: int, blob: int) -> None:
    """An announced length over the limit is refused although no further byte exists."""
    theirs, channel = pair
    theirs.sendall(struct.pack(">II", document, blob))

    with pytest.raises(MalformedFrameError):
        channel.receive(5)


def test_a_blob_that_no_array_describes_is_refused(pair: Pair) -> None:
    """Bytes beyond the arrays have no meaning."""
    theirs, channel = pair
    theirs.sendall(frame(b'{"type": "Decision", "stop": true}', b"more"))

    with pytest.raises(MalformedFrameError):
        channel.receive(5)


@pytest.mark.parametrize("shape", [(-1,), (3, -2), (7,)])
def test_a_shape_that_does_not_fit_is_refused(shape: tuple[int, ...]) -> None:
    """Negative sizes and wrong totals never reach an array."""
    with pytest.raises(MalformedFrameError):
        split(b"\0" * 24, [ArraySpec("float32", shape)])


def test_a_closed_peer_is_told_apart_from_a_silent_one(pair: Pair) -> None:
    """The end of the stream in the middle of a frame is an end, not a wait."""
    theirs, channel = pair
    theirs.sendall(frame(b'{"type": "Decision", "stop": true}')[:-3])
    theirs.close()

    with pytest.raises(PeerClosedError):
        channel.receive(5)


def test_a_drip_of_bytes_does_not_extend_the_time(pair: Pair) -> None:
    """The time counts for the frame: one byte now and then does not keep a reader for ever."""
    theirs, channel = pair
    enough = threading.Event()

    def drip() -> None:
        theirs.sendall(struct.pack(">II", 1000, 0))
        while not enough.wait(0.05):
            theirs.sendall(b" ")

    thread = threading.Thread(target=drip)
    thread.start()
    with pytest.raises(PeerSilentError):
        channel.receive(0.4)
    enough.set()
    thread.join()


def test_a_peer_that_does_not_read_is_noticed() -> None:
    """Sending to a full socket ends after the time it was given."""
    theirs, ours = socket.socketpair()
    channel: Channel[Decision] = Channel(ours, Decision)
    message = EpochEnded(epoch=epochs(0.5)[0], last=False, arrays=(ArraySpec("uint8", (1 << 23,)),))

    with pytest.raises(PeerSilentError):
        channel.send(message, [bytes(1 << 23)], timeout_s=0.3)
    theirs.close()


@pytest.mark.parametrize("shape", [(0, *[1 << 28] * 3), (1 << 28, 1 << 28, 0), (0,) + (2,) * 60])
def test_an_array_without_numbers_has_sizes_within_limits(shape: tuple[int, ...]) -> None:
    """Nobody could lay it out, although it takes no bytes."""
    with pytest.raises(MalformedFrameError, match="beyond all limits"):
        split(b"", [ArraySpec("float64", shape)])


def test_an_array_may_be_empty() -> None:
    """Such as a picture without rows."""
    assert [bytes(part) for part in split(b"", [ArraySpec("float64", (0, 512))])] == [b""]
