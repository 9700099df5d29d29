"""A trainer that trains on little: the verdicts of a hundred samples within minutes.

The sandbox and the worker see all 60,000 images, so what they say of the data is the real thing.
Only what reaches the trainer is cut: a few of the images that the submission asked for, in small
batches. They are the first ones, or, where the submission has an order of its own, short runs from
all over it, so that an order that means something still does. An epoch is then a fraction of a
second, and a model of the lesson's kind knows so few images by heart in about ten epochs: it
reaches the target, and there is something to stop.
"""

from __future__ import annotations

from array import array

import msgspec

from grader.protocol import ArraySpec, EpochEnded, Frame, Train, split
from grader.trainer import BoxedTrainer

IMAGES = 256
BATCH = 16


class ReducedTrainer(BoxedTrainer):
    """Trains what is asked on the first `images` of it."""

    images = IMAGES

    def begin(self, training: Train, arrays: bytes) -> None:
        """Begin a training of the same model on fewer images."""
        super().begin(*_cut(training, arrays, self.images))

    def restore(self, training: Train, arrays: bytes, ended: Frame[EpochEnded]) -> None:
        """Restore a model that was trained on fewer images."""
        super().restore(*_cut(training, arrays, self.images), ended)


def _cut(training: Train, arrays: bytes, images: int) -> tuple[Train, bytes]:
    table, rows = split(arrays, training.arrays)
    numbers = rows.cast("i").tolist()
    starts = range(0, len(numbers), max(BATCH, len(numbers) * BATCH // images))
    few = array("i", [row for start in starts for row in numbers[start : start + BATCH]][:images])
    asked = training.request
    request = msgspec.structs.replace(
        asked,
        data=msgspec.structs.replace(asked.data, count=min(asked.data.count, images)),
        batch_size=min(asked.batch_size, BATCH),
    )
    specs = (training.arrays[0], ArraySpec("int32", (len(few),)))
    cut = msgspec.structs.replace(
        training, request=request, arrays=specs, measured_images=images
    )
    return cut, bytes(table) + few.tobytes()
