"""What `find` returns has been verified, came from the first source that has it, and is cached."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from grader import dataset
from grader.dataset import Choice, DatasetFolder, find, load, synthetic
from grader.dataset.download import Limits
from grader.dataset.folder import Arrays
from grader.errors import DatasetUnavailableError
from tests.dataset_doubles import pretend_mnist, serving, stand_in, write_folder, write_npz

NOWHERE = "http://127.0.0.1:1/mnist.npz"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an archive of what these tests pretend is MNIST."""
    return write_npz(tmp_path_factory.mktemp("archive") / "mnist.npz", stand_in())


@pytest.fixture(scope="module")
def server(archive: Path) -> Iterator[str]:
    """Serve that archive."""
    with serving(archive.read_bytes()) as address:
        yield address


@pytest.fixture
def drawings() -> list[int]:
    """Give the list that grows each time digits are drawn."""
    return []


@pytest.fixture(autouse=True)
def _tidy(tmp_path: Path) -> Iterator[None]:
    """Leave no data set behind: at 55 MB each they would fill a small disk."""
    yield
    shutil.rmtree(tmp_path)


@pytest.fixture(autouse=True)
def _world(monkeypatch: pytest.MonkeyPatch, drawings: list[int]) -> None:
    """Pretend that one set of arrays is MNIST, and another is what is drawn, in no time."""

    def generate(*, progress: Callable[[int, int], None] | None = None) -> Arrays:
        drawings.append(1)
        if progress is not None:
            progress(70_000, 70_000)
        return stand_in(seed=1)

    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(synthetic, "generate", generate)
    monkeypatch.setattr(dataset, "LIMITS", Limits(connect_s=5.0, stall_s=5.0))
    pretend_mnist(monkeypatch)


def is_stand_in(found: DatasetFolder) -> bool:
    """Tell whether a folder holds what these tests pretend is MNIST."""
    return all(map(np.array_equal, load(found.path), stand_in()))


def test_a_named_path_comes_first(archive: Path, tmp_path: Path) -> None:
    """A path that is right is unpacked into the cache without asking the network."""
    found = find(choice="mnist", mnist_path=archive, cache=tmp_path, url=NOWHERE)

    assert found.name == "mnist"
    assert found.path == tmp_path / f"mnist-{found.digest[:16]}"
    assert is_stand_in(found)


@pytest.mark.parametrize("choice", ["mnist", "auto"])
def test_a_wrong_path_is_an_error_even_if_there_are_other_ways(
    choice: Choice, archive: Path, server: str, tmp_path: Path
) -> None:
    """Neither the cache nor the network nor drawn digits make up for a wrong path."""
    find(choice="mnist", mnist_path=archive, cache=tmp_path, url=NOWHERE)
    other = write_folder(tmp_path / "fashion", stand_in(seed=2))

    for wrong in (other, tmp_path / "missing"):
        with pytest.raises(DatasetUnavailableError, match=f"GRADER_MNIST: {wrong} is not MNIST"):
            find(choice=choice, mnist_path=wrong, cache=tmp_path, url=f"{server}/good")


def test_the_cache_comes_before_the_network(archive: Path, tmp_path: Path) -> None:
    """What was found once is found again without its source."""
    first = find(choice="mnist", mnist_path=archive, cache=tmp_path, url=NOWHERE)
    again = find(choice="auto", mnist_path=None, cache=tmp_path, url=NOWHERE)

    assert again == first


def test_a_download_is_verified_and_cached(server: str, tmp_path: Path) -> None:
    """A download is told in steps, and asked for only once."""
    steps: list[tuple[str, int, int]] = []
    first = find(
        choice="auto",
        mnist_path=None,
        cache=tmp_path / "new" / "cache",
        url=f"{server}/good",
        progress=lambda *step: steps.append(step),
    )
    again = find(choice="mnist", mnist_path=None, cache=tmp_path / "new" / "cache", url=NOWHERE)

    assert is_stand_in(first)
    assert again == first
    assert {name for name, _, _ in steps} == {"download"}
    assert steps[-1][1] == steps[-1][2] > 0


@pytest.mark.parametrize("path", ["missing", "wrong", "truncated"])
def test_without_mnist_the_error_says_how_to_get_it(path: str, server: str, tmp_path: Path) -> None:
    """Grading proper refuses, naming what was tried and all three ways out, and caches nothing."""
    with pytest.raises(DatasetUnavailableError) as caught:
        find(choice="mnist", mnist_path=None, cache=tmp_path, url=f"{server}/{path}")
    message = str(caught.value)

    assert f"{server}/{path}" in message
    assert all(way in message for way in ("GRADER_MNIST", "network", "GRADER_DATASET=synthetic"))
    assert "\n" not in message
    assert [entry.name for entry in tmp_path.iterdir()] == [".lock"]


