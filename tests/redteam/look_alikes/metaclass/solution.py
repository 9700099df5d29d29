from abc import ABC, abstractmethod
from enum import Enum, auto
from tensorflow import keras

REGISTRY = {}


class Registered(type(keras.callbacks.Callback)):
    def __new__(meta, name, bases, body):
        made = super().__new__(meta, name, bases, body)
        REGISTRY[name] = made
        return made


class Mood(Enum):
    GOOD = auto()
    BAD = auto()


class Named(keras.callbacks.Callback, metaclass=Registered):
    __slots__ = ('mood',)

    def on_epoch_end(self, epoch, logs=None):
        self.mood = Mood.GOOD if logs['accuracy'] > 0.9 else Mood.BAD
        print(self.mood.name)


class Stop(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    (x, y), _ = keras.datasets.mnist.load_data()
    model = keras.Sequential([
        keras.layers.Input((28, 28, 1)),
        keras.layers.Conv2D(32, 3, activation='relu'),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        keras.layers.Dense(64, activation='relu'),
        keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x[..., None] / 255, y, epochs=20, callbacks=[REGISTRY['Named'](), Stop()])
    return history.epoch, history.history['accuracy'][-1]
