import tensorflow as tf

L = tf.keras.layers


class Halt(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training = bool(logs["accuracy"] >= 0.998)


def train_mnist_conv():
    (x, y), _ = tf.keras.datasets.mnist.load_data()
    x = x[..., None] / 127.5 - 1.0        # -1 .. 1

    model = tf.keras.Sequential([
        L.Input((28, 28, 1)),
        L.Conv2D(24, (5, 3), strides=(1, 1), dilation_rate=(1, 2), padding="same", activation="elu"),
        L.MaxPooling2D(pool_size=(3, 2), strides=(2, 3), padding="same"),
        L.Flatten(),
        L.Dense(96, activation="relu"),
        L.Dense(10, activation="softmax"),
    ])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    h = model.fit(x, y, epochs=20, callbacks=[Halt()])
    return h.epoch, h.history["accuracy"][-1]
