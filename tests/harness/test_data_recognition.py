"""Images are recognised by content, every pixel, however they were scaled, cut or shuffled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.dataset import DatasetFolder
from grader.harness.data import Dataset

RANDOM = np.random.default_rng(7)


@pytest.fixture(scope="module")
def dataset(digits: DatasetFolder) -> Dataset:
    """Return the small data set as a box would map it."""
    names = ("x_train", "y_train", "x_test", "y_test")
    return Dataset(*(np.load(digits.path / f"{name}.npy") for name in names))


SCALINGS = {
    "bytes": lambda x: x,
    "unit": lambda x: x / 255.0,
    "unit in float32": lambda x: x.astype("float32") / 255,
    "unit in float16": lambda x: (x / 255.0).astype("float16"),
    "by 256": lambda x: x / 256.0,
    "centred": lambda x: x / 127.5 - 1,
    "standardised": lambda x: (x - x.mean()) / x.std(),
    "inverted": lambda x: 1 - x / 255.0,
    "integers": lambda x: x.astype("int64") * 3 + 5,
}


@pytest.mark.parametrize("scaling", SCALINGS.values(), ids=SCALINGS.keys())
def test_every_rescaling_is_recognised_bit_for_bit(dataset: Dataset, scaling: Any) -> None:
    """The table applied to our own images gives the very numbers that fit was given."""
    x = scaling(dataset.x_train).reshape(-1, 28, 28, 1)
    found = dataset.recognise(x, dataset.y_train)

    assert found.claim.problem is None
    assert found.claim.in_order
    assert np.array_equal(
        found.table[dataset.x_train].reshape(x.shape), np.asarray(x).astype(np.float32)
    )


@pytest.mark.parametrize("scaling", SCALINGS.values(), ids=SCALINGS.keys())
def test_the_short_way_finds_what_the_long_one_does(
    dataset: Dataset, scaling: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Training images in their order are only compared; looking for each says the same of them."""
    monkeypatch.setattr("grader.harness.data._CHUNK_ROWS", 300)
    x, y = scaling(dataset.x_train), dataset.y_train
    short = dataset.recognise(x, y)
    monkeypatch.setattr(Dataset, "_table_of_own", lambda *_: None)
    long = dataset.recognise(x, y)

    assert short.claim == long.claim
    assert np.array_equal(short.table, long.table)
    assert np.array_equal(short.rows, long.rows)


@pytest.mark.parametrize("place", [(0, 0, 0), (700, 14, 14), (-1, 27, 27)])
def test_one_pixel_is_enough_to_be_another_image(
    dataset: Dataset, place: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In whatever image it is, first or last, and though all others are in their order."""
    monkeypatch.setattr("grader.harness.data._CHUNK_ROWS", 300)
    x = dataset.x_train / 255.0
    x[place] = 1.0 - x[place]

    assert dataset.recognise(x, dataset.y_train).claim.problem


@pytest.mark.parametrize("shape", [(-1, 28, 28), (-1, 784), (-1, 28, 28, 1), (-1, 1, 28, 28)])
def test_every_shape_of_an_image_is_recognised(dataset: Dataset, shape: tuple[int, ...]) -> None:
    """The shape of an image is told, so that the trainer can repeat it."""
    found = dataset.recognise(dataset.x_train.reshape(shape) / 255, dataset.y_train)

    assert found.claim.image_shape == shape[1:]


def test_shuffled_and_cut_images_are_found(dataset: Dataset) -> None:
    """Rows are found wherever they went."""
    rows = RANDOM.permutation(len(dataset.x_train))[:1500]
    found = dataset.recognise(dataset.x_train[rows] / 255, dataset.y_train[rows])

    assert found.claim.mislabelled == 0
    assert np.array_equal(dataset.x_train[found.rows], dataset.x_train[rows])


def test_test_images_are_found_as_such(dataset: Dataset) -> None:
    """Test images come after the training images."""
    found = dataset.recognise(dataset.x_test / 255, dataset.y_test)

    assert found.rows.min() >= len(dataset.x_train)


@pytest.mark.parametrize("one_hot", [False, True])
def test_wrong_labels_are_counted(dataset: Dataset, one_hot: bool) -> None:  # noqa: FBT001
    """A label that is not its image's own is counted, in both codings."""
    labels = dataset.y_train.astype(int)
    labels[:10] = (labels[:10] + 1) % 10
    coded = np.eye(10)[labels] if one_hot else labels
    found = dataset.recognise(dataset.x_train / 255, coded)

    assert found.claim.mislabelled == 10
    assert found.claim.one_hot is one_hot


def test_soft_labels_count_as_wrong(dataset: Dataset) -> None:
    """Ten columns that are not one-hot are no labels."""
    soft = np.full((len(dataset.y_train), 10), 0.1)

    assert dataset.recognise(dataset.x_train / 255, soft).claim.mislabelled == len(soft)
    assert not dataset.recognise(dataset.x_train / 255, soft).softened


@pytest.mark.parametrize(("low", "high"), [(0.01, 0.91), (-1, 1), (0, 0.5)])
def test_own_labels_in_two_other_numbers_are_no_foreign_ones(
    dataset: Dataset, low: float, high: float
) -> None:
    """Labels softened by hand tell each image's own digit; a foreign one among them does not."""
    hot = np.eye(10)[dataset.y_train] * (high - low) + low
    foreign = hot.copy()
    foreign[0] = np.roll(foreign[0], 1)

    assert dataset.recognise(dataset.x_train, hot).softened
    assert not dataset.recognise(dataset.x_train, foreign).softened
    assert not dataset.recognise(dataset.x_train, np.eye(10)[dataset.y_train]).softened


def painted(x: Any) -> Any:
    """Paint one pixel of one image."""
    x = x.copy()
    x[3, 0, 0] = 200
    return x


FOREIGN = {
    "one painted pixel": painted,
    "noise": lambda x: x / 255 + RANDOM.normal(0, 0.1, x.shape),
    "noise that a byte would swallow": lambda x: x / 255 + RANDOM.normal(0, 1e-4, x.shape),
    "shifted": lambda x: np.roll(x, 1, axis=2),
    "thresholded": lambda x: (x > 127).astype(float),
    "other images": lambda x: RANDOM.integers(0, 256, x.shape),
    "constant": np.zeros_like,
    "nan": lambda x: x * np.nan,
    "no numbers": lambda x: np.array(["x"] * len(x)),
    "no images": lambda x: x[:, :5],
    "empty": lambda x: x[:0],
}


@pytest.mark.parametrize("change", FOREIGN.values(), ids=FOREIGN.keys())
def test_other_images_are_not_recognised(dataset: Dataset, change: Any) -> None:
    """What is not MNIST, in however few pixels, is a problem that is named."""
    with np.errstate(invalid="ignore"):
        x = change(dataset.x_train)

    assert dataset.recognise(x, dataset.y_train[: len(x)]).claim.problem


def test_one_painted_image_is_one_image(dataset: Dataset) -> None:
    """The problem says how many images are foreign."""
    found = dataset.recognise(painted(dataset.x_train), dataset.y_train)

    assert "1 of 3,000 images" in (found.claim.problem or "")
