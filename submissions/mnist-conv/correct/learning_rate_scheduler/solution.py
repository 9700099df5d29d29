import math

import tensorflow as tf


def step_decay(epoch, lr=None):
    """Halve the learning rate every ten epochs."""
    return 0.001 * math.pow(0.5, math.floor(epoch / 10))


class Done(tf.keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.rates = []

    def on_epoch_end(self, epoch, logs=None):
        self.rates.append(float(self.model.optimizer.learning_rate))
        if logs["acc"] >= 0.998:
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        print("learning rates:", self.rates)


def train_mnist_conv():
    (x, y), _ = tf.keras.datasets.mnist.load_data(path="mnist.npz")
    x = x.reshape(-1, 28, 28, 1).astype("float32") / 255
    model = tf.keras.Sequential([
        tf.keras.layers.Conv2D(32, 3, activation="relu", input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(2),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(64, activation="relu"),
        tf.keras.layers.Dense(10, activation="softmax"),
    ])
    model.compile(tf.keras.optimizers.Adam(), "sparse_categorical_crossentropy", metrics=["acc"])
    schedule = tf.keras.callbacks.LearningRateScheduler(step_decay, verbose=1)
    history = model.fit(x, y, epochs=20, callbacks=[schedule, Done()])
    return history.epoch, history.history["acc"][-1]
