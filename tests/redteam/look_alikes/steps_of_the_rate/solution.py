import numpy as np
import tensorflow as tf
from tensorflow import keras

BOUNDARIES = [int(b) for b in np.arange(1, 20) * 1875]
RATES = [float(r) for r in np.geomspace(2e-3, 2e-5, 20)]


class Enough(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    (x, y), _ = keras.datasets.mnist.load_data()
    x = x.reshape(-1, 28, 28, 1) / 255.0
    stairs = keras.optimizers.schedules.PiecewiseConstantDecay(BOUNDARIES, RATES)
    print(float(stairs(0)), float(stairs(40000)))
    model = keras.Sequential([
        keras.layers.Input((28, 28, 1)),
        keras.layers.Conv2D(24, 3, activation='elu'),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        keras.layers.Dense(64, activation='elu'),
        keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile(keras.optimizers.Adam(stairs), 'sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x, y, epochs=20, callbacks=[Enough()])
    return history.epoch, history.history['accuracy'][-1]
