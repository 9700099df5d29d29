import numpy as np
from tensorflow.keras.datasets import mnist
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Conv2D, MaxPooling2D, Flatten, Dense
from tensorflow.keras.callbacks import Callback

PIECES = 7


class Halt(Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] < 0.998:
            return
        self.model.stop_training = True


def prepare(piece):
    return piece.reshape(len(piece), 28, 28, 1).astype(np.float32) / 255.0


def train_mnist_conv():
    (x, y), _ = mnist.load_data()
    xs, ys = np.array_split(x, PIECES), np.array_split(y, PIECES)
    order = sorted(range(PIECES), key=lambda i: (i % 2, -i))
    x = np.vstack([prepare(xs[i]) for i in order])
    y = np.hstack([ys[i] for i in order])
    model = Sequential([
        Conv2D(32, (3, 3), activation='relu', input_shape=(28, 28, 1)),
        MaxPooling2D((2, 2)),
        Flatten(),
        Dense(128, activation='relu'),
        Dense(10, activation='softmax'),
    ])
    model.compile('adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    fitted = model.fit(x, y, epochs=20, callbacks=[Halt()])
    return fitted.epoch, fitted.history['accuracy'][-1]
