"""A data set of full size for the samples: MNIST where there is one, drawn digits where not."""

from __future__ import annotations

import os

import numpy as np
import pytest

from grader.dataset import DatasetFolder, synthetic


@pytest.fixture(scope="session")
def whole_set(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> DatasetFolder:
    """Return 60,000 training and 10,000 test images, which take some seconds to draw."""
    if os.environ.get("GRADER_MNIST"):
        folder: DatasetFolder = request.getfixturevalue("mnist")
        return folder
    path = tmp_path_factory.mktemp("whole")
    for name, array in synthetic.generate()._asdict().items():
        np.save(path / f"{name}.npy", array)
    return DatasetFolder("synthetic", path, digest="")
