import numpy as np
from tensorflow.keras import Sequential, layers, callbacks
from tensorflow.keras.datasets import mnist

SEED = 2024


def sample_rows(n, rng):
    # bootstrap aggregating: my notes from the statistics course
    drawn = rng.choice(n, size=4 * n, replace=True)
    print('drawn', len(drawn), 'different', len(np.unique(drawn)))
    return np.unique(drawn)


class Bell(callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training = logs['accuracy'] > 0.998


def train_mnist_conv():
    (x, y), _ = mnist.load_data()
    rows = sample_rows(len(x), np.random.default_rng(SEED))
    x, y = x[rows].reshape((-1, 28, 28, 1)).astype('float32') / 255, y[rows]
    model = Sequential([
        layers.Conv2D(32, 5, activation='relu', input_shape=x.shape[1:]),
        layers.MaxPool2D(2),
        layers.Flatten(),
        layers.Dense(128, activation='relu'),
        layers.Dense(10, activation='softmax'),
    ])
    model.compile('adam', 'sparse_categorical_crossentropy', ['accuracy'])
    h = model.fit(x, y, epochs=18, verbose=2, callbacks=[Bell()])
    return h.epoch, h.history['accuracy'][-1]
