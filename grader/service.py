"""The embedded service: a private Redis and one worker, for the length of one command.

Redis listens on a Unix socket in a folder that only this user can enter, and on no port. The
kernel kills both processes when the command dies, however it dies.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import redis

from grader import processes
from grader.errors import ServiceError
from grader.settings import Settings, child_environment

_START_S = 20.0
_END_S = 5.0
_LOG_TAIL = 1500


@dataclass(frozen=True)
class Service:
    """Where submissions go, and the worker that serves them if it is ours."""

    broker_url: str
    worker: processes.Process | None = None
    log: Path | None = None

    def check(self) -> None:
        """Raise ServiceError when our own worker has died."""
        if self.worker is not None and self.worker.poll() is not None:
            raise ServiceError(f"the worker has ended: {self._log_tail()}")

    def _log_tail(self) -> str:
        return self.log.read_text(errors="replace")[-_LOG_TAIL:].strip() if self.log else ""


@contextmanager
def service(
    settings: Settings, submissions: int, exercise: str | None, *, runs_them: bool = True
) -> Iterator[Service]:
    """Give the configured service, or an embedded one for so many submissions.

    They are of one exercise, or, with None, of any. There are no boxes unless it `runs_them`.

    Raises:
        ServiceError: `redis-server` or `bwrap` is missing, or does not start.
    """
    if settings.broker_url:
        yield Service(settings.broker_url)
        return
    needed = {"redis-server": "redis-server"} | ({"bwrap": "bubblewrap"} if runs_them else {})
    for program, package in needed.items():
        if shutil.which(program) is None:
            raise ServiceError(
                f"{program} is missing: install the package {package}, or set GRADER_BROKER_URL"
            )
    with (
        tempfile.TemporaryDirectory(prefix="grader-") as folder,
        _redis(Path(folder)) as broker_url,
    ):
        log = Path(folder) / "worker.log"
        with log.open("wb") as output:
            worker = processes.start(
                processes.tied_to_us(
                    [
                        *(sys.executable, "-m", "grader", "worker", "--no-sweep"),
                        *(("--exercise", exercise) if exercise else ()),
                    ]
                ),
                env=child_environment(
                    {
                        "GRADER_BROKER_URL": broker_url,
                        "GRADER_SEED": str(settings.seed),
                        "GRADER_WORKERS": str(min(settings.workers, submissions)),
                    }
                ),
                output=output,
            )
        try:
            yield Service(broker_url, worker, log)
            processes.ask_to_end(worker, patience_s=_END_S)
        finally:
            processes.end(worker)


@contextmanager
def _redis(folder: Path) -> Iterator[str]:
    socket = folder / "redis.sock"
    server = processes.start(
        processes.tied_to_us(
            [
                "redis-server",
                *("--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"),
                *("--save", "", "--appendonly", "no", "--dir", str(folder)),
                *("--maxmemory-policy", "noeviction"),
            ]
        ),
        env=child_environment({}),
    )
    try:
        _wait_for(socket, server)
        yield f"redis+socket://{socket}"
    finally:
        processes.end(server)


def _wait_for(socket: Path, server: processes.Process) -> None:
    client = redis.Redis(unix_socket_path=str(socket))
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            client.ping()
        except redis.RedisError:
            time.sleep(0.01)
        else:
            client.close()
            return
    raise ServiceError("redis-server does not start")
