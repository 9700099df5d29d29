import numpy as np
import keras
from keras.datasets import mnist


def generate(x, y, batch_size=64):
    while True:
        rows = np.random.randint(0, len(x), batch_size)
        yield x[rows], y[rows]


class Stop(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['acc'] >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    (x, y), _ = mnist.load_data()
    x = x.reshape(-1, 28, 28, 1) / 255.0
    model = keras.Sequential([
        keras.layers.Conv2D(32, 3, activation='relu', input_shape=(28, 28, 1)),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        keras.layers.Dense(10, activation='softmax')])
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['acc'])
    history = model.fit_generator(generate(x, y), steps_per_epoch=937, epochs=20, callbacks=[Stop()])
    return history.epoch, history.history['acc'][-1]
