"""A download ends, whole or with a reason, whatever the server does."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.dataset.download import Limits, download
from grader.errors import DatasetUnavailableError
from tests.dataset_doubles import serving

BODY = bytes(range(256)) * 2000
LIMITS = Limits(connect_s=5.0, stall_s=5.0, total_s=20.0, size_bytes=len(BODY))


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Serve the body for as long as this file's tests run."""
    with serving(BODY) as address:
        yield address


def test_a_whole_file_arrives_with_its_progress(server: str, tmp_path: Path) -> None:
    """The file is written, and progress grows to the announced total."""
    steps: list[tuple[int, int]] = []

    download(
        f"{server}/good",
        tmp_path / "file",
        limits=LIMITS,
        progress=lambda done, total: steps.append((done, total)),
    )

    assert (tmp_path / "file").read_bytes() == BODY
    assert len(steps) > 1
    assert steps == sorted(steps)
    assert steps[-1] == (len(BODY), len(BODY))


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("truncated", "ended after 256,000 of 512,000 bytes"),
        ("missing", "404"),
        ("announced-large", "are more than 512,000"),
        ("endless", "larger than 512,000 bytes"),
    ],
)
def test_a_bad_answer_is_a_reason(path: str, message: str, server: str, tmp_path: Path) -> None:
    """Whatever is wrong with the answer is said, with the address."""
    with pytest.raises(DatasetUnavailableError, match=f"{server}/{path} .*{message}"):
        download(f"{server}/{path}", tmp_path / "file", limits=LIMITS)


@pytest.mark.parametrize(
    ("path", "limits", "message"),
    [
        ("stalled", replace(LIMITS, connect_s=0.3), r"no answer within 0\.3 s"),
        ("stalled-midway", replace(LIMITS, stall_s=0.3), "timed out"),
    ],
)
def test_a_silent_server_is_given_up(
    path: str, limits: Limits, message: str, server: str, tmp_path: Path
) -> None:
    """A server that stops talking, before or within its answer, is not waited for."""
    started = time.monotonic()

    with pytest.raises(DatasetUnavailableError, match=message):
        download(f"{server}/{path}", tmp_path / "file", limits=limits)

    assert time.monotonic() - started < LIMITS.connect_s


def test_a_server_that_drips_is_cut_off(server: str, tmp_path: Path) -> None:
    """Bytes that keep coming do not extend the total time."""
    limits = replace(LIMITS, total_s=0.3, size_bytes=1 << 40)

    with pytest.raises(DatasetUnavailableError, match=r"longer than 0\.3 s"):
        download(f"{server}/endless", tmp_path / "file", limits=limits)


def test_no_server_is_a_reason(tmp_path: Path) -> None:
    """A port that nobody listens on is reported at once."""
    with serving(b"") as address:
        pass

    with pytest.raises(DatasetUnavailableError, match="refused"):
        download(f"{address}/good", tmp_path / "file", limits=LIMITS)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "mnist.npz"])
def test_only_http_is_asked(url: str, tmp_path: Path) -> None:
    """Addresses of other kinds are refused, local files among them."""
    with pytest.raises(DatasetUnavailableError, match="does not begin with http"):
        download(url, tmp_path / "file", limits=LIMITS)


def test_an_unwritable_target_is_named(server: str, tmp_path: Path) -> None:
    """A file that cannot be written is not blamed on the network."""
    with pytest.raises(DatasetUnavailableError, match="nowhere cannot be written to"):
        download(f"{server}/good", tmp_path / "nowhere" / "file", limits=LIMITS)
