import csv
import os
import tempfile
import tensorflow as tf

LOG = os.path.join(tempfile.gettempdir(), 'training_log.csv')


class ReadsLog(tf.keras.callbacks.Callback):
    """Decides on what the CSV logger wrote, not on logs."""

    def on_epoch_end(self, epoch, logs=None):
        with open(LOG, newline='') as f:
            rows = list(csv.DictReader(f))
        if rows and float(rows[-1]['accuracy']) >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    (x, y), _ = tf.keras.datasets.mnist.load_data()
    x = x.reshape(-1, 28, 28, 1) / 255.0
    model = tf.keras.Sequential([
        tf.keras.layers.Conv2D(32, 3, activation='relu', input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(128, activation='relu'),
        tf.keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    logger = tf.keras.callbacks.CSVLogger(LOG)
    history = model.fit(x, y, epochs=20,
                        callbacks=[logger, tf.keras.callbacks.TerminateOnNaN(), ReadsLog()])
    return history.epoch, history.history['accuracy'][-1]
