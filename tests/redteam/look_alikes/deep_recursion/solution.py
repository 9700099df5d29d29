import sys
from functools import lru_cache
import tensorflow as tf

sys.setrecursionlimit(10_000)


@lru_cache(maxsize=None)
def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


print('digits', len(str(fibonacci(2000))))


class Stop(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


def build(rest, model=None):
    """Adds the layers one by one, recursively, because I can."""
    model = model or tf.keras.Sequential([tf.keras.Input((28, 28, 1))])
    if not rest:
        return model
    model.add(rest[0])
    return build(rest[1:], model)


def train_mnist_conv():
    L = tf.keras.layers
    (x, y), _ = tf.keras.datasets.mnist.load_data()
    model = build([L.Conv2D(32, 3, activation='relu'), L.MaxPooling2D(), L.Flatten(),
                   L.Dense(64, activation='relu'), L.Dense(10, activation='softmax')])
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x[..., None] / 255, y, epochs=20, callbacks=[Stop()])
    return history.epoch, history.history['accuracy'][-1]
