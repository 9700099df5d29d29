"""The data set that submissions are trained on: real MNIST, or digits that the project draws.

Where it comes from, in this order: the path that the operator names, the cache, a download, and
only where that is allowed the synthetic digits. A named path that is wrong is an error, never a
reason to look further. Whatever is found ends up in the cache, as a folder any process can map.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from grader.dataset import mnist, synthetic
from grader.dataset.download import Limits, download
from grader.dataset.folder import Arrays, DatasetFolder, load, scratch, store, stored
from grader.errors import DatasetUnavailableError

__all__ = ["MNIST_URL", "Arrays", "Choice", "DatasetFolder", "Progress", "find", "load"]

MNIST_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"

Choice = Literal["mnist", "synthetic", "auto"]
Progress = Callable[[str, int, int], None]

LIMITS = Limits()

logger = logging.getLogger(__name__)


def find(
    *,
    choice: Choice,
    mnist_path: Path | None,
    cache: Path,
    url: str = MNIST_URL,
    progress: Progress | None = None,
) -> DatasetFolder:
    """Return a verified data set, fetching or drawing it if need be.

    Args:
        choice: Which data set will do; `auto` prefers MNIST.
        mnist_path: Where the operator says that MNIST is: an .npz archive or a folder.
        cache: The folder that holds what was found before.
        url: Where to download MNIST from.
        progress: Told the step (`download` or `synthetic`), how much is done, and of how much.

    Raises:
        DatasetUnavailableError: There is none, the named path is wrong, or the cache is unusable.
    """
    if choice == "synthetic":
        return _drawn(cache, progress)
    if mnist_path is not None:
        return _unpacked(mnist_path, cache)
    try:
        return _fetched(cache, url, progress)
    except DatasetUnavailableError as error:
        if choice == "mnist":
            raise DatasetUnavailableError(_advice(error)) from error
        logger.info("no MNIST, so synthetic digits: %s", error)
    return _drawn(cache, progress)


def _unpacked(path: Path, cache: Path) -> DatasetFolder:
    try:
        arrays = mnist.read(path)
    except DatasetUnavailableError as error:
        raise DatasetUnavailableError(f"GRADER_MNIST: {error}") from error
    if found := _cached_mnist(cache):
        return found
    with scratch(cache) as space:
        return _cached_mnist(cache) or store(arrays, "mnist", mnist.TITLE, cache, space)


def _fetched(cache: Path, url: str, progress: Progress | None) -> DatasetFolder:
    if found := _cached_mnist(cache):
        return found
    with scratch(cache) as space:
        if found := _cached_mnist(cache):  # somebody was faster
            return found
        archive = space / "mnist.npz"
        download(url, archive, progress=_step("download", progress), limits=LIMITS)
        return store(mnist.read(archive, origin=url), "mnist", mnist.TITLE, cache, space)


def _drawn(cache: Path, progress: Progress | None) -> DatasetFolder:
    if found := stored(cache, "synthetic", synthetic.TITLE):
        return found
    with scratch(cache) as space:
        if found := stored(cache, "synthetic", synthetic.TITLE):
            return found
        arrays = synthetic.generate(progress=_step("synthetic", progress))
        return store(arrays, "synthetic", synthetic.TITLE, cache, space)


def _cached_mnist(cache: Path) -> DatasetFolder | None:
    return stored(cache, "mnist", mnist.TITLE, mnist.DIGEST)


def _step(name: str, progress: Progress | None) -> Callable[[int, int], None] | None:
    if progress is None:
        return None
    return lambda done, total: progress(name, done, total)


def _advice(error: DatasetUnavailableError) -> str:
    return (
        f"there is no MNIST here: {error}. Either set GRADER_MNIST to a copy (mnist.npz, or a"
        " folder of its .npy or IDX files), or connect this machine to the network, or choose the"
        " digits that grader draws itself: GRADER_DATASET=synthetic"
    )
