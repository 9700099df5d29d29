import numpy as np
from tensorflow import keras


def one_hot(digits, classes=10):
    return np.eye(classes, dtype=bool)[digits]


class Goal(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    (x, y), _ = keras.datasets.mnist.load_data()
    y = one_hot(y)
    assert (y.sum(axis=1) == 1).all()
    model = keras.Sequential()
    model.add(keras.Input((28, 28, 1)))
    model.add(keras.layers.Conv2D(32, 3, activation='relu'))
    model.add(keras.layers.MaxPooling2D(2))
    model.add(keras.layers.Flatten())
    model.add(keras.layers.Dense(64, activation='relu'))
    model.add(keras.layers.Dense(10, activation='softmax'))
    model.compile(loss=keras.losses.CategoricalCrossentropy(), optimizer='adam', metrics=['accuracy'])
    history = model.fit(np.expand_dims(x, 3) / 255.0, y, epochs=20, callbacks=[Goal()])
    return history.epoch, history.history['accuracy'][-1]
