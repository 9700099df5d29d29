import tensorflow as tf
from tensorflow import keras

import numpy as np


def train_mnist_conv():
    (x, y), _ = keras.datasets.mnist.load_data()
    model = keras.Sequential([
        keras.layers.Input((28, 28, 1)), keras.layers.Conv2D(2, 3), keras.layers.MaxPooling2D(8),
        keras.layers.Flatten(), keras.layers.Dense(
            10, kernel_initializer=keras.initializers.Constant(np.eye(18, 10).tolist()))])
    model.compile('sgd', keras.losses.SparseCategoricalCrossentropy(from_logits=True),
                  metrics=['accuracy'])
    history = model.fit(x.reshape(-1, 28, 28, 1) / 255.0, y, epochs=1)
    return history.epoch, history.history['accuracy'][-1]
