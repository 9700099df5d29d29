"""Fetching a file over HTTP, with an end to everything: size, waiting, and total time.

An offline machine must not be kept waiting, and a host name may resolve slowly, or to a dozen
addresses that each time out on their own. So the request is made in a thread that is left behind
when no answer has come in time.
"""

import queue
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path

from grader.dataset.folder import blaming
from grader.errors import DatasetUnavailableError

CHUNK_BYTES = 1 << 16
FAILURES = (OSError, HTTPException, ValueError)

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Limits:
    """What a download may take."""

    connect_s: float = 5.0  # until the answer begins
    stall_s: float = 15.0  # without a byte
    total_s: float = 600.0
    size_bytes: int = 64 << 20


def download(url: str, target: Path, *, limits: Limits, progress: Progress | None = None) -> None:
    """Fetch a file, telling `progress` the bytes done and, if known or else 0, the bytes in all.

    Raises:
        DatasetUnavailableError: The file was not had whole within the limits.
    """
    deadline = time.monotonic() + limits.total_s
    with blaming(target.parent):
        out = target.open("wb")
    with out, _answer(url, limits) as response:
        total = _announced_bytes(url, response, limits)
        done = 0
        while chunk := _next_chunk(url, response):
            done += len(chunk)
            if done > limits.size_bytes:
                raise _unavailable(url, f"it is larger than {limits.size_bytes:,} bytes")
            if time.monotonic() > deadline:
                raise _unavailable(url, f"it took longer than {limits.total_s:g} s")
            with blaming(target.parent):
                out.write(chunk)
            if progress is not None:
                progress(done, total)
    if done < total:
        raise _unavailable(url, f"the connection ended after {done:,} of {total:,} bytes")


def _announced_bytes(url: str, response: HTTPResponse, limits: Limits) -> int:
    announced = response.headers.get("Content-Length", "")
    total = int(announced) if announced.isdecimal() else 0
    if total > limits.size_bytes:
        raise _unavailable(url, f"its {total:,} bytes are more than {limits.size_bytes:,}")
    return total


def _next_chunk(url: str, response: HTTPResponse) -> bytes:
    try:
        return response.read1(CHUNK_BYTES)  # not read(): it would wait for a whole chunk
    except FAILURES as error:
        raise _unavailable(url, str(error) or type(error).__name__) from error


def _answer(url: str, limits: Limits) -> HTTPResponse:
    """Send the request and return the answer once its headers are here."""
    if urllib.parse.urlsplit(url).scheme not in {"http", "https"}:
        raise _unavailable(url, "the address does not begin with http:// or https://")
    answers: queue.SimpleQueue[object] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(urllib.request.urlopen(url, timeout=limits.stall_s))  # noqa: S310 - see above
        except FAILURES as error:
            answers.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=limits.connect_s)
    except queue.Empty:
        raise _unavailable(url, f"no answer within {limits.connect_s:g} s") from None
    if isinstance(answer, HTTPResponse):
        return answer
    cause = answer if isinstance(answer, Exception) else None  # or a redirect to FTP
    raise _unavailable(url, str(cause or "the answer is not HTTP")) from cause


def _unavailable(url: str, reason: str) -> DatasetUnavailableError:
    return DatasetUnavailableError(f"{url} was not downloaded: {reason}")
