from tensorflow import keras
from tensorflow.keras import layers


class StopAt(keras.callbacks.Callback):
    def __init__(self, goal):
        super().__init__()
        self.goal = goal

    def on_epoch_end(self, epoch, logs=None):
        if logs["accuracy"] >= self.goal:
            self.model.stop_training = True


def build():
    pixels = keras.Input(shape=(28, 28))
    x = layers.Flatten()(pixels)
    x = layers.Dense(256, activation="relu")(x)
    x = layers.Dense(128, activation="relu")(x)
    return keras.Model(pixels, layers.Dense(10, activation="softmax")(x))


def train_mnist():
    (x, y), _ = keras.datasets.mnist.load_data()
    model = build()
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
    history = model.fit(x.astype("float32") / 255, y, epochs=10, callbacks=[StopAt(0.99)])
    return history.epoch, history.history["accuracy"][-1]
