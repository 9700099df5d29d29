import keras


def train_mnist():
    """Train until 99 % of the training images are right."""

    class Enough(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = logs["accuracy"] >= 0.99

    (x, y), _ = keras.datasets.mnist.load_data()
    model = keras.Sequential([
        keras.layers.Input((28, 28)),
        keras.layers.Rescaling(1 / 255),
        keras.layers.Flatten(),
        keras.layers.Dense(400, activation="relu"),
        keras.layers.Dense(10, activation="softmax"),
    ])
    model.compile("adam", "sparse_categorical_crossentropy", ["accuracy"])
    history = model.fit(x, y, epochs=10, callbacks=[Enough()], verbose=0)
    return history.epoch, history.history["accuracy"][-1]
