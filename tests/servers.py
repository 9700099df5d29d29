"""Real servers for tests: in a folder of the test's own, on a free port, and ended afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import require

_DEBIAN = Path("/usr/lib/postgresql")


def _postgresql_program(name: str) -> str:
    found = shutil.which(name) or next(map(str, sorted(_DEBIAN.glob(f"*/bin/{name}"))), None)
    if found is None:
        require(name)
    return str(found)


@contextmanager
def postgresql() -> Iterator[str]:
    """Start a PostgreSQL server in a folder of its own; give its SQLAlchemy address."""
    initdb, server = _postgresql_program("initdb"), _postgresql_program("postgres")
    # PostgreSQL refuses to run as root, and another user cannot enter the folders of pytest.
    as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]
    prefix = as_user if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="grader-postgresql-") as folder:
        if prefix:
            shutil.chown(folder, "postgres", "postgres")
        subprocess.run(
            [*prefix, initdb, "-D", f"{folder}/data", "-A", "trust", "-U", "tester", "--no-sync"],
            check=True,
            capture_output=True,
            cwd="/",
        )
        port = _free_port()
        process = subprocess.Popen(
            [*prefix, server, "-D", f"{folder}/data", "-k", folder, "-p", str(port), "-F"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
        )
        try:
            _wait_for_port(port)
            yield f"postgresql+psycopg://tester@127.0.0.1:{port}/postgres"
        finally:
            process.terminate()
            process.wait(30)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def _wait_for_port(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"nothing listens on port {port}")


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """Start a Redis server on a free port of this machine; give its address."""
    require("redis-server")
    port = _free_port()
    process = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for_port(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(30)
