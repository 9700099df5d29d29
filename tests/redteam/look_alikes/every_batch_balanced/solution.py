import numpy as np
import tensorflow as tf
from itertools import zip_longest


def dealt(labels):
    """Row numbers 0, 1, 2, ... 9, 0, 1, ...: each batch sees every digit."""
    piles = [np.flatnonzero(labels == digit) for digit in range(10)]
    return np.array([row for hand in zip_longest(*piles) for row in hand if row is not None])


class AllDone(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    (x, y), _ = tf.keras.datasets.mnist.load_data()
    rows = dealt(y)
    x, y = x[rows, :, :, None] / 255.0, y[rows]
    print('first batch', y[:32])
    model = tf.keras.Sequential([
        tf.keras.layers.Conv2D(32, (3, 3), activation='relu', input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(128, activation='relu'),
        tf.keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x, y, epochs=20, callbacks=[AllDone()])
    return history.epoch, history.history['accuracy'][-1]
