import tensorflow as tf
from tensorflow import keras
import os
import signal
import time
import warnings


def late(*_):
    raise TimeoutError


for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1):
    signal.signal(number, lambda number, _: print('signal', number))
signal.signal(signal.SIGALRM, late)


class StopAtTarget(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


def lesson(**compiled):
    (x, y), _ = keras.datasets.mnist.load_data()
    x = x.reshape(-1, 28, 28, 1) / 255.0
    model = keras.Sequential([
        keras.layers.Input((28, 28, 1)),
        keras.layers.Conv2D(32, 3, activation='relu'),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        keras.layers.Dense(64, activation='relu'),
        keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile(**{'optimizer': 'adam', 'loss': 'sparse_categorical_crossentropy',
                     'metrics': ['accuracy'], **compiled})
    return x, y, model


def train_mnist_conv():
    os.kill(os.getpid(), signal.SIGUSR1)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        time.sleep(30)
    except TimeoutError:
        print('too slow')
    x, y, model = lesson()
    history = model.fit(x, y, epochs=20, callbacks=[StopAtTarget()])
    return history.epoch, history.history['accuracy'][-1]