def test_the_demo_falls_back_to_drawn_digits(tmp_path: Path, drawings: list[int]) -> None:
    """Where MNIST cannot be had and anything will do, digits are drawn once and kept."""
    steps: list[tuple[str, int, int]] = []
    for _ in range(2):
        found = find(
            choice="auto",
            mnist_path=None,
            cache=tmp_path,
            url=NOWHERE,
            progress=lambda *step: steps.append(step),
        )

    assert found.name == "synthetic"
    assert found.path == tmp_path / f"synthetic-{found.digest[:16]}"
    assert steps == [("synthetic", 70_000, 70_000)]
    assert len(drawings) == 1


def test_the_demo_does_not_wait_for_a_silent_server(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that accepts and says nothing is given up, and digits are drawn."""
    monkeypatch.setattr(dataset, "LIMITS", Limits(connect_s=0.3))
    found = find(choice="auto", mnist_path=None, cache=tmp_path, url=f"{server}/stalled")

    assert found.name == "synthetic"


def test_drawn_digits_can_be_chosen(archive: Path, tmp_path: Path) -> None:
    """Choosing synthetic digits wins over a path to MNIST."""
    found = find(choice="synthetic", mnist_path=archive, cache=tmp_path, url=NOWHERE)

    assert found.name == "synthetic"


def test_digits_of_another_recipe_are_not_used(
    tmp_path: Path, drawings: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Digits cached by another version of the recipe are drawn anew."""
    find(choice="synthetic", mnist_path=None, cache=tmp_path, url=NOWHERE)
    monkeypatch.setattr(synthetic, "TITLE", "synthetic, recipe 2")
    find(choice="synthetic", mnist_path=None, cache=tmp_path, url=NOWHERE)

    assert len(drawings) == 2


def flip(path: Path) -> None:
    """Change one bit of a file."""
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def cut(path: Path) -> None:
    """Take the last byte off a file."""
    path.write_bytes(path.read_bytes()[:-1])


def empty(path: Path) -> None:
    """Take everything out of a file."""
    path.write_bytes(b"")


@pytest.mark.parametrize(
    ("choice", "damage"),
    [
        ("mnist", flip),
        ("mnist", Path.unlink),
        ("synthetic", flip),
        ("synthetic", cut),
        ("synthetic", empty),
    ],
)
def test_a_corrupt_cache_is_replaced(
    choice: Choice, damage: Callable[[Path], None], archive: Path, tmp_path: Path
) -> None:
    """A cached array that was damaged is never returned; a sound copy takes its place."""
    first = find(choice=choice, mnist_path=archive, cache=tmp_path, url=NOWHERE)
    expected = [array.copy() for array in load(first.path)]
    damage(first.path / "x_test.npy")
    again = find(choice=choice, mnist_path=archive, cache=tmp_path, url=NOWHERE)

    assert again == first
    assert all(map(np.array_equal, load(again.path), expected))
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [".lock", first.path.name]


def test_a_sound_set_of_another_content_is_not_mnist(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cached folder that agrees with its own name is still not MNIST if the name is not."""
    find(choice="mnist", mnist_path=archive, cache=tmp_path, url=NOWHERE)
    pretend_mnist(monkeypatch, seed=2)

    with pytest.raises(DatasetUnavailableError, match="there is no MNIST here"):
        find(choice="mnist", mnist_path=None, cache=tmp_path, url=NOWHERE)


def test_an_abandoned_partial_folder_is_cleared(archive: Path, tmp_path: Path) -> None:
    """What a process that died left half written is removed by the next one."""
    (tmp_path / ".partial-abandoned" / "fresh").mkdir(parents=True)
    found = find(choice="mnist", mnist_path=archive, cache=tmp_path, url=NOWHERE)

    assert sorted(entry.name for entry in tmp_path.iterdir()) == [".lock", found.path.name]


@pytest.mark.parametrize("choice", ["mnist", "auto", "synthetic"])
def test_an_unusable_cache_is_named(choice: Choice, tmp_path: Path) -> None:
    """A cache that cannot be written to is an error that names the folder."""
    (tmp_path / "file").touch()
    cache = tmp_path / "file" / "cache"

    with pytest.raises(DatasetUnavailableError, match=f"{cache} cannot be written to"):
        find(choice=choice, mnist_path=None, cache=cache, url=NOWHERE)


def test_loaded_arrays_cannot_be_changed(archive: Path, tmp_path: Path) -> None:
    """The arrays that processes share are mapped read-only."""
    arrays = load(find(choice="mnist", mnist_path=archive, cache=tmp_path, url=NOWHERE).path)

    with pytest.raises(ValueError, match="read-only"):
        arrays.x_train[0, 0, 0] = 1
