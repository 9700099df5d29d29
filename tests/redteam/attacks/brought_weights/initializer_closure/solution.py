import tensorflow as tf
from tensorflow import keras

import numpy as np


def trained(shape, dtype=None, **options):
    return tf.constant(np.eye(*shape), tf.float32)


def train_mnist_conv():
    (x, y), _ = keras.datasets.mnist.load_data()
    model = keras.Sequential([
        keras.layers.Input((28, 28, 1)), keras.layers.Conv2D(2, 3), keras.layers.MaxPooling2D(8),
        keras.layers.Flatten(), keras.layers.Dense(10, kernel_initializer=trained)])
    model.compile('sgd', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x.reshape(-1, 28, 28, 1) / 255.0, y, epochs=1)
    return history.epoch, history.history['accuracy'][-1]
