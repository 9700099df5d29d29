"""Frames on a stream socket: lengths first, then a document and a blob, all within limits."""

from __future__ import annotations

import math
import socket
import struct
import time
from collections.abc import Iterable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from grader.protocol.fields import MAX_BLOB_BYTES, MAX_DOCUMENT_BYTES, MAX_SANDBOX_BLOB_BYTES
from grader.protocol.messages import ArraySpec, FromSandbox

_HEADER = struct.Struct(">II")
_MOST_BLOB_BYTES = {FromSandbox: MAX_SANDBOX_BLOB_BYTES}
MessageT = TypeVar("MessageT")


class ProtocolError(Exception):
    """Raised when the peer breaks the protocol; the three cases below are its kinds."""


class MalformedFrameError(ProtocolError):
    """Raised when the peer sends what is not a frame of the expected types."""


class PeerClosedError(ProtocolError):
    """Raised when the peer has closed its end."""


class PeerSilentError(ProtocolError):
    """Raised when the peer sends nothing for as long as it was given."""


class Frame(NamedTuple, Generic[MessageT]):
    """A received message with the bytes of its arrays."""

    message: MessageT
    blob: bytes


def split(blob: bytes, specs: Sequence[ArraySpec]) -> list[memoryview]:
    """Cut a blob into the arrays it holds.

    Raises:
        MalformedFrameError: The blob's length is not what the specs add up to.
    """
    if any(size < 0 for spec in specs for size in spec.shape):
        raise MalformedFrameError("an array has a negative size")
    # An array without numbers may still have sizes that nobody can lay out.
    if any(math.prod(filter(None, spec.shape)) > MAX_BLOB_BYTES for spec in specs):
        raise MalformedFrameError("an array has sizes beyond all limits")
    if sum(spec.size_bytes for spec in specs) != len(blob):
        raise MalformedFrameError("the arrays do not fill the blob")
    view, parts, start = memoryview(blob), [], 0
    for spec in specs:
        parts.append(view[start : start + spec.size_bytes])
        start += spec.size_bytes
    return parts


class Channel(Generic[MessageT]):
    """One end of a stream socket on which frames cross."""

    def __init__(
        self, end: socket.socket, receives: Any, max_blob_bytes: int | None = None
    ) -> None:
        """Speak over `end`, accepting only messages of the union `receives`."""
        self._end = end
        self._decoder = msgspec.json.Decoder(receives)
        most = _MOST_BLOB_BYTES.get(receives, MAX_BLOB_BYTES)
        self._max_blob_bytes = most if max_blob_bytes is None else max_blob_bytes

    def fileno(self) -> int:
        """File descriptor of the socket."""
        return self._end.fileno()

    def close(self) -> None:
        """Close this end."""
        self._end.close()

    def send(
        self,
        message: msgspec.Struct,
        blobs: Iterable[bytes | memoryview] = (),
        timeout_s: float | None = None,
    ) -> None:
        """Send a message and the bytes of its arrays.

        Raises:
            PeerSilentError: The peer did not take them within `timeout_s`.
            PeerClosedError: The peer is gone.
        """
        document = msgspec.json.encode(message)
        parts = [memoryview(part).cast("B") for part in blobs]
        header = _HEADER.pack(len(document), sum(map(len, parts)))
        try:
            self._end.settimeout(timeout_s)
            self._end.sendall(header + document)
            for part in parts:
                self._end.sendall(part)
        except TimeoutError as error:
            raise PeerSilentError("the peer does not read") from error
        except OSError as error:
            raise PeerClosedError(str(error)) from error

    def receive(self, timeout_s: float | None = None) -> Frame[MessageT]:
        """Wait for one frame; the time counts for it as a whole, so a drip of bytes ends too.

        Raises:
            PeerSilentError: No whole frame came within `timeout_s`.
            PeerClosedError: The peer is gone.
            MalformedFrameError: The frame is too long or not of the expected types.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        document_bytes, blob_bytes = _HEADER.unpack(self._read(_HEADER.size, deadline))
        if document_bytes > MAX_DOCUMENT_BYTES or blob_bytes > self._max_blob_bytes:
            raise MalformedFrameError(
                f"a frame of {document_bytes} + {blob_bytes} bytes is too long"
            )
        document = self._read(document_bytes, deadline)
        blob = self._read(blob_bytes, deadline)
        try:
            message = self._decoder.decode(document)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise MalformedFrameError(str(error)) from error
        split(blob, getattr(message, "arrays", ()))
        return Frame(message, blob)

    def _read(self, size: int, deadline: float | None) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            left_s = None if deadline is None else deadline - time.monotonic()
            if left_s is not None and left_s <= 0:
                raise PeerSilentError(f"{size - len(parts)} bytes are missing")
            try:
                self._end.settimeout(left_s)
                part = self._end.recv(min(size - len(parts), 1 << 20))
            except TimeoutError as error:
                raise PeerSilentError(f"{size - len(parts)} bytes are missing") from error
            except OSError as error:
                raise PeerClosedError(str(error)) from error
            if not part:
                raise PeerClosedError("the peer closed its end")
            parts += part
        return bytes(parts)
