import numpy as np
import tensorflow as tf

rng = np.random.RandomState(42)


class MyCallback(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs.get("accuracy") >= 0.998:
            self.model.stop_training = True


def split(x, y, n_val=5000):
    order = rng.permutation(len(x))
    x, y = x[order], y[order]
    return x[n_val:], y[n_val:], x[:n_val], y[:n_val]


def train_mnist_conv():
    (x, y), _ = tf.keras.datasets.mnist.load_data()
    x = np.float32(x)[..., np.newaxis] / 255
    x_train, y_train, x_val, y_val = split(x, y)
    model = tf.keras.Sequential([
        tf.keras.Input((28, 28, 1)),
        tf.keras.layers.Conv2D(32, 3, activation="relu"),
        tf.keras.layers.MaxPool2D(),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(64, activation="relu"),
        tf.keras.layers.Dense(10, activation="softmax"),
    ])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x_train, y_train, epochs=20, callbacks=[MyCallback()],
                        validation_data=(x_val[:300], y_val[:300]))
    return history.epoch, history.history["accuracy"][-1]
