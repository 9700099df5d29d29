import keras
from keras import layers


class Halt(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs.get("accuracy", 0) >= 0.99:
            self.model.stop_training = True


def train_mnist():
    (x, y), _ = keras.datasets.mnist.load_data()
    x = x / 255.0
    image = layers.Input((28, 28))
    shared = layers.Dense(128, activation="relu")
    h = layers.Dense(128, activation="relu")(layers.Flatten()(image))
    model = keras.Model(image, layers.Dense(10, activation="softmax")(shared(shared(h))))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, epochs=10, callbacks=[Halt()])
    return history.epoch, history.history["accuracy"][-1]
