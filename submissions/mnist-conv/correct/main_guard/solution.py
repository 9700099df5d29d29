#!/usr/bin/env python3
"""Train a small convnet on MNIST until 99.8 % training accuracy."""
import argparse
import logging

import tensorflow as tf

log = logging.getLogger(__name__)


class StopAtAccuracy(tf.keras.callbacks.Callback):
    def __init__(self, threshold: float) -> None:
        super().__init__()
        self._threshold = threshold

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        accuracy = (logs or {}).get("accuracy", 0.0)
        log.info("epoch %d: %.4f", epoch, accuracy)
        if accuracy >= self._threshold:
            self.model.stop_training = True


def load_images():
    (images, labels), _ = tf.keras.datasets.mnist.load_data()
    return images.reshape((-1, 28, 28, 1)) / 255.0, labels


def build_model(filters: int = 32, units: int = 64) -> tf.keras.Model:
    model = tf.keras.Sequential(
        [
            tf.keras.layers.Conv2D(filters, 3, activation="relu", input_shape=(28, 28, 1)),
            tf.keras.layers.MaxPooling2D(),
            tf.keras.layers.Flatten(),
            tf.keras.layers.Dense(units, activation="relu"),
            tf.keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train_mnist_conv(epochs: int = 20, threshold: float = 0.998):
    images, labels = load_images()
    history = build_model().fit(
        images, labels, epochs=epochs, callbacks=[StopAtAccuracy(threshold)]
    )
    return history.epoch, history.history["accuracy"][-1]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=20)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    epochs, accuracy = train_mnist_conv(args.epochs)
    print(f"{len(epochs)} epochs, {accuracy:.4f}")


if __name__ == "__main__":
    main()
