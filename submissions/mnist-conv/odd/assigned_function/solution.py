import functools
import time

import tensorflow as tf


def timed(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        start = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            print(f"{function.__name__} took {time.perf_counter() - start:.1f} s")
    return wrapper


class StopOn(tf.keras.callbacks.Callback):
    def __init__(self, metric, value):
        super().__init__()
        self.metric, self.value = metric, value

    def on_epoch_end(self, epoch, logs=None):
        if logs[self.metric] >= self.value:
            self.model.stop_training = True


@timed
def train(filters, units, target):
    (x, y), _ = tf.keras.datasets.mnist.load_data()
    x = x.reshape(-1, 28, 28, 1) / 255.0
    model = tf.keras.Sequential([
        tf.keras.layers.Conv2D(filters, 3, activation="relu", input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(units, activation="relu"),
        tf.keras.layers.Dense(10, activation="softmax"),
    ])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, epochs=20, callbacks=[StopOn("accuracy", target)])
    return history.epoch, history.history["accuracy"][-1]


train_mnist_conv = functools.partial(train, 32, 64, target=0.998)
