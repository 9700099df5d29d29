"""Stand-ins for MNIST and for the server that has it, shared by the tests of this folder."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from grader.dataset import mnist
from grader.dataset.folder import SHAPES, Arrays, array_digest, content_digest


@cache
def stand_in(seed: int = 0) -> Arrays:
    """Return arrays of the right shapes, nearly all black so that they pack to almost nothing."""
    random = np.random.default_rng(seed)
    arrays = Arrays(*(np.zeros(shape, np.uint8) for shape in SHAPES.values()))
    for array in arrays:
        array[:500] = random.integers(0, 10, array[:500].shape, np.uint8)
        array.flags.writeable = False
    return arrays


@cache
def stand_in_digests(seed: int) -> tuple[dict[str, str], str]:
    """Return the digests of a stand-in's arrays, and of the whole."""
    arrays = stand_in(seed)
    digests = {name: array_digest(array) for name, array in arrays._asdict().items()}
    return digests, content_digest(mnist.TITLE, arrays)


def pretend_mnist(monkeypatch: pytest.MonkeyPatch, seed: int = 0) -> None:
    """Make a stand-in what MNIST is supposed to be."""
    digests, digest = stand_in_digests(seed)
    monkeypatch.setattr(mnist, "ARRAY_DIGESTS", digests)
    monkeypatch.setattr(mnist, "DIGEST", digest)


def write_folder(path: Path, arrays: Arrays) -> Path:
    """Write the arrays as plain files."""
    path.mkdir()
    for name, array in arrays._asdict().items():
        np.save(path / f"{name}.npy", array)
    return path


def write_npz(path: Path, arrays: Arrays) -> Path:
    """Write the arrays as Keras distributes them."""
    np.savez_compressed(path, **arrays._asdict())
    return path


@contextmanager
def serving(body: bytes) -> Iterator[str]:
    """Serve a body on this machine, well or badly according to the path, and give the address."""
    release = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answers: dict[str, Callable[[], object]] = {
                "/good": lambda: self.answer(body),
                "/wrong": lambda: self.answer(b"<html>please log in</html>"),
                "/truncated": lambda: self.answer(body[: len(body) // 2], len(body)),
                "/announced-large": lambda: self.answer(b"", 1 << 40),
                "/endless": self.answer_endlessly,
                "/stalled": release.wait,
                "/stalled-midway": self.answer_half,
            }
            answers.get(self.path, lambda: self.send_error(404))()

        def answer(self, content: bytes, length: int | None = None) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content) if length is None else length))
            self.end_headers()
            self.wfile.write(content)

        def answer_half(self) -> None:
            self.answer(body[: len(body) // 2], len(body))
            release.wait()

        def answer_endlessly(self) -> None:
            self.send_response(200)
            self.end_headers()
            while not release.wait(0.01):
                self.wfile.write(bytes(10_000))

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: object) -> None:
            """Clients that give up are what these tests are about."""

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            release.set()
            server.shutdown()
            thread.join()
