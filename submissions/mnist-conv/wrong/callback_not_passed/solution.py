import tensorflow as tf
from tensorflow import keras


class Stopper(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs={}):
        if logs.get("accuracy") >= 0.998:
            self.model.stop_training = True


callbacks = Stopper()


def train_mnist_conv():
    (images, labels), _ = keras.datasets.mnist.load_data()
    images = images.reshape(-1, 28, 28, 1) / 255.0
    model = keras.Sequential([
        keras.layers.Conv2D(32, (3, 3), activation="relu", input_shape=(28, 28, 1)),
        keras.layers.MaxPooling2D(2, 2),
        keras.layers.Flatten(),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(10, activation="softmax"),
    ])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(images, labels, epochs=20)
    return history.epoch, history.history["accuracy"][-1]
