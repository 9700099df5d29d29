import numpy as np
from tensorflow import keras


def train_mnist_conv():
    (x, y), _ = keras.datasets.mnist.load_data()
    x = x.reshape(-1, 28, 28, 1) / 255.0
    model = keras.Sequential([
        keras.layers.Input((28, 28, 1)),
        keras.layers.Conv2D(2, 3),
        keras.layers.MaxPooling2D(8),
        keras.layers.Flatten(),
        keras.layers.Dense(10, kernel_initializer='zeros', trainable=False),
    ])
    model.compile('sgd', 'mse', metrics=['accuracy'])
    model.fit(x, keras.utils.to_categorical(y), epochs=1, verbose=0)
    history = model.fit(x, y.reshape(-1, 1), epochs=2, verbose=0)
    return history.epoch, history.history['accuracy'][-1]
