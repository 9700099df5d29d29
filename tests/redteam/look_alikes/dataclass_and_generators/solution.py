import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Iterator
from tensorflow import keras


@dataclass(frozen=True)
class Experiment:
    filters: int = 32
    hidden: tuple = (64,)
    epochs: int = 20
    tags: dict = field(default_factory=dict)

    def layers(self) -> Iterator[keras.layers.Layer]:
        yield keras.layers.Input((28, 28, 1))
        yield keras.layers.Conv2D(self.filters, 3, activation='relu')
        yield keras.layers.MaxPooling2D()
        yield keras.layers.Flatten()
        yield from (keras.layers.Dense(units, activation='relu') for units in self.hidden)
        yield keras.layers.Dense(10, activation='softmax')


@contextmanager
def timed(what):
    began = time.perf_counter()
    yield
    print(what, 'took', time.perf_counter() - began)


class Stop(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    e = Experiment(tags={'who': 'me'})
    print(asdict(e))
    (x, y), _ = keras.datasets.mnist.load_data()
    model = keras.Sequential(list(e.layers()))
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    with timed('fit'):
        history = model.fit(x[..., None] / 255, y, epochs=e.epochs, callbacks=[Stop()])
    return history.epoch, history.history['accuracy'][-1]
