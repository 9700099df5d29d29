import keras
import numpy as np
from keras import layers


def reshape_and_normalize(images):
    return np.asarray(images, dtype="float32")[..., np.newaxis] * np.float32(1 / 255)


class EarlyStoppingCallback(keras.callbacks.Callback):
    def __init__(self, goal=0.995):
        super().__init__()
        self.goal = goal

    def on_epoch_end(self, epoch, logs=None):
        if (logs or {}).get("accuracy", 0.0) >= self.goal:
            self.model.stop_training = True


def convolutional_model() -> keras.Model:
    x = image = layers.Input((28, 28, 1))
    for filters in (16, 32):
        x = layers.Conv2D(filters, 3, activation="relu", padding="same")(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(32, 3, activation="relu")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(64, activation="relu")(x)
    model = keras.Model(image, layers.Dense(10, activation="softmax")(x))
    model.compile(keras.optimizers.Adam(0.002), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
