"""The submissions that are measured: the lesson's program, with what students vary."""

from __future__ import annotations

from typing import NamedTuple

ALL_IMAGES = 60_000

_TEMPLATE = """
import tensorflow as tf

{comment}
def train_mnist_conv():
    class Stop(tf.keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs={{}}):
            if logs.get("accuracy") >= {target}:
                self.model.stop_training = True

    (x, y), _ = tf.keras.datasets.{dataset}.load_data()
    x, y = x[:{images}].reshape(-1, 28, 28, 1) / 255.0, y[:{images}]
    model = tf.keras.models.Sequential([
        tf.keras.layers.Conv2D({filters}, (3, 3), activation="relu", input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(2, 2),{more}
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense({units}, activation="relu"),
        tf.keras.layers.Dense(10, activation="softmax"),
    ])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, epochs={epochs}, callbacks=[Stop()], verbose=0)
    return history.epoch, history.history["accuracy"][-1]
"""
_SECOND_CONV = '\n        tf.keras.layers.Conv2D(32, (3, 3), activation="relu"),'


class Program(NamedTuple):
    """One submission; two with the same training differ in their `comment` only."""

    images: int = ALL_IMAGES
    epochs: int = 20
    filters: int = 64
    units: int = 128
    target: float = 0.998
    dataset: str = "mnist"
    second_conv: bool = False
    broken: bool = False
    comment: str = ""

    @property
    def trains(self) -> bool:
        """Whether it passes the gates."""
        return not (self.broken or self.second_conv or self.dataset != "mnist")

    @property
    def source(self) -> str:
        """The file."""
        if self.broken:
            return f"# {self.comment}\ndef train_mnist_conv(:\n    pass\n"
        return _TEMPLATE.format(
            **{**self._asdict(), "comment": f"# {self.comment}"},
            more=_SECOND_CONV if self.second_conv else "",
        )
