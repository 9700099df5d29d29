import numpy as np
from tensorflow.keras.callbacks import Callback
from tensorflow.keras.layers import Conv2D, Dense, Flatten, Input, MaxPooling2D
from tensorflow.keras.models import Sequential

with np.load("mnist.npz") as archive:
    training_images, training_labels = archive["x_train"], archive["y_train"]


def reshape_and_normalize(images):
    count, height, width = images.shape
    return images.reshape(count, height, width, 1).astype("float64") / 255


class EarlyStoppingCallback(Callback):
    def on_epoch_end(self, epoch, logs={}):
        if logs.get("acc") > 0.995:
            self.model.stop_training = True


def convolutional_model():
    model = Sequential()
    model.add(Input(shape=(28, 28, 1)))
    model.add(Conv2D(24, kernel_size=3, activation="relu"))
    model.add(MaxPooling2D(pool_size=2))
    model.add(Flatten())
    model.add(Dense(100, activation="relu"))
    model.add(Dense(10, activation="softmax"))
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["acc"])
    return model
