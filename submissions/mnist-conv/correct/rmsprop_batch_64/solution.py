import tensorflow as tf

METRIC = "sparse_categorical_accuracy"


class Watch(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs[METRIC] > 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    (x, y), (x_test, y_test) = tf.keras.datasets.mnist.load_data()
    x = x.reshape((60000, 28, 28, 1)).astype("float32") / 255

    model = tf.keras.Sequential([
        tf.keras.layers.Conv2D(32, (3, 3), activation="relu", input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D((2, 2)),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(64, activation="relu"),
        tf.keras.layers.Dense(10, activation="softmax"),
    ])
    model.compile(optimizer="rmsprop",
                  loss="sparse_categorical_crossentropy",
                  metrics=[tf.keras.metrics.SparseCategoricalAccuracy()])
    history = model.fit(x, y, epochs=20, batch_size=64, shuffle=True, callbacks=[Watch()])
    return history.epoch, history.history[METRIC][-1]
