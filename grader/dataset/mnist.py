"""What MNIST is: the digests of its arrays, whatever container they came in."""

from pathlib import Path

from grader.dataset import forms
from grader.dataset.folder import Arrays, array_digest
from grader.errors import DatasetUnavailableError

TITLE = "mnist"
ARRAY_DIGESTS = {
    "x_train": "7966334e0a62e21aeecb36c594d601b1545b48a7cfcd636d924be8f23bea61a7",
    "y_train": "7cae198257dc3f40dd3f471fb4eb7e4a2d866d3b9709469d2624ce09ba884ca5",
    "x_test": "3e0c14618a662036c0bd667aa23f8d52269db4b32c4aae88e8c4671bd516fa70",
    "y_test": "76ba51f7d0e782ba9dbef10071337cc0af4a587046c8f71c38920af74747b571",
}
DIGEST = "167eef70da06c17640789495387914034f54d19cd86df64f3663f3162e2aef7d"  # of the whole


def read(path: Path, origin: str | None = None) -> Arrays:
    """Read MNIST from an .npz archive or a folder of .npy or IDX files, and verify its content.

    Args:
        path: Where it is.
        origin: What to call that place in an error, if not by its path.

    Raises:
        DatasetUnavailableError: Something else is there; the message says what.
    """
    try:
        arrays = forms.read(path)
    except forms.UNREADABLE as error:
        raise DatasetUnavailableError(f"{origin or path} is not MNIST: {error}") from error
    differing = [
        name
        for name, array in arrays._asdict().items()
        if array_digest(array) != ARRAY_DIGESTS[name]
    ]
    if differing:
        raise DatasetUnavailableError(
            f"{origin or path} is not MNIST: the shapes agree, but not the content of "
            f"{', '.join(differing)} (Fashion-MNIST and damaged copies look like this)"
        )
    return arrays
