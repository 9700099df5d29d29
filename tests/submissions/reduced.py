"""A trainer that trains on little: the verdicts of a hundred samples within minutes.

The sandbox and the worker see all 60,000 images, so what they say of the data is the real thing.
Only what reaches the trainer is cut: the first few images that the submission asked for, in small
batches. An epoch is then a fraction of a second, and a model of the lesson's kind knows so few
images by heart in about ten epochs: it reaches the target, and there is something to stop.
"""

from __future__ import annotations

from typing import Any

import msgspec

from grader.protocol import ArraySpec, Frame, TrainingRequest, split
from grader.trainer import Trainer

IMAGES = 256
BATCH = 16


class ReducedTrainer(Trainer):
    """Trains what is asked on the first `IMAGES` images of it."""

    def begin(
        self, request: TrainingRequest, arrays: Frame[Any], *, seed: int, max_epochs: int
    ) -> None:
        """Begin a training of the same model on fewer images."""
        table, rows = split(arrays.blob, arrays.message.arrays)
        few = rows.cast("i")[:IMAGES]
        cut = msgspec.structs.replace(
            arrays.message,
            arrays=(arrays.message.arrays[0], ArraySpec("int32", (len(few),))),
        )
        super().begin(
            msgspec.structs.replace(
                request,
                data=msgspec.structs.replace(request.data, count=min(request.data.count, IMAGES)),
                batch_size=min(request.batch_size, BATCH),
            ),
            Frame(cut, bytes(table) + few.tobytes()),
            seed=seed,
            max_epochs=max_epochs,
        )
